"""Memories that feel their overlap with the features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns, RealPatterns
from hopcli.continuous.synapses.abstract import AbstractSynapse

# ξ of shape (M, N), or patterns that are to serve as such.
Weights = NDArray[np.float64] | AbstractPatterns


@dataclass(frozen=True)
class DotProduct(AbstractSynapse):
    """E = −fᵀ ξ g (Krotov and Hopfield 2021), joining features g (…, N) and memories f (…, M).

    Attributes:
        weights: ξ.
    """

    weights: Weights

    @property
    def patterns(self) -> AbstractPatterns:
        """The rows of ξ."""
        given = self.weights
        return given if isinstance(given, AbstractPatterns) else RealPatterns(given)

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """−Σ_μi f_μ ξ_μi g_i."""
        features, memories = activations
        return -(memories * self.patterns.dot(features)).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Σ_μ f_μ ξ_μi on the features, Σ_i ξ_μi g_i on the memories."""
        features, memories = activations
        return self.patterns.mix(memories), self.patterns.dot(features)
