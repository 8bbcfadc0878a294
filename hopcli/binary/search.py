"""Search for the patterns near a state among very many."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from hopcli.binary import packing
from hopcli.binary.arrays import Overlaps, States, Whole, Words
from hopcli.kernels import nearest, threads

# From so many states on, patterns are read in blocks that are transposed by word once for all.
MANY = 3

# Near patterns of a state that a task of the kernel can record.
MOST_FOUND = 256


@dataclass(frozen=True)
class Near:
    """The patterns near a state.

    Attributes:
        indices: of the patterns, in ascending order, int64 of shape (n,), n at least 1.
        words: these patterns, packed, uint64 of shape (n, words).
        overlaps: with the state, int32 of shape (n,).
        bound: no other pattern has a larger overlap.
    """

    indices: Whole
    words: Words
    overlaps: Overlaps
    bound: int


class AbstractSearch(ABC):
    """Patterns, in one array or in parts, that can be searched for those near a state."""

    @property
    @abstractmethod
    def patterns(self) -> int:
        """K."""

    @abstractmethod
    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""

    @abstractmethod
    def within(self, states: States, reach: int) -> list[Near | None]:
        """Return, for each state, (rows, N), all patterns within `reach` of the largest overlap.

        Others may be among them, and the bound is then lower. None where there are too many.
        """


@dataclass(frozen=True)
class PackedSearch(AbstractSearch):
    """Patterns packed in words, uint64 of shape (K, ceil(N/64)), N below 2¹⁶."""

    words: Words
    neurons: int

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""
        return packing.unpack(self.words[index : index + 1], self.neurons)[0]

    def within(self, states: States, reach: int) -> list[Near | None]:
        """Search in one pass over about half of the words."""
        cues, (stored, width) = len(states), self.words.shape
        bits, known = packing.pack(states), packing.known_bits(states)
        limits = np.empty(cues, dtype=np.int64)
        indices = np.empty((cues, nearest.PARTS, MOST_FOUND), dtype=np.int64)
        distances = np.empty_like(indices)
        found = np.zeros((cues, nearest.PARTS), dtype=np.int64)
        groups = -(-stored // nearest.GROUP)
        # To fetch a word takes as long as to count the bits of several.
        threads.suit(max(4, cues) * self.words.size)
        if cues < MANY:
            octets = max(1, width // 2 // nearest.LANES) if width >= nearest.LANES else 0
            nearest.of_few(
                self.words, self._first(octets), octets, bits, known, reach // 2,
                np.empty((cues, groups * nearest.GROUP), dtype=np.uint8), limits, indices,
                distances, found,
            )  # fmt: skip
        else:
            nearest.of_many(
                self.words, -(-10 * width // 16), bits, known, reach // 2,
                np.empty((cues, groups), dtype=np.uint16), limits, indices,
                distances, found,
            )  # fmt: skip
        counts = np.count_nonzero(states, axis=1)
        nears: list[Near | None] = []
        for c in range(cues):
            if found[c].max() > MOST_FOUND:
                nears.append(None)
                continue
            found_in = [np.s_[c, part, :n] for part, n in enumerate(found[c].tolist()) if n]
            some = np.concatenate([indices[part] for part in found_in])
            differing = np.concatenate([distances[part] for part in found_in])
            order = np.argsort(some)
            overlaps = (counts[c] - 2 * differing[order]).astype(np.int32)
            bound = int(counts[c]) - 2 * (int(limits[c]) + 1)
            nears.append(Near(some[order], self.words[some[order]], overlaps, bound))
        return nears

    def _first(self, octets: int) -> int:
        """Return the first word to count, so that whole cache lines are left out.

        NumPy's arrays begin in the middle of a cache line, and so does then every row.
        """
        line = nearest.LANES
        width = self.words.shape[1]
        if octets == 0 or width % line:
            return 0
        first = -(self.words.ctypes.data // 8) % line
        return first if first + line * octets <= width else 0
