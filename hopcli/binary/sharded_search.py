"""Search for the patterns near a state in parts.

The largest overlap is known only after all parts have been read: the nearest pattern may be in any
of them. So first every part gives its own largest overlap, for which all its words are read once;
then the parts with patterns within reach of the largest of all are searched.

Each search is one task a part, even where nothing is to be searched for, so that an executor can
send the tasks of a part to where it is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.passes import pattern
from hopcli.binary.search import AbstractSearch, Near, PackedSearch
from hopcli.executors import PartitionedExecutor
from hopcli.kernels import nearest, threads
from hopcli.parts import AbstractPart

# A reach that excludes even the nearest pattern.
NONE = -(2**17)


@dataclass(frozen=True)
class _Tops:
    """Compute the largest overlap with each of these states, int8 of shape (rows, N)."""

    states: NDArray[np.int8]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[NDArray[np.int64]]:
        """Return int64 of shape (rows,) a part."""
        return [self._of(part.open()) for part in parts]

    def _of(self, words: NDArray[np.uint64]) -> NDArray[np.int64]:
        rows = len(self.states)
        least = np.empty((rows, -(-len(words) // nearest.GROUP)), dtype=np.uint16)
        unused = np.zeros((rows, nearest.PARTS, 1), dtype=np.int64)
        threads.suit(max(4, rows) * words.size)
        nearest.of_many(
            words, words.shape[1], packing.pack(self.states), packing.known_bits(self.states),
            NONE, least, np.empty(rows, dtype=np.int64), unused, unused.copy(),
            np.zeros((rows, nearest.PARTS), dtype=np.int64),
        )  # fmt: skip
        return np.count_nonzero(self.states, axis=1) - 2 * least.min(axis=1).astype(np.int64)


@dataclass(frozen=True)
class _Task:
    """A part to search near these states, int8 of shape (rows, N), which may be none."""

    part: AbstractPart
    states: NDArray[np.int8]
    reach: int


def _look(tasks: Sequence[_Task]) -> list[list[Near | None]]:
    """Search in some parts, one after another."""
    return [_found(task) for task in tasks]


def _found(task: _Task) -> list[Near | None]:
    if not len(task.states):
        return []
    search = PackedSearch(task.part.open(), task.states.shape[1])
    return [
        near and replace(near, indices=near.indices + task.part.start)
        for near in search.within(task.states, task.reach)
    ]


@dataclass(frozen=True)
class ShardedSearch(AbstractSearch):
    """Patterns in parts, of N below 2¹⁶ neurons, and the executor that maps over them."""

    parts: Sequence[AbstractPart]
    neurons: int
    executor: PartitionedExecutor

    @property
    def patterns(self) -> int:
        """K."""
        return sum(part.patterns for part in self.parts)

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Return one pattern, ±1, shape (N,)."""
        return pattern(self.parts, index, self.neurons)

    def within(self, states: NDArray[np.int8], reach: int) -> list[Near | None]:
        """Compute the largest overlap of every part, then search the parts within reach."""
        tops = np.array(self.executor.map(_Tops(states), self.parts))
        floors = tops.max(axis=0) - reach
        rows = [np.flatnonzero(of_part >= floors) for of_part in tops]
        tasks = [
            _Task(part, states[some], reach) for part, some in zip(self.parts, rows, strict=True)
        ]
        nears: list[list[Near | None]] = [[] for _ in states]
        for some, found in zip(rows, self.executor.map(_look, tasks), strict=True):
            for row, near in zip(some.tolist(), found, strict=True):
                nears[row].append(near)
        return [
            _together(found, floor) for found, floor in zip(nears, floors.tolist(), strict=True)
        ]


def _together(nears: Sequence[Near | None], floor: int) -> Near | None:
    """Merge what parts found near a state, of overlaps from the floor on; None: too many."""
    kept = []
    for near in nears:
        if near is None:
            return None
        chosen = near.overlaps >= floor
        kept.append(
            Near(near.indices[chosen], near.words[chosen], near.overlaps[chosen], near.bound)
        )
    return Near(
        np.concatenate([near.indices for near in kept]),
        np.concatenate([near.words for near in kept]),
        np.concatenate([near.overlaps for near in kept]),
        max(floor - 1, *(near.bound for near in kept)),
    )
