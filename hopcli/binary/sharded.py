"""Dynamics by patterns in parts that are not kept in memory: each update is a pass over all parts.

A synchronous step takes one pass for the fields of all neurons. Asynchronous updates look ahead:
fields stay valid until a neuron changes, so each pass serves all visits up to the first change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact
from hopcli.binary.dynamics import (
    UNDECIDED,
    AbstractBatch,
    AbstractDynamics,
    Matches,
    after_visit,
    decided,
)
from hopcli.binary.interactions import AbstractInteraction, Table
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
from hopcli.executors import PartitionedExecutor
from hopcli.parts import AbstractPart

# States that share a pass over the patterns; more than this would gain little.
AT_ONCE = 64


@dataclass(frozen=True)
class ShardedDynamics(AbstractDynamics):
    """Any interaction of patterns in parts.

    Attributes:
        interaction: F.
        table: of the interaction.
        neurons: N.
        parts: the patterns, in order.
        executor: maps functions over the parts.
    """

    interaction: AbstractInteraction
    table: Table
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
        patterns = sum(part.patterns for part in parts)
        return cls(interaction, interaction.table(neurons, patterns), neurons, parts, executor)

    @property
    def at_once(self) -> int:
        """As many states as share a pass well."""
        return AT_ONCE

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "ShardedBatch":
        """Return a batch, with all overlaps counted."""
        states = np.array(states, dtype=np.int8, order="C")
        counted = merged(self.executor.map(CountOverlaps(states), self.parts))
        return ShardedBatch(self, states, free, counted, np.zeros(len(states), dtype=bool))

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Return one stored pattern."""
        return pattern(self.parts, index, self.neurons)


@dataclass(frozen=True)
class ShardedBatch(AbstractBatch):
    """States, and their overlaps with the patterns when these were last counted.

    Attributes:
        dynamics: the network.
        states: int8 of shape (cues, N).
        free: which neurons may change, bool of shape (cues, N).
        counted: the overlaps of the states as they were.
        moved: which of them have changed since, bool of shape (cues,).
    """

    dynamics: ShardedDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    counted: OverlapCounts
    moved: NDArray[np.bool_]

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
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
                    int(rows[index]), order, sums.fields[n, order], sums.sizes[n, order]
                )
                changes[index] += changed
                left[index] = order[visited:]

    def _visit(
        self,
        row: int,
        order: NDArray[np.int32],
        fields: NDArray[np.float64],
        sizes: NDArray[np.float64],
    ) -> tuple[int, bool]:
        """Visit neurons up to the first that changes; returns how many, and whether one did."""
        own = self.states[row, order]
        new = decided(fields, sizes, own, self.dynamics.table.slack)
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

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Update all neurons, by one pass."""
        if self.dynamics.table.relative:
            self._look(rows)
        sums = self._fields(rows)
        states, free = self.states[rows], self.free[rows]
        slack = self.dynamics.table.slack
        new = np.where(free, decided(sums.fields, sums.sizes, states, slack), states)
        for n, row in enumerate(rows.tolist()):
            neurons = np.flatnonzero(new[n] == UNDECIDED)
            if neurons.size:
                new[n, neurons] = self._exact_states(row, neurons)
        changes = np.count_nonzero(new != states, axis=1)
        self.states[rows] = new
        self.moved[rows] |= changes > 0
        return changes

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """Return energies, from how many patterns are at each overlap."""
        self._look(rows)
        interaction, counts = self.dynamics.interaction, self.counted.counts
        return [
            exact.energy_of_counts(interaction, counts[row], self.states[row])
            for row in rows.tolist()
        ]

    def nearest(self, rows: NDArray[np.intp]) -> Matches:
        """Return the patterns of the largest overlaps."""
        self._look(rows)
        return Matches(self.counted.nearest[rows], self.counted.highest[rows])

    def farthest(self, rows: NDArray[np.intp]) -> Matches:
        """Return the patterns of the smallest overlaps."""
        self._look(rows)
        return Matches(self.counted.farthest[rows], self.counted.lowest[rows])

    def _look(self, rows: NDArray[np.intp]) -> None:
        """Count the overlaps of states that have changed since."""
        moved = rows[self.moved[rows]]
        if moved.size:
            dynamics = self.dynamics
            found = merged(dynamics.executor.map(CountOverlaps(self.states[moved]), dynamics.parts))
            self.counted.counts[moved] = found.counts
            self.counted.nearest[moved] = found.nearest
            self.counted.farthest[moved] = found.farthest
            self.moved[moved] = False

    def _fields(self, rows: NDArray[np.intp]) -> FieldSums:
        """Compute the fields of all neurons of some states."""
        dynamics = self.dynamics
        tops = self.counted.highest[rows].tolist()
        offsets = np.array([dynamics.table.offset(top) for top in tops], dtype=np.int64)
        fields = SumFields(self.states[rows], dynamics.table.values, offsets)
        return added(dynamics.executor.map(fields, dynamics.parts))

    def _exact_states(self, row: int, neurons: NDArray[np.integer]) -> NDArray[np.int8]:
        """Return what some neurons of a state become, by counting."""
        dynamics, state = self.dynamics, self.states[row]
        counts = sum(dynamics.executor.map(CountTerms(state, neurons), dynamics.parts))
        signs = []
        for row_of in np.atleast_2d(counts):
            pending = np.flatnonzero(row_of)[::-1]
            sums = (pending - dynamics.neurons - 1).tolist()
            signs.append(dynamics.interaction.sign(sums, row_of[pending].tolist()))
        return after_visit(np.array(signs, dtype=np.int8), state[neurons])
