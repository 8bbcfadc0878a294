"""Memories that feel how near the features are to them, pixel by pixel."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.continuous.weighted_median import weighted_median

# Memories of less than this share of the largest weight have no say in a median.
NEGLIGIBLE = 1e-15


@dataclass(frozen=True)
class L1Similarity(AbstractSynapse):
    """E = Σ_μ z_μ Σ_i |θ_μi − x_i| − ½ Σ_i x_i², joining features x and memories z, as vectors.

    The last term cancels the energy of a layer of features that is the identity. The gradient of a
    magnitude says which way, but not how far; so the force on the features leads to where the
    energy is lowest, the weighted median. The energy being convex in x, no step of at most 1 that
    way can raise it, and only there does the force vanish.

    Attributes:
        patterns: θ.
    """

    patterns: AbstractPatterns
    curved: ClassVar[frozenset[int]] = frozenset({0})

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_μ z_μ Σ_i |θ_μi − x_i| − ½ Σ_i x_i²."""
        x, z = activations
        near = (z * self.patterns.absolute_distances(x)).sum(axis=-1)
        return near - 0.5 * (x * x).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """The weighted median on the features, −Σ_i |θ_μi − x_i| on the memories."""
        x, z = activations
        seen = np.flatnonzero(z > NEGLIGIBLE * z.max())
        median = weighted_median(self.patterns.rows(seen), z[seen])
        return median, -self.patterns.absolute_distances(x)
