"""Stored patterns of continuous neurons, and all that a network asks of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError

# Differences held at once, eight bytes each: they stay in cache, and memory stays small.
DIFFERENCES_AT_ONCE = 2**17


class AbstractPatterns(ABC):
    """K patterns θ of N neurons. States x are of shape (…, N), weights z of shape (…, K)."""

    @abstractmethod
    def __len__(self) -> int:
        """K."""

    @property
    @abstractmethod
    def neurons(self) -> int:
        """N."""

    @abstractmethod
    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """d²_μ = Σ_i (θ_μi − x_i)², shape (…, K)."""

    @abstractmethod
    def absolute_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i |θ_μi − x_i|, shape (…, K)."""

    @abstractmethod
    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i θ_μi x_i, shape (…, K)."""

    @abstractmethod
    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_μ z_μ θ_μ, shape (…, N)."""

    @abstractmethod
    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Some of the patterns, shape (len(indices), N)."""


@dataclass(frozen=True)
class Patterns(AbstractPatterns):
    """Patterns in double precision.

    Attributes:
        values: θ, one pattern a row, float64 of shape (K, N).
    """

    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise HopError(
                f"patterns of shape {self.values.shape} were given, but they are laid out one a "
                f"row; give an array of shape (patterns, neurons)"
            )

    def __len__(self) -> int:
        return len(self.values)

    @property
    def neurons(self) -> int:
        """N."""
        return self.values.shape[1]

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum squares of differences: unlike θ² − 2θx + x², they lose no digits near a pattern."""
        found = np.empty((*x.shape[:-1], len(self)))
        for rows, differences in self._differences(x):
            found[..., rows] = np.einsum("...i,...i->...", differences, differences)
        return found

    def absolute_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum magnitudes of differences."""
        found = np.empty((*x.shape[:-1], len(self)))
        for rows, differences in self._differences(x):
            found[..., rows] = np.abs(differences, out=differences).sum(axis=-1)
        return found

    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """One matrix product."""
        return x @ self.values.T

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """One matrix product."""
        return z @ self.values

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """A copy of some patterns."""
        return self.values[indices]

    def _differences(self, x: NDArray[np.float64]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Differences x − θ_μ for some patterns at a time, shape (…, patterns, N)."""
        at_once = max(1, DIFFERENCES_AT_ONCE // max(1, x.size))
        for start in range(0, len(self), at_once):
            rows = slice(start, start + at_once)
            yield rows, x[..., None, :] - self.values[rows]
