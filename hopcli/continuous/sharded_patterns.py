"""Patterns of pictures in parts: each comparison is a pass over all of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import byte_patterns
from hopcli.continuous.byte_patterns import LEVELS, BytePatterns
from hopcli.continuous.patterns import DOUBLE, SAME, SINGLE, AbstractPatterns
from hopcli.crew import Crew
from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class _Errand:
    """A part, and what to ask of its patterns, if anything.

    There is one for each part, be there anything to ask or not, so that a crew can send those of a
    part to where it is open.
    """

    part: AbstractPart
    question: "_AbstractQuestion | None"


def _ask(errands: Sequence[_Errand]) -> list[Any]:
    """Ask some parts, one after another."""
    return [_answer(errand.part, errand.question) for errand in errands]


def _answer(part: AbstractPart, question: "_AbstractQuestion | None") -> Any:
    if question is None:
        return None
    return question.of(BytePatterns.suited(part.open(), question.states), part.start)


class _AbstractQuestion(ABC):
    """What can be asked of a part.

    Attributes:
        states: with how many states each pattern is compared.
    """

    states: int

    @abstractmethod
    def of(self, patterns: BytePatterns, start: int) -> Any:
        """The answer of a part before which there are so many other patterns."""


@dataclass(frozen=True)
class _Compared(_AbstractQuestion):
    """A comparison with all patterns, named as the method of AbstractPatterns is."""

    how: str
    x: NDArray[np.float64]
    states: int

    def of(self, patterns: BytePatterns, start: int) -> NDArray[np.float64]:
        """Shape (…, patterns)."""
        return getattr(patterns, self.how)(self.x)


@dataclass(frozen=True)
class _Mixed(_AbstractQuestion):
    """Σ_μ z_μ θ_μ with these weights of all patterns, shape (…, K)."""

    z: NDArray[np.float64]
    states: int = 1

    def of(self, patterns: BytePatterns, start: int) -> NDArray[np.float64]:
        """Shape (…, N)."""
        return patterns.mix(self.z[..., start : start + len(patterns)])


@dataclass(frozen=True)
class _Near:
    """Patterns near a state.

    Attributes:
        rows: which, counted from the first of all parts.
        squares: their squared distances.
        radius: none that is nearer is left out.
    """

    rows: NDArray[np.intp]
    squares: NDArray[np.float64]
    radius: float


@dataclass(frozen=True)
class _Within(_AbstractQuestion):
    """Which patterns are within reach, in d², of the nearest one to x there?"""

    x: NDArray[np.float64]
    reach: float
    states: int = 1

    def of(self, patterns: BytePatterns, start: int) -> _Near:
        """Those, and perhaps some that are a little farther."""
        rows, radius = patterns.within(self.x, self.reach, np.empty(0, np.intp))
        squares = patterns.among(rows).squared_distances(self.x)
        if np.isinf(radius):
            radius = float(np.sqrt(squares.min() + self.reach))
            kept = squares <= squares.min() + self.reach
            rows, squares = rows[kept], squares[kept]
        return _Near(rows + start, squares, radius)


@dataclass(frozen=True)
class _NearestByMagnitude(_AbstractQuestion):
    """Which is the pattern of least Σ_i |θ_μi − x_i|?"""

    x: NDArray[np.float64]
    states: int = 1

    def of(self, patterns: BytePatterns, start: int) -> tuple[float, int]:
        """The distance, and the pattern."""
        row = patterns.nearest_by_magnitude(self.x)
        (distance,) = patterns.among(np.array([row])).absolute_distances(self.x)
        return float(distance), start + row


@dataclass(frozen=True)
class _NearestOther(_AbstractQuestion):
    """Of patterns of anywhere, shape (rows, N), d² to the nearest that is not the same."""

    rows: NDArray[np.float64]
    states: int

    def of(self, patterns: BytePatterns, start: int) -> NDArray[np.float64]:
        """Shape (rows,); infinite where all are the same."""
        squares = patterns.squared_distances(self.rows)
        return np.where(squares > SAME, squares, np.inf).min(axis=1)


@dataclass(frozen=True)
class ShardedPatterns(AbstractPatterns):
    """Patterns as levels out of 255 in parts, and who looks at them.

    Attributes:
        parts: uint8 of shape (patterns, N) each, in order.
        pixels: N.
        crew: who looks.
    """

    parts: Sequence[AbstractPart]
    pixels: int
    crew: Crew
    # As BytePatterns has them: a descent asks for the same comparison more than once.
    _last: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __len__(self) -> int:
        return sum(part.patterns for part in self.parts)

    @property
    def neurons(self) -> int:
        """N."""
        return self.pixels

    @property
    def precision(self) -> float:
        """That of float32 if any part is large enough for compiled kernels."""
        largest = max(part.patterns for part in self.parts)
        return SINGLE if byte_patterns.is_large(largest * self.pixels, 1) else DOUBLE

    def squared_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i (θ_μi − x_i)² over the known i, shape (…, K)."""
        return self._compared("squared_distances", x)

    def absolute_distances(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i |θ_μi − x_i| over the known i, shape (…, K)."""
        return self._compared("absolute_distances", x)

    def dot(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_i θ_μi x_i over the known i, shape (…, K)."""
        return self._compared("dot", x)

    def mix(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_μ z_μ θ_μ, shape (…, N), the sums of all parts added."""
        return np.sum(self._asked([_Mixed(z)] * len(self.parts)), axis=0)

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.float64]:
        """Some patterns, shape (len(indices), N)."""
        return self._bytes(indices) / LEVELS

    def among(self, indices: NDArray[np.integer]) -> BytePatterns:
        """Some of the patterns, in memory."""
        return BytePatterns.suited(self._bytes(indices), 1)

    def within(
        self, x: NDArray[np.float64], reach: float, likely: NDArray[np.integer]
    ) -> tuple[NDArray[np.intp], float]:
        """Look for the nearest in all parts, then within reach of it where there may be more."""
        nears: list[_Near] = self._asked([_Within(x, 0.0)] * len(self.parts))
        nearest = [float(near.squares.min()) for near in nears]
        most = min(nearest) + reach
        further = self._asked([
            _Within(x, most - square) if square <= most else None for square in nearest
        ])  # fmt: skip
        found: list[_Near] = [near for near in further if near is not None]
        beyond = [np.sqrt(square) for square in nearest if square > most]
        return (
            np.concatenate([near.rows for near in found]),
            min([*beyond, *(near.radius for near in found)]),
        )

    def nearest_by_magnitude(self, x: NDArray[np.float64]) -> int:
        """The nearest of those of the parts, the first of several."""
        return min(self._asked([_NearestByMagnitude(x)] * len(self.parts)))[1]

    def squares_to_others(self, indices: NDArray[np.integer], rank: int) -> NDArray[np.float64]:
        """Compare these with all."""
        question = _NearestOther(self.rows(indices), len(indices))
        return np.min(self._asked([question] * len(self.parts)), axis=0)

    def _compared(self, how: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compare states with all patterns."""
        if how in self._last and np.array_equal(self._last[how][0], x, equal_nan=True):
            return self._last[how][1]
        question = _Compared(how, x, x.size // self.neurons)
        found = np.concatenate(self._asked([question] * len(self.parts)), axis=-1)
        if x.ndim == 1:
            self._last[how] = x.copy(), found
        return found

    def _asked(self, questions: Sequence[_AbstractQuestion | None]) -> list[Any]:
        """The answers of all parts, each to its question."""
        return self.crew.map(_ask, list(map(_Errand, self.parts, questions)))

    def _bytes(self, indices: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Some patterns as they are stored."""
        found = np.empty((len(indices), self.neurons), dtype=np.uint8)
        for part in self.parts:
            here = (indices >= part.start) & (indices < part.start + part.patterns)
            if here.any():
                found[here] = part.open()[indices[here] - part.start]
        return found
