"""Stored patterns of continuous neurons, and all that a network asks of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError

# Differences held at once, eight bytes each: they stay in cache, and memory stays small.
DIFFERENCES_AT_ONCE = 2**17

# Squared distances below this are rounding errors of copies.
SAME = 2e-9


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

    def among(self, indices: NDArray[np.integer]) -> "AbstractPatterns":
        """Some of the patterns, as patterns of their own."""
        return Patterns(self.rows(indices))

    def within(
        self, x: NDArray[np.float64], reach: float, likely: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], float]:
        """Patterns within reach of the nearest to a state, d²_μ ≤ min d² + reach, and maybe more.

        Here, all of them.

        Args:
            x: the state, shape (N,).
            reach: in the unit of d².
            likely: patterns one of which may be the nearest; none if nothing is known.

        Returns:
            Indices in ascending order, and a distance from x to which none is left out.
        """
        return np.arange(len(self)), np.inf

    def nearest_by_magnitude(self, x: NDArray[np.float64]) -> int:
        """The pattern of least Σ_i |θ_μi − x_i|, the first of several, for x of shape (N,)."""
        return int(self.absolute_distances(x).argmin())

    def squares_to_others(self, indices: NDArray[np.integer], rank: int) -> NDArray[np.float64]:
        """Of some patterns, d² to the nearest that is not the same, shape (len(indices),).

        Infinite where there is none. Only the `rank` least are asked for: the others may be given
        too small, but not smaller than these.
        """
        squares = self.squared_distances(self.rows(indices))
        return np.where(squares > SAME, squares, np.inf).min(axis=1)


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
