"""Mean-free patterns of length 1, whose dot products are cosines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns


@dataclass(frozen=True)
class UnitPatterns(AbstractPatterns):
    """(θ_μ − mean θ_μ) / ‖θ_μ − mean θ_μ‖, computed from other patterns when needed.

    Attributes:
        patterns: θ.
        means: of each pattern, shape (K,).
        lengths: of each mean-free pattern, shape (K,); infinite for a pattern of one level, whose
            unit vector is 0.
    """

    patterns: AbstractPatterns
    means: NDArray[np.float64]
    lengths: NDArray[np.float64]

    @classmethod
    def of(cls, patterns: AbstractPatterns) -> "UnitPatterns":
        """Compute means and lengths of patterns."""
        means, lengths = patterns.mean_free_lengths(np.ones(patterns.neurons, bool))
        return cls(patterns, means, np.where(lengths > 0, lengths, np.inf))

    def __len__(self) -> int:
        return len(self.patterns)

    @property
    def neurons(self) -> int:
        """The number of neurons N."""
        return self.patterns.neurons

    @property
    def precision(self) -> float:
        """That of the patterns."""
        return self.patterns.precision

    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute dot products with the unit vectors: cosines if x has length 1, shape (…, K)."""
        x = np.where(np.isnan(x), 0.0, x)
        total = x.sum(axis=-1, keepdims=True)
        return (self.patterns.dot(x) - self.means * total) / self.lengths

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the sum of the unit vectors with weights z, shape (…, N)."""
        weights = z / self.lengths
        return self.patterns.mix(weights) - (weights @ self.means)[..., None]

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return some of the unit vectors, shape (len(indices), N)."""
        chosen = self.patterns.rows(indices) - self.means[indices, None]
        return chosen / self.lengths[indices, None]
