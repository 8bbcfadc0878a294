"""Synapse with the squared distance between features and patterns."""

from dataclasses import dataclass, field
from typing import ClassVar

from hopcli.continuous.similarities.abstract import AbstractSimilarity
from hopcli.continuous.similarities.l2 import SquaredDistance
from hopcli.continuous.synapses._similarity import SimilaritySynapse


@dataclass(frozen=True)
class L2Similarity(SimilaritySynapse):
    """E = ½ [Σ_μ z_μ Σ_i (θ_μi − x_i)² − Σ_i x_i²] (Hoover et al. 2022)."""

    name: ClassVar[str] = "l2"
    summary: ClassVar[str] = "squared distance of features and patterns"

    similarity: AbstractSimilarity = field(default_factory=SquaredDistance)


MEMBER = L2Similarity
