"""Patterns of pictures, kept as the bytes that they are."""

import math
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import DOUBLE, SINGLE, AbstractPatterns

LEVELS = 255.0

# Pixels of all patterns, times states, that NumPy compares in about the time that loading compiled
# kernels takes (3 ns each, four times a recall).
SMALL = 2**25
# Pixels that are converted at once.
AT_ONCE = 2**20

# A level that differs from a whole one by less than this is whole: dividing and multiplying by 255
# costs as much.
WHOLE = 1e-11
# Relative excess of the radius of a search, for rounding errors, and for small steps of a state
# without a new search.
SLACK = 1e-3
# Partial sums of a mean of many patterns, added up in parallel: the same number for any number of
# threads, so that the result is the same.
PARTS = 16

# A weight below this share of the largest one changes no mean of levels.
NEGLIGIBLE = 1e-20


def is_large(pixels: int, states: int) -> bool:
    """Tell whether comparing pixels of patterns with states repays loading compiled kernels."""
    return pixels * states > SMALL


@dataclass(frozen=True)
class BytePatterns(AbstractPatterns):
    """Patterns of whole levels out of 255. States are levels in [0, 1].

    Attributes:
        values: the patterns, uint8 of shape (K, N).
        kernels: hopcli.kernels.pixels, or None to work in NumPy.
    """

    values: NDArray[np.uint8]
    kernels: ModuleType | None = None

    @classmethod
    def suited(cls, values: NDArray[np.uint8], states: int) -> "BytePatterns":
        """Choose compiled kernels or NumPy, whichever recalls so many states sooner."""
        if not is_large(values.size, states):
            return cls(values)
        # The searches' kernels too, so that none is loaded when the work has begun.
        from hopcli.continuous import distance_search  # noqa: F401
        from hopcli.kernels import pixels

        return cls(np.ascontiguousarray(values), pixels)

    def __len__(self) -> int:
        """Return K."""
        return len(self.values)

    @property
    def neurons(self) -> int:
        """The number of neurons N."""
        return self.values.shape[1]

    @property
    def precision(self) -> float:
        """That of float32 in compiled kernels."""
        return DOUBLE if self.kernels is None else SINGLE

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_μ z_μ θ_μ, shape (…, N), without patterns of negligible weight."""
        flat = z.reshape(-1, len(self))
        mixed = np.zeros((len(flat), self.neurons))
        for row, weights in zip(mixed, flat, strict=True):
            magnitudes = np.abs(weights)
            used = np.flatnonzero(magnitudes > NEGLIGIBLE * magnitudes.max())
            row += self._mixed(used, weights[used])
        return mixed.reshape(*z.shape[:-1], self.neurons)

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return some of the patterns, shape (len(indices), N)."""
        return self.values[indices] / LEVELS

    def _mixed(
        self, rows: NDArray[np.integer], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Compute the weighted sum of some patterns, shape (N,)."""
        if self.kernels is not None:
            self.kernels.suit(len(rows) * self.neurons)
            sums = np.zeros((min(PARTS, len(rows)), self.neurons))
            self.kernels.mix(self.values, rows, weights, sums)
            return sums.sum(axis=0) / LEVELS
        mixed = np.zeros(self.neurons)
        for start in range(0, len(rows), self._at_once):
            some = slice(start, start + self._at_once)
            mixed += weights[some] @ self.rows(rows[some])
        return mixed

    def among(self, indices: NDArray[np.integer]) -> "BytePatterns":
        """Return some of the patterns as patterns of their own."""
        return BytePatterns(self.values[indices], self.kernels)

    def within(
        self, x: NDArray[np.float64], reach: float, likely: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], float]:
        """Find the patterns with d²_μ ≤ min d² + reach by compiled kernels; in NumPy, take all."""
        if self.kernels is None:
            return super().within(x, reach, likely)
        from hopcli.continuous import distance_search

        state = distance_search.Rounded.of(x * LEVELS)
        # By the triangle inequality a distance to x is within this of that to the rounded state.
        moved = float(np.linalg.norm(state.moved))

        def radius(squares: int) -> float:
            nearest = math.sqrt(squares) + moved
            return math.sqrt(nearest * nearest + reach * LEVELS**2) * (1 + SLACK)

        rows, least = distance_search.search(
            self.values, state, distance_search.SQUARES, lambda s: (radius(s) + moved) ** 2, likely
        )
        return rows, radius(least) / LEVELS

    def nearest_by_magnitude(self, x: NDArray[np.float64]) -> int:
        """Find the pattern of least Σ_i |θ_μi − x_i|, the first of several, for x of shape (N,)."""
        if self.kernels is None:
            return super().nearest_by_magnitude(x)
        from hopcli.continuous import distance_search

        state = distance_search.Rounded.of(x * LEVELS)
        moved = float(np.abs(state.moved).sum()) * (1 + SLACK)
        none = np.empty(0, np.intp)
        rows, _ = distance_search.search(
            self.values, state, distance_search.MAGNITUDES, lambda s: s + 2 * moved, none
        )
        return int(rows[BytePatterns(self.values[rows]).absolute_distances(x).argmin()])

    def squares_to_others(self, indices: NDArray[np.integer], rank: int) -> NDArray[np.float64]:
        """Compute d² from some patterns to the nearest one that is not the same."""
        if self.kernels is None:
            return super().squares_to_others(indices, rank)
        from hopcli.continuous import distance_search

        squares = distance_search.squares_to_others(self.values, indices, rank)
        return np.where(squares < distance_search.NO_LIMIT, squares / LEVELS**2, np.inf)

    def compare(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with all patterns, in bytes."""
        flat = np.asarray(x, dtype=np.float64).reshape(-1, self.neurons) * LEVELS
        known = ~np.isnan(flat)
        states = np.where(known, flat, 0.0)
        out = np.empty((len(flat), len(self)))
        compute = self._in_numpy if self.kernels is None else self._in_kernels
        compute(how, states, known, out)
        out /= LEVELS if how == "absolute_distances" else LEVELS**2
        return out.reshape(*x.shape[:-1], len(self))

    def _in_kernels(
        self, how: str, states: NDArray[Any], known: NDArray[np.bool_], out: NDArray[Any]
    ) -> None:
        """Compare by compiled kernels."""
        assert self.kernels is not None
        self.kernels.suit(self.values.size * len(states))
        if how == "absolute_distances":
            self.kernels.absolute_distances(
                self.values, states.astype(np.float32), known.astype(np.float32), out
            )
            return
        if how == "dot":
            self.kernels.dots(self.values, states.astype(np.float32), out)
            return
        from hopcli.continuous import distance_search

        masks = np.where(known, np.uint8(255), np.uint8(0))
        if np.abs(states).max() <= distance_search.FARTHEST and np.allclose(
            states, np.rint(states), rtol=0, atol=WHOLE
        ):
            # Pictures from files have whole levels, which are compared four times as fast.
            distance_search.add_all_squares(self.values, np.rint(states), masks, out)
        else:
            self.kernels.squared_distances(self.values, states, masks, out)

    def _in_numpy(
        self, how: str, states: NDArray[Any], known: NDArray[np.bool_], out: NDArray[Any]
    ) -> None:
        """Compare by NumPy."""
        counts = known.astype(np.float64)
        for start in range(0, len(self), self._at_once):
            rows = slice(start, start + self._at_once)
            some = self.values[rows].astype(np.float64)
            if how == "absolute_distances":
                for c, (state, count) in enumerate(zip(states, counts, strict=True)):
                    out[c, rows] = np.abs(some - state) @ count
                continue
            out[:, rows] = states @ some.T
            if how == "squared_distances":
                # θ² − 2θx + x² costs about 10⁻¹² of a level's square, where bytes are levels.
                squares = (states * states).sum(axis=1)[:, None]
                out[:, rows] = counts @ (some * some).T - 2 * out[:, rows] + squares
        if how == "squared_distances":
            np.maximum(out, 0, out=out)

    @property
    def _at_once(self) -> int:
        """The number of patterns converted at once."""
        return max(1, AT_ONCE // self.neurons)
