"""Memories that feel how near the features are to them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.synapses.abstract import AbstractSynapse


@dataclass(frozen=True)
class L2Similarity(AbstractSynapse):
    """E = ½ [Σ_μ z_μ d²_μ − Σ_i x_i²], joining features x (…, N) and memories z (…, K).

    d²_μ = Σ_i (θ_μi − x_i)². The last term cancels the energy of a layer of features that is the
    identity, so that with Σ z = 1 they feel a force of Σ_μ z_μ θ_μ − x and no other.

    Attributes:
        patterns: θ.
    """

    patterns: AbstractPatterns
    curved: ClassVar[frozenset[int]] = frozenset({0})

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """½ [Σ_μ z_μ d²_μ − Σ_i x_i²]."""
        x, z = activations
        near = (z * self.patterns.squared_distances(x)).sum(axis=-1)
        return 0.5 * (near - (x * x).sum(axis=-1))

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Σ_μ z_μ θ_μ + (1 − Σ_μ z_μ) x on the features, −½ d²_μ on the memories."""
        x, z = activations
        spare = 1 - z.sum(axis=-1, keepdims=True)
        return (
            self.patterns.mix(z) + spare * x,
            -0.5 * self.patterns.squared_distances(x),
        )
