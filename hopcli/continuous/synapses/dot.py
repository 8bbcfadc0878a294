"""Synapse with the dot product of features and patterns."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns, Weights, as_patterns
from hopcli.continuous.synapses.abstract import AbstractSynapse


@dataclass(frozen=True)
class DotProduct(AbstractSynapse):
    """E = −fᵀ ξ g (Krotov and Hopfield 2021), joining features g (…, N) and memories f (…, M).

    Attributes:
        weights: ξ, an array of shape (M, N) or patterns.
    """

    name: ClassVar[str] = "dot"
    summary: ClassVar[str] = "dot product of features and patterns"

    weights: Weights

    @property
    def patterns(self) -> AbstractPatterns:
        """The rows of ξ."""
        return as_patterns(self.weights)

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute −Σ_μi f_μ ξ_μi g_i."""
        features, memories = activations
        return -(memories * self.patterns.dot(features)).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Compute Σ_μ f_μ ξ_μi for the features, Σ_i ξ_μi g_i for the memories."""
        features, memories = activations
        return self.patterns.mix(memories), self.patterns.dot(features)


MEMBER = DotProduct
