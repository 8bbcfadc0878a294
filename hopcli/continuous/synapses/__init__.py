"""Synapses: each an energy of the activations that it joins, and the forces that follow from it."""

from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.continuous.synapses.dot_product import DotProduct, Weights
from hopcli.continuous.synapses.label import LabelSynapse
from hopcli.continuous.synapses.similarity import SimilaritySynapse
from hopcli.continuous.synapses.symmetric import Symmetric

__all__ = [
    "AbstractSynapse",
    "DotProduct",
    "LabelSynapse",
    "SimilaritySynapse",
    "Symmetric",
    "Weights",
]
