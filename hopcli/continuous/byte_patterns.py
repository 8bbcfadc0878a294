"""Patterns of pictures, kept as the bytes that they are."""

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns

LEVELS = 255.0

# Pixels of all patterns, times states, that NumPy compares with patterns in about the time that
# loading compiled kernels takes: 3 ns each, four times a recall.
SMALL = 2**25
# Pixels that are converted at once.
AT_ONCE = 2**20

# A memory with less than this share of the largest weight cannot be seen in a mean of levels.
NEGLIGIBLE = 1e-20


@dataclass(frozen=True)
class BytePatterns(AbstractPatterns):
    """Patterns as levels out of 255, uint8 of shape (K, N).

    States are levels in [0, 1], of shape (…, N); a neuron that is NaN is unknown and left out of
    every sum.

    Attributes:
        values: the patterns.
        kernels: hopcli.kernels.pixels, or None to work in NumPy.
    """

    values: NDArray[np.uint8]
    kernels: ModuleType | None = None
    # The last state of each comparison and what came out: a descent asks for its energy, its forces
    # and its equilibrium in the same state, each of which reads all patterns.
    _last: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def suited(cls, values: NDArray[np.uint8], states: int) -> "BytePatterns":
        """Load compiled kernels if recalling so many states repays it."""
        if values.size * states <= SMALL:
            return cls(values)
        from hopcli.kernels import pixels

        return cls(np.ascontiguousarray(values), pixels)

    def __len__(self) -> int:
        """K."""
        return len(self.values)

    @property
    def neurons(self) -> int:
        """N."""
        return self.values.shape[1]

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i (θ_μi − x_i)² over the known i, shape (…, K)."""
        return self._compared("squared_distances", x) / LEVELS**2

    def absolute_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i |θ_μi − x_i| over the known i, shape (…, K)."""
        return self._compared("absolute_distances", x) / LEVELS

    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i θ_μi x_i over the known i, shape (…, K)."""
        return self._compared("dots", x) / LEVELS**2

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_μ z_μ θ_μ, shape (…, N), over all memories whose weight can be seen."""
        flat = z.reshape(-1, len(self))
        mixed = np.zeros((len(flat), self.neurons))
        for row, weights in zip(mixed, flat, strict=True):
            seen = np.flatnonzero(np.abs(weights) > NEGLIGIBLE * np.abs(weights).max())
            for start in range(0, len(seen), self._at_once):
                some = seen[start : start + self._at_once]
                row += weights[some] @ self.rows(some)
        return mixed.reshape(*z.shape[:-1], self.neurons)

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Some patterns, shape (len(indices), N)."""
        return self.values[indices] / LEVELS

    @property
    def _at_once(self) -> int:
        """How many patterns are converted at once."""
        return max(1, AT_ONCE // self.neurons)

    def _compared(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with all patterns, in units of bytes."""
        if how in self._last and np.array_equal(self._last[how][0], x, equal_nan=True):
            return self._last[how][1]
        flat = np.asarray(x, dtype=np.float64).reshape(-1, self.neurons) * LEVELS
        counts = (~np.isnan(flat)).astype(np.float64)
        states = np.where(counts > 0, flat, 0.0)
        out = np.empty((len(flat), len(self)))
        if self.kernels is None:
            self._in_numpy(how, states, counts, out)
        else:
            self._in_kernels(how, states.astype(np.float32), counts.astype(np.float32), out)
        found = out.reshape(*x.shape[:-1], len(self))
        self._last[how] = x.copy(), found
        return found

    def _in_kernels(
        self, how: str, states: NDArray[Any], counts: NDArray[Any], out: NDArray[Any]
    ) -> None:
        """By compiled kernels, in float32."""
        assert self.kernels is not None
        self.kernels.suit(self.values.size * len(states))
        if how == "dots":
            self.kernels.dots(self.values, states, out)
        else:
            getattr(self.kernels, how)(self.values, states, counts, out)

    def _in_numpy(
        self, how: str, states: NDArray[Any], counts: NDArray[Any], out: NDArray[Any]
    ) -> None:
        """The same without compiled kernels."""
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
