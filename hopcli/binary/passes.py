"""What is asked of all patterns, asked of parts of them; every answer merges exactly, or bounded.

Each question is a record that can be sent to where the parts are, and gives an answer a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.compiled import packed_overlaps
from hopcli.kernels import passes, threads
from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class Seen:
    """How the patterns lie to some states.

    Attributes:
        counts: how many are at each overlap, −N to N, int64 of shape (rows, 2N + 1).
        nearest: the first of the largest overlap, int64 of shape (rows,).
        farthest: the first of the smallest overlap.
    """

    counts: NDArray[np.int64]
    nearest: NDArray[np.int64]
    farthest: NDArray[np.int64]

    @property
    def highest(self) -> NDArray[np.int64]:
        """The largest overlap of each state."""
        neurons = self.counts.shape[1] // 2
        return neurons - (self.counts[:, ::-1] > 0).argmax(axis=1)

    @property
    def lowest(self) -> NDArray[np.int64]:
        """The smallest overlap of each state."""
        return (self.counts > 0).argmax(axis=1) - self.counts.shape[1] // 2

    def beside(self, later: "Seen") -> "Seen":
        """These patterns and others that come after them."""
        return Seen(
            self.counts + later.counts,
            np.where(later.highest > self.highest, later.nearest, self.nearest),
            np.where(later.lowest < self.lowest, later.farthest, self.farthest),
        )


@dataclass(frozen=True)
class Survey:
    """How do the patterns lie to these states, int8 of shape (rows, N)?"""

    states: NDArray[np.int8]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[Seen]:
        """Ask some parts, one after another."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> Seen:
        rows, neurons = self.states.shape
        words = part.open()
        counts = np.zeros((rows, 2 * neurons + 1), dtype=np.int64)
        ends = np.empty((rows, 2), dtype=np.int64)
        threads.suit(rows * words.size)
        passes.survey(words, *_packed(self.states), counts, ends)
        return Seen(counts, part.start + ends[:, 0], part.start + ends[:, 1])


@dataclass(frozen=True)
class Overlaps:
    """What are the overlaps of the patterns with these states, int8 of shape (rows, N)?"""

    states: NDArray[np.int8]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[NDArray[np.int32]]:
        """Ask some parts, one after another: shape (rows, patterns) each."""
        return [packed_overlaps(part.open(), self.states) for part in parts]


@dataclass(frozen=True)
class Felt:
    """What neurons feel.

    Attributes:
        fields: positive multiples of h_i, float64 of shape (rows, N).
        sizes: the sums of the magnitudes of their terms.
    """

    fields: NDArray[np.float64]
    sizes: NDArray[np.float64]

    def beside(self, other: "Felt") -> "Felt":
        """The same of these patterns and others."""
        # Where terms overflowed, the difference of infinities is no number and decides nothing.
        with np.errstate(invalid="ignore"):
            return Felt(self.fields + other.fields, self.sizes + other.sizes)


@dataclass(frozen=True)
class Fields:
    """What do the neurons of these states feel?

    Attributes:
        states: int8 of shape (rows, N).
        values: the differences D of the interaction.
        offsets: where D(0) stands in `values` for each state, int64 of shape (rows,).
    """

    states: NDArray[np.int8]
    values: NDArray[np.float64]
    offsets: NDArray[np.int64]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[Felt]:
        """Ask some parts, one after another."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> Felt:
        words = part.open()
        fields, sizes = np.zeros(self.states.shape), np.zeros(self.states.shape)
        threads.suit(self.states.size * part.patterns)
        passes.fields(
            words, self.states, *_packed(self.states), self.values, self.offsets, fields, sizes
        )
        return Felt(fields, sizes)


@dataclass(frozen=True)
class Counts:
    """How many patterns are felt at each value by these neurons of a state, as they are signed?

    Attributes:
        state: int8 of shape (N,).
        neurons: which neurons, shape (n,).
    """

    state: NDArray[np.int8]
    neurons: NDArray[np.integer]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[NDArray[np.int64]]:
        """Σ ξ_μi over the patterns at m_μ − ξ_μi s_i = −N − 1 … N + 1, shape (n, 2N + 3)."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> NDArray[np.int64]:
        words, middle = part.open(), len(self.state) + 1
        (overlaps,) = packed_overlaps(words, self.state[None])
        counts = np.empty((len(self.neurons), 2 * middle + 1), dtype=np.int64)
        for row, neuron in zip(counts, self.neurons.tolist(), strict=True):
            column = packing.column(words, neuron)
            places = overlaps - column * self.state[neuron] + middle
            row[:] = np.bincount(places[column > 0], minlength=len(row))
            row -= np.bincount(places[column < 0], minlength=len(row))
        return counts


def _packed(
    states: NDArray[np.int8],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int64]]:
    """States as the kernels take them: bits, which of them are known, and how many."""
    return packing.pack(states), packing.known_bits(states), np.count_nonzero(states, axis=1)


def together(seen: Sequence[Seen]) -> Seen:
    """The answers of parts in their order, as one."""
    return reduce(Seen.beside, seen)


def summed(felt: Sequence[Felt]) -> Felt:
    """The answers of parts, as one."""
    return reduce(Felt.beside, felt)


def pattern(parts: Sequence[AbstractPart], index: int, neurons: int) -> NDArray[np.int8]:
    """One pattern of those in parts, ±1, shape (N,)."""
    (part,) = (part for part in parts if 0 <= index - part.start < part.patterns)
    row = index - part.start
    return packing.unpack(part.open()[row : row + 1], neurons)[0]
