"""Patterns of pictures in parts, each of which is opened where and when it is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import byte_patterns
from hopcli.continuous.byte_patterns import LEVELS, BytePatterns
from hopcli.continuous.patterns import DOUBLE, SAME, SINGLE, AbstractPatterns, Compare
from hopcli.executors import PartitionedExecutor
from hopcli.parts import AbstractPart

# From the patterns of a part and the number of patterns before it to what was asked for.
Question = Callable[[BytePatterns, int], Any]


class _Task(NamedTuple):
    """A part, and what to compute from its patterns; None for nothing.

    There is one for each part, so that those of a part can be sent to where it is open.
    """

    part: AbstractPart
    question: Question | None
    states: int


def _computed(tasks: Sequence[_Task]) -> list[Any]:
    """Run tasks one after another."""
    return [
        None if question is None else question(BytePatterns.suited(part.open(), states), part.start)
        for part, question, states in tasks
    ]


def _called(patterns: BytePatterns, start: int, *, method: str, given: tuple[Any, ...]) -> Any:
    return getattr(patterns, method)(*given)


def _mixed(patterns: BytePatterns, start: int, *, z: NDArray[np.float64]) -> NDArray[np.float64]:
    return patterns.mix(z[..., start : start + len(patterns)])


class _Near(NamedTuple):
    """Indices of patterns near a state, their d², and up to which distance none is left out."""

    rows: NDArray[np.intp]
    squares: NDArray[np.float64]
    radius: float


def _near(patterns: BytePatterns, start: int, *, x: NDArray[np.float64], reach: float) -> _Near:
    rows, radius = patterns.within(x, reach, np.empty(0, np.intp))
    squares = patterns.among(rows).squared_distances(x)
    if np.isinf(radius):
        radius = float(np.sqrt(squares.min() + reach))
        kept = squares <= squares.min() + reach
        rows, squares = rows[kept], squares[kept]
    return _Near(rows + start, squares, radius)


def _nearest_by_magnitude(
    patterns: BytePatterns, start: int, *, x: NDArray[np.float64]
) -> tuple[float, int]:
    row = patterns.nearest_by_magnitude(x)
    (distance,) = patterns.among(np.array([row])).absolute_distances(x)
    return float(distance), start + row


def _to_others(
    patterns: BytePatterns, start: int, *, rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    squares = patterns.squared_distances(rows)
    return np.where(squares > SAME, squares, np.inf).min(axis=1)


@dataclass(frozen=True)
class ShardedPatterns(AbstractPatterns):
    """Patterns as levels out of 255 in parts.

    Attributes:
        parts: uint8 of shape (patterns, N) each, in order.
        pixels: N.
        executor: where the parts are opened.
    """

    parts: Sequence[AbstractPart]
    pixels: int
    executor: PartitionedExecutor

    def __len__(self) -> int:
        return sum(part.patterns for part in self.parts)

    @property
    def neurons(self) -> int:
        """The number of neurons N."""
        return self.pixels

    @property
    def precision(self) -> float:
        """That of float32 if any part is large enough for compiled kernels."""
        largest = max(part.patterns for part in self.parts)
        return SINGLE if byte_patterns.is_large(largest * self.pixels, 1) else DOUBLE

    def compare(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with the patterns of each part."""
        return self._joined(partial(_called, method=how, given=(x,)), x)

    def compared_by(self, compare: Compare, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with the patterns of each part by a function."""
        return self._joined(partial(_called, method="compared_by", given=(compare, x)), x)

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ_μ z_μ θ_μ, shape (…, N): the sums of all parts are added."""
        return np.sum(self._asked(partial(_mixed, z=z)), axis=0)

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return some of the patterns, shape (len(indices), N)."""
        return self._bytes(indices) / LEVELS

    def among(self, indices: NDArray[np.integer]) -> BytePatterns:
        """Return some of the patterns, in memory."""
        return BytePatterns.suited(self._bytes(indices), 1)

    def within(
        self, x: NDArray[np.float64], reach: float, likely: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], float]:
        """Search all parts for the nearest, then for all within reach of it where there may be."""
        nears: list[_Near] = self._asked(partial(_near, x=x, reach=0.0))
        nearest = [float(near.squares.min()) for near in nears]
        most = min(nearest) + reach
        further = self._each([
            partial(_near, x=x, reach=most - square) if square <= most else None
            for square in nearest
        ])  # fmt: skip
        found: list[_Near] = [near for near in further if near is not None]
        beyond = [float(np.sqrt(square)) for square in nearest if square > most]
        return (
            np.concatenate([near.rows for near in found]),
            min([*beyond, *(near.radius for near in found)]),
        )

    def nearest_by_magnitude(self, x: NDArray[np.float64]) -> int:
        """Find the pattern of least Σ_i |θ_μi − x_i|, the first of several, for x of shape (N,)."""
        return min(self._asked(partial(_nearest_by_magnitude, x=x)))[1]

    def squares_to_others(self, indices: NDArray[np.integer], rank: int) -> NDArray[np.float64]:
        """Compute d² from some patterns to the nearest one that is not the same."""
        rows = self.rows(indices)
        return np.min(self._asked(partial(_to_others, rows=rows), len(rows)), axis=0)

    def _joined(self, question: Question, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ask all parts about states, and join what they answer, shape (…, K)."""
        return np.concatenate(self._asked(question, x.size // self.neurons), axis=-1)

    def _asked(self, question: Question, states: int = 1) -> list[Any]:
        """Ask all parts the same, which compares each pattern with some states."""
        return self._each([question] * len(self.parts), states)

    def _each(self, questions: Sequence[Question | None], states: int = 1) -> list[Any]:
        """Ask each part its own question."""
        tasks = [_Task(p, q, states) for p, q in zip(self.parts, questions, strict=True)]
        return self.executor.map(_computed, tasks)

    def _bytes(self, indices: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Return some of the patterns as they are stored."""
        found = np.empty((len(indices), self.neurons), dtype=np.uint8)
        for part in self.parts:
            here = (indices >= part.start) & (indices < part.start + part.patterns)
            if here.any():
                found[here] = part.open()[indices[here] - part.start]
        return found
