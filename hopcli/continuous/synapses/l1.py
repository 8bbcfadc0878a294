"""Synapse with the absolute distance between features and patterns."""

from dataclasses import dataclass, field
from typing import ClassVar

from hopcli.continuous.similarities.abstract import AbstractSimilarity
from hopcli.continuous.similarities.l1 import AbsoluteDistance
from hopcli.continuous.synapses._similarity import SimilaritySynapse


@dataclass(frozen=True)
class L1Similarity(SimilaritySynapse):
    """E = Σ_μ z_μ Σ_i |θ_μi − x_i| − ½ Σ_i x_i²."""

    name: ClassVar[str] = "l1"
    summary: ClassVar[str] = "absolute distance of features and patterns"

    similarity: AbstractSimilarity = field(default_factory=AbsoluteDistance)


MEMBER = L1Similarity
