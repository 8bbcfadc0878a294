"""Stored patterns of continuous neurons, and the sums over them that networks need."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError

# Rounding errors of sums over neurons are below this share of the sum of magnitudes, in double
# precision and in that of float32.
DOUBLE, SINGLE = 1e-14, 1e-6

# Differences held at once, eight bytes each: they stay in cache, and memory stays small.
DIFFERENCES_AT_ONCE = 2**17

# Squared distances below this are rounding errors of copies.
SAME = 2e-9

# A sum of squares of mean-free values below this share of the plain one has lost its digits.
CANCELLED = 1e-6


# From some patterns, shape (patterns, N), and states, shape (…, N), to shape (…, patterns).
Compare = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class AbstractPatterns(ABC):
    """K patterns θ of N neurons.

    States x have shape (…, N); a neuron that is NaN is unknown and left out of every sum. Weights z
    have shape (…, K). All methods but three have a default that goes through the patterns in
    double precision, some of them at a time.

    The last comparison of each kind with one state is kept: a descent needs its energy, its forces
    and its equilibrium in the same state, each of which compares that state with all patterns.
    """

    _last: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @abstractmethod
    def __len__(self) -> int:
        """Return K."""

    @property
    @abstractmethod
    def neurons(self) -> int:
        """The number of neurons N."""

    @property
    def precision(self) -> float:
        """A bound on the relative rounding errors of dot products and absolute distances."""
        return DOUBLE

    @abstractmethod
    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return some of the patterns, shape (len(indices), N)."""

    def blocks(self, states: int = 1) -> Iterator[NDArray[np.float64]]:
        """Yield all patterns in order, so many at a time that they fit in cache.

        Args:
            states: with how many states each pattern is compared at once.
        """
        at_once = max(1, DIFFERENCES_AT_ONCE // max(1, states * self.neurons))
        for start in range(0, len(self), at_once):
            yield self.rows(np.arange(start, min(start + at_once, len(self))))

    def compared_by(self, compare: Compare, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with all patterns by a function.

        Args:
            compare: from some patterns, shape (patterns, N), and the states to (…, patterns).
            x: states, shape (…, N).

        Returns:
            Shape (…, K).
        """
        states = x.size // max(1, self.neurons)
        return np.concatenate([compare(rows, x) for rows in self.blocks(states)], axis=-1)

    def compare(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute a comparison with all patterns, shape (…, K).

        Args:
            how: squared_distances, absolute_distances or dot.
            x: states, shape (…, N).
        """
        return self.compared_by(COMPARISONS[how], x)

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute d²_μ = Σ_i (θ_μi − x_i)², shape (…, K)."""
        return self._compared("squared_distances", x)

    def absolute_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_i |θ_μi − x_i|, shape (…, K)."""
        return self._compared("absolute_distances", x)

    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_i θ_μi x_i, shape (…, K)."""
        return self._compared("dot", x)

    def _compared(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare, unless this state was the last to be compared so."""
        if how in self._last and np.array_equal(self._last[how][0], x, equal_nan=True):
            return self._last[how][1]
        found = self.compare(how, x)
        if x.ndim == 1:
            self._last[how] = x.copy(), found
        return found

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_μ z_μ θ_μ, shape (…, N)."""
        mixed, start = np.zeros((*z.shape[:-1], self.neurons)), 0
        for rows in self.blocks():
            mixed += z[..., start : start + len(rows)] @ rows
            start += len(rows)
        return mixed

    def mean_free_lengths(
        self, known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Compute the mean of each pattern, and the length of what it differs from its mean.

        Patterns that nearly are of one level are computed again from their differences, where a
        difference of sums would be a rounding error. The length of a pattern of exactly one level
        is 0.

        Args:
            known: which neurons to take, shape (N,).

        Returns:
            Means and lengths, each of shape (K,).
        """
        count = max(1, int(np.count_nonzero(known)))
        # From distances to all 0 and all 1, which are as exact as any container has them.
        squares, to_ones = self.squared_distances(np.where(known, [[0.0], [1.0]], np.nan))
        means = (squares - to_ones + count) / (2 * count)
        spread = np.maximum(squares - count * means**2, 0)
        for row in np.flatnonzero(spread <= CANCELLED * squares):
            values = self.rows(np.array([row]))[0, known]
            if values.size:
                means[row] = values[0] if values.min() == values.max() else values.mean()
            spread[row] = ((values - means[row]) ** 2).sum()
        return means, np.sqrt(spread)

    def among(self, indices: NDArray[np.integer]) -> "AbstractPatterns":
        """Return some of the patterns as patterns of their own."""
        return RealPatterns(self.rows(indices))

    def within(
        self, x: NDArray[np.float64], reach: float, likely: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], float]:
        """Find the patterns with d²_μ ≤ min d² + reach, and maybe more: by default all.

        Args:
            x: the state, shape (N,).
            reach: in the unit of d².
            likely: patterns one of which may be the nearest; none if nothing is known.

        Returns:
            Indices in ascending order, and a distance from x up to which none is left out.
        """
        return np.arange(len(self)), np.inf

    def nearest_by_magnitude(self, x: NDArray[np.float64]) -> int:
        """Find the pattern of least Σ_i |θ_μi − x_i|, the first of several, for x of shape (N,)."""
        return int(self.absolute_distances(x).argmin())

    def squares_to_others(self, indices: NDArray[np.integer], rank: int) -> NDArray[np.float64]:
        """Compute d² from some patterns to the nearest one that is not the same.

        Args:
            indices: the patterns asked about, shape (n,).
            rank: how many of the smallest have to be exact; the others may be given too small, but
                not smaller than these.

        Returns:
            Shape (n,); infinite where all patterns are the same.
        """
        squares = self.squared_distances(self.rows(indices))
        return np.where(squares > SAME, squares, np.inf).min(axis=1)


def _squared_distances(rows: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum squares of differences, which lose no digits near a pattern, unlike θ² − 2θx + x²."""
    differences = _differences(rows, x)
    return np.einsum("...i,...i->...", differences, differences)


def _absolute_distances(rows: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.abs(_differences(rows, x)).sum(axis=-1)


def _dot(rows: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(x), 0.0, x) @ rows.T


def _differences(rows: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute x − θ_μ, shape (…, patterns, N), 0 where x is unknown."""
    differences = x[..., None, :] - rows
    return np.nan_to_num(differences, copy=False) if np.isnan(x).any() else differences


COMPARISONS: dict[str, Compare] = {
    "squared_distances": _squared_distances,
    "absolute_distances": _absolute_distances,
    "dot": _dot,
}


@dataclass(frozen=True)
class RealPatterns(AbstractPatterns):
    """Patterns of real numbers in an array.

    Attributes:
        values: θ, one pattern a row, float64 of shape (K, N).

    Raises:
        HopError: the array does not have two axes.
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
        """The number of neurons N."""
        return self.values.shape[1]

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Copy some patterns."""
        return self.values[indices]

    def compare(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare some patterns at a time, but take dot products by one matrix product."""
        return _dot(self.values, x) if how == "dot" else super().compare(how, x)

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_μ z_μ θ_μ by one matrix product."""
        return z @ self.values


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

    def compare(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take dot products, cosines if x has length 1, by those with the patterns."""
        if how != "dot":
            return super().compare(how, x)
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


# ξ of shape (M, N), or patterns that serve as such.
Weights = NDArray[np.float64] | AbstractPatterns


def as_patterns(weights: Weights) -> AbstractPatterns:
    """Return weights ξ as patterns, one for each row."""
    return weights if isinstance(weights, AbstractPatterns) else RealPatterns(weights)
