"""A network of patterns in parts that are not kept in memory: each question is a pass over them.

A synchronous step takes one pass for the fields of all neurons. Asynchronous updates look ahead:
fields stay valid until a neuron changes, so each pass serves all visits up to the first change.

A search for near patterns takes two passes, since the nearest pattern may be in any part: every
part gives its largest overlap, for which all its words are read once; then the parts with patterns
within reach of the largest of all are searched. A pass is one task a part, even where nothing is to
be searched for, so that an executor can send the tasks of a part to where it is open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact, packing
from hopcli.binary.arrays import Mask, Orders, Real, Rows, States, Whole, Words
from hopcli.binary.compiled import terms_of
from hopcli.binary.dynamics import (
    UNDECIDED,
    AbstractBatch,
    AbstractDynamics,
    Matches,
    after_visit,
    decided,
)
from hopcli.binary.interactions import AbstractInteraction, Table
from hopcli.binary.networks import AbstractBinaryNetwork, pruning_pays
from hopcli.binary.passes import (
    CountOverlaps,
    CountTerms,
    FieldSums,
    OverlapCounts,
    SumFields,
    added,
    merged,
    pattern,
)
from hopcli.binary.pruned import PrunedDynamics
from hopcli.binary.search import AbstractSearch, Near, PackedSearch
from hopcli.errors import HopError
from hopcli.executors import PartitionedExecutor
from hopcli.kernels import nearest, threads
from hopcli.parts import AbstractPart
from hopcli.results import Recall

# States that share a pass over the patterns; more than this would gain little.
AT_ONCE = 64

# A reach that excludes even the nearest pattern.
NONE = -(2**17)


@dataclass(frozen=True)
class ShardedNetwork(AbstractBinaryNetwork):
    """Stored patterns in parts, and the interaction by which they act on a state.

    Attributes:
        parts: packed patterns, uint64 of shape (patterns, ceil(N/64)) each, in order.
        neurons: N.
        interaction: F.
        executor: maps functions over the parts.
    """

    parts: Sequence[AbstractPart]
    neurons: int
    interaction: AbstractInteraction
    executor: PartitionedExecutor

    @property
    def patterns(self) -> int:
        """K."""
        return sum(part.patterns for part in self.parts)

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        return self.interaction.advice(recall, patterns=self.patterns, neurons=self.neurons)

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], AbstractDynamics]:
        """Choose between passes over all patterns and a search for the nearest.

        Raises:
            HopError: a temperature was asked for, which patterns in parts do not have.
        """
        if sweeps is not None:
            raise HopError(
                "a temperature was given, but the patterns are in parts, which have none; store "
                "them in one file, without `shard_size`"
            )
        return self._made

    def _made(self) -> AbstractDynamics:
        interaction, neurons = self.interaction, self.neurons
        every = ShardedDynamics.of(interaction, neurons, self.parts, self.executor)
        if pruning_pays(interaction, neurons):
            search = ShardedSearch(self.parts, neurons, self.executor)
            return PrunedDynamics.of(interaction, search, neurons, lambda: every)
        return every


@dataclass(frozen=True)
class ShardedDynamics(AbstractDynamics):
    """Any interaction of patterns in parts.

    Attributes:
        interaction: F.
        table: of the interaction.
        terms: of the table (compiled.terms_of).
        neurons: N.
        parts: the patterns, in order.
        executor: maps functions over the parts.
    """

    interaction: AbstractInteraction
    table: Table
    terms: Real
    neurons: int
    parts: Sequence[AbstractPart]
    executor: PartitionedExecutor

    @classmethod
    def of(
        cls,
        interaction: AbstractInteraction,
        neurons: int,
        parts: Sequence[AbstractPart],
        executor: PartitionedExecutor,
    ) -> "ShardedDynamics":
        """Tabulate the interaction, and make the dynamics."""
        table = interaction.table(neurons, sum(part.patterns for part in parts))
        return cls(interaction, table, terms_of(table), neurons, parts, executor)

    @property
    def at_once(self) -> int:
        """As many states as share a pass well."""
        return AT_ONCE

    def begin(self, states: States, free: Mask) -> "ShardedBatch":
        """Return a batch, with all overlaps counted."""
        states = np.array(states, dtype=np.int8, order="C")
        counted = merged(self.executor.map(CountOverlaps(states), self.parts))
        return ShardedBatch(self, states, free, counted, np.zeros(len(states), dtype=bool))

    def pattern(self, index: int) -> States:
        """Return one stored pattern."""
        return pattern(self.parts, index, self.neurons)


@dataclass(frozen=True)
class ShardedBatch(AbstractBatch):
    """States, and their overlaps with the patterns when these were last counted.

    Attributes:
        dynamics: the network.
        counted: the overlaps of the states as they were.
        moved: which of them have changed since, bool of shape (cues,).
    """

    dynamics: ShardedDynamics
    states: States
    free: Mask
    counted: OverlapCounts
    moved: Mask

    def sweep(self, rows: Rows, orders: Orders) -> Whole:
        """Visit neurons, with a pass over the patterns for each neuron that changes."""
        changes = np.zeros(len(rows), dtype=np.int64)
        left = [order[self.free[row, order]] for row, order in zip(rows, orders, strict=True)]
        while True:
            pending = np.array([index for index, order in enumerate(left) if len(order)], np.intp)
            if pending.size == 0:
                return changes
            sums = self._fields(rows[pending])
            for n, index in enumerate(pending.tolist()):
                order = left[index]
                visited, changed = self._visit(
                    int(rows[index]), order, sums.fields[n, order], sums.magnitudes[n]
                )
                changes[index] += changed
                left[index] = order[visited:]

    def _visit(
        self, row: int, order: Orders, fields: NDArray[np.floating], magnitude: float
    ) -> tuple[int, bool]:
        """Visit neurons up to the first that changes; returns how many, and whether one did."""
        own = self.states[row, order]
        new = decided(fields, magnitude, own, self.dynamics.table.slack)
        for n in np.flatnonzero(new != own).tolist():
            state = new[n]
            if state == UNDECIDED:
                if self.dynamics.table.relative and self.moved[row]:
                    # Indices count from an old largest overlap; the new one may decide it.
                    self._look(np.array([row], dtype=np.intp))
                    return n, False
                (state,) = self._exact_states(row, order[n : n + 1])
            if state != own[n]:
                self.states[row, order[n]] = state
                self.moved[row] = True
                return n + 1, True
        return len(order), False

    def step(self, rows: Rows) -> Whole:
        """Update all neurons, by one pass."""
        if self.dynamics.table.relative:
            self._look(rows)
        sums = self._fields(rows)
        states, free = self.states[rows], self.free[rows]
        found = decided(sums.fields, sums.magnitudes[:, None], states, self.dynamics.table.slack)
        new = np.where(free, found, states)
        for n, row in enumerate(rows.tolist()):
            neurons = np.flatnonzero(new[n] == UNDECIDED)
            if neurons.size:
                new[n, neurons] = self._exact_states(row, neurons)
        changes = np.count_nonzero(new != states, axis=1)
        self.states[rows] = new
        self.moved[rows] |= changes > 0
        return changes

    def energies(self, rows: Rows) -> list[float]:
        """Return energies, from how many patterns are at each overlap."""
        self._look(rows)
        interaction, counts = self.dynamics.interaction, self.counted.counts
        return [
            exact.energy_of_counts(interaction, counts[row], self.states[row])
            for row in rows.tolist()
        ]

    def nearest(self, rows: Rows) -> Matches:
        """Return the patterns of the largest overlaps."""
        self._look(rows)
        return Matches(self.counted.nearest[rows], self.counted.highest[rows])

    def farthest(self, rows: Rows) -> Matches:
        """Return the patterns of the smallest overlaps."""
        self._look(rows)
        return Matches(self.counted.farthest[rows], self.counted.lowest[rows])

    def _look(self, rows: Rows) -> None:
        """Count the overlaps of states that have changed since."""
        moved = rows[self.moved[rows]]
        if moved.size:
            dynamics = self.dynamics
            found = merged(dynamics.executor.map(CountOverlaps(self.states[moved]), dynamics.parts))
            self.counted.counts[moved] = found.counts
            self.counted.nearest[moved] = found.nearest
            self.counted.farthest[moved] = found.farthest
            self.moved[moved] = False

    def _fields(self, rows: Rows) -> FieldSums:
        """Compute the fields of all neurons of some states."""
        dynamics = self.dynamics
        tops = self.counted.highest[rows].tolist()
        offsets = np.array([dynamics.table.offset(top) for top in tops], dtype=np.int64)
        fields = SumFields(self.states[rows], dynamics.terms, offsets)
        return added(dynamics.executor.map(fields, dynamics.parts))

    def _exact_states(self, row: int, neurons: NDArray[np.integer]) -> States:
        """Return what some neurons of a state become, by counting."""
        dynamics, state = self.dynamics, self.states[row]
        counts = sum(dynamics.executor.map(CountTerms(state, neurons), dynamics.parts))
        signs = []
        for row_of in np.atleast_2d(counts):
            pending = np.flatnonzero(row_of)[::-1]
            sums = (pending - dynamics.neurons - 1).tolist()
            signs.append(dynamics.interaction.sign(sums, row_of[pending].tolist()))
        return after_visit(np.array(signs, dtype=np.int8), state[neurons])


@dataclass(frozen=True)
class _Tops:
    """Compute the largest overlap with each of these states, int8 of shape (rows, N)."""

    states: States

    def __call__(self, parts: Sequence[AbstractPart]) -> list[Whole]:
        """Return int64 of shape (rows,) a part."""
        return [self._of(part.open()) for part in parts]

    def _of(self, words: Words) -> Whole:
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
    states: States
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

    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""
        return pattern(self.parts, index, self.neurons)

    def within(self, states: States, reach: int) -> list[Near | None]:
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
