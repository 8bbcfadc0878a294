"""Passes over patterns in parts: picklable functions that compute one result a part, and merges.

Results of parts merge exactly, or with a bound on the error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.arrays import Overlaps, Real, States, Whole, Words
from hopcli.binary.compiled import field_sums, packed_overlaps
from hopcli.kernels import passes, threads
from hopcli.parts import AbstractPart

# Patterns whose fields are computed at once: of 64 states, their overlaps take 32 MiB.
AT_ONCE = 2**17


@dataclass(frozen=True)
class OverlapCounts:
    """Overlaps of the patterns with some states.

    Attributes:
        counts: how many patterns are at each overlap, −N to N, int64 of shape (rows, 2N + 1).
        nearest: the index of the first pattern of the largest overlap, int64 of shape (rows,).
        farthest: the index of the first pattern of the smallest overlap.
    """

    counts: Whole
    nearest: Whole
    farthest: Whole

    @property
    def highest(self) -> Whole:
        """The largest overlap of each state."""
        neurons = self.counts.shape[1] // 2
        return neurons - (self.counts[:, ::-1] > 0).argmax(axis=1)

    @property
    def lowest(self) -> Whole:
        """The smallest overlap of each state."""
        return (self.counts > 0).argmax(axis=1) - self.counts.shape[1] // 2

    def with_more(self, later: "OverlapCounts") -> "OverlapCounts":
        """Merge with the counts of patterns that come after these."""
        return OverlapCounts(
            self.counts + later.counts,
            np.where(later.highest > self.highest, later.nearest, self.nearest),
            np.where(later.lowest < self.lowest, later.farthest, self.farthest),
        )


@dataclass(frozen=True)
class CountOverlaps:
    """Count the overlaps with these states, int8 of shape (rows, N)."""

    states: States

    def __call__(self, parts: Sequence[AbstractPart]) -> list[OverlapCounts]:
        """Return one result a part."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> OverlapCounts:
        rows, neurons = self.states.shape
        words = part.open()
        counts = np.zeros((rows, 2 * neurons + 1), dtype=np.int64)
        ends = np.empty((rows, 2), dtype=np.int64)
        threads.suit(rows * words.size)
        bits, known = packing.pack(self.states), packing.known_bits(self.states)
        passes.survey(words, bits, known, np.count_nonzero(self.states, axis=1), counts, ends)
        return OverlapCounts(counts, part.start + ends[:, 0], part.start + ends[:, 1])


@dataclass(frozen=True)
class ComputeOverlaps:
    """Compute the overlaps with these states, int8 of shape (rows, N)."""

    states: States

    def __call__(self, parts: Sequence[AbstractPart]) -> list[Overlaps]:
        """Return int32 of shape (rows, patterns) a part."""
        return [packed_overlaps(part.open(), self.states) for part in parts]


@dataclass(frozen=True)
class FieldSums:
    """Local fields of neurons.

    Attributes:
        fields: positive multiples of h_i, float64 of shape (rows, N).
        magnitudes: the sum of the magnitudes of the terms of a field, float64 of shape (rows,).
    """

    fields: NDArray[np.floating]
    magnitudes: Real

    def with_more(self, other: "FieldSums") -> "FieldSums":
        """Add the fields of other patterns."""
        # Where terms overflowed, the difference of infinities is NaN, and decides nothing.
        with np.errstate(invalid="ignore"):
            return FieldSums(self.fields + other.fields, self.magnitudes + other.magnitudes)


@dataclass(frozen=True)
class SumFields:
    """Compute the local fields of all neurons of these states.

    Attributes:
        states: int8 of shape (rows, N).
        terms: of the interaction (compiled.terms_of).
        offsets: the row of `terms` for overlap 0 of each state, int64 of shape (rows,).
    """

    states: States
    terms: Real
    offsets: Whole

    def __call__(self, parts: Sequence[AbstractPart]) -> list[FieldSums]:
        """Return one result a part."""
        return [self._of(part.open()) for part in parts]

    def _of(self, words: Words) -> FieldSums:
        blocks = (words[start : start + AT_ONCE] for start in range(0, len(words), AT_ONCE))
        return added([self._of_block(block) for block in blocks])

    def _of_block(self, words: Words) -> FieldSums:
        overlaps = packed_overlaps(words, self.states)
        return FieldSums(*field_sums(words, self.states, overlaps, self.terms, self.offsets))


@dataclass(frozen=True)
class CountTerms:
    """Count the patterns at each y = m_μ − ξ_μi s_i, with the sign ξ_μi, for some neurons i.

    Attributes:
        state: int8 of shape (N,).
        neurons: which neurons, shape (n,).
    """

    state: States
    neurons: NDArray[np.integer]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[Whole]:
        """Return Σ ξ_μi over the patterns at y = −N − 1 … N + 1, shape (n, 2N + 3) a part."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> Whole:
        words, middle = part.open(), len(self.state) + 1
        (overlaps,) = packed_overlaps(words, self.state[None])
        counts = np.empty((len(self.neurons), 2 * middle + 1), dtype=np.int64)
        for row, neuron in zip(counts, self.neurons.tolist(), strict=True):
            column = packing.column(words, neuron)
            indices = overlaps - column * self.state[neuron] + middle
            row[:] = np.bincount(indices[column > 0], minlength=len(row))
            row -= np.bincount(indices[column < 0], minlength=len(row))
        return counts


def merged(counted: Sequence[OverlapCounts]) -> OverlapCounts:
    """Merge the overlap counts of parts, in their order."""
    return reduce(OverlapCounts.with_more, counted)


def added(sums: Sequence[FieldSums]) -> FieldSums:
    """Add the fields of parts."""
    return reduce(FieldSums.with_more, sums)


def pattern(parts: Sequence[AbstractPart], index: int, neurons: int) -> States:
    """Return one pattern of those in parts, ±1, shape (N,)."""
    (part,) = (part for part in parts if 0 <= index - part.start < part.patterns)
    row = index - part.start
    return packing.unpack(part.open()[row : row + 1], neurons)[0]
