"""Matches in parts, of which none is kept: each question is another pass over all of them.

A synchronous step asks once what all neurons feel. Asynchronous updates look ahead: as long as none
of the neurons changes, all are right in what they feel, so each pass goes as far as the first of
them that does.
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
from hopcli.binary.passes import Counts, Felt, Fields, Seen, Survey, pattern, summed, together
from hopcli.executors import PartitionedExecutor
from hopcli.parts import AbstractPart

# States that go through the patterns together; more than this would gain little.
AT_ONCE = 64


@dataclass(frozen=True)
class ShardedDynamics(AbstractDynamics):
    """Any interaction of patterns in parts.

    Attributes:
        interaction: F.
        table: of the interaction.
        neurons: N.
        parts: the patterns, in order.
        executor: who looks at the parts.
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
        """Tabulate the interaction."""
        patterns = sum(part.patterns for part in parts)
        return cls(interaction, interaction.table(neurons, patterns), neurons, parts, executor)

    @property
    def at_once(self) -> int:
        """As many as share a pass well."""
        return AT_ONCE

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "ShardedBatch":
        """Survey all patterns."""
        states = np.array(states, dtype=np.int8, order="C")
        seen = together(self.executor.map(Survey(states), self.parts))
        return ShardedBatch(self, states, free, seen, np.zeros(len(states), dtype=bool))

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return pattern(self.parts, index, self.neurons)


@dataclass(frozen=True)
class ShardedBatch(AbstractBatch):
    """States, and how the patterns lay to them when they were surveyed last.

    Attributes:
        dynamics: the network.
        states: int8 of shape (cues, N).
        free: which neurons may change, bool of shape (cues, N).
        seen: of the states as they were.
        moved: which of them have changed since, bool of shape (cues,).
    """

    dynamics: ShardedDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    seen: Seen
    moved: NDArray[np.bool_]

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Look ahead from each state to the first neuron that changes."""
        changes = np.zeros(len(rows), dtype=np.int64)
        left = [order[self.free[row, order]] for row, order in zip(rows, orders, strict=True)]
        while True:
            places = np.array([place for place, order in enumerate(left) if len(order)], np.intp)
            if places.size == 0:
                return changes
            felt = self._felt(rows[places])
            for n, place in enumerate(places.tolist()):
                order = left[place]
                visited, changed = self._visit(
                    int(rows[place]), order, felt.fields[n, order], felt.sizes[n, order]
                )
                changes[place] += changed
                left[place] = order[visited:]

    def _visit(
        self,
        row: int,
        order: NDArray[np.int32],
        fields: NDArray[np.float64],
        sizes: NDArray[np.float64],
    ) -> tuple[int, bool]:
        """Visit neurons up to the first that changes; how many these are, and whether it did."""
        own = self.states[row, order]
        new = decided(fields, sizes, own, self.dynamics.table.slack)
        for n in np.flatnonzero(new != own).tolist():
            state = new[n]
            if state == UNDECIDED:
                if self.dynamics.table.relative and self.moved[row]:
                    # The table is laid about what was the largest overlap; that may be all.
                    self._look(np.array([row], dtype=np.intp))
                    return n, False
                (state,) = self._exact_states(row, order[n : n + 1])
            if state != own[n]:
                self.states[row, order[n]] = state
                self.moved[row] = True
                return n + 1, True
        return len(order), False

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Ask once what all neurons feel."""
        if self.dynamics.table.relative:
            self._look(rows)
        felt = self._felt(rows)
        states, free = self.states[rows], self.free[rows]
        slack = self.dynamics.table.slack
        new = np.where(free, decided(felt.fields, felt.sizes, states, slack), states)
        for n, row in enumerate(rows.tolist()):
            neurons = np.flatnonzero(new[n] == UNDECIDED)
            if neurons.size:
                new[n, neurons] = self._exact_states(row, neurons)
        changes = np.count_nonzero(new != states, axis=1)
        self.states[rows] = new
        self.moved[rows] |= changes > 0
        return changes

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """From how many patterns are at each overlap."""
        self._look(rows)
        interaction, counts = self.dynamics.interaction, self.seen.counts
        return [
            exact.energy_of_counts(interaction, counts[row], self.states[row])
            for row in rows.tolist()
        ]

    def nearest(self, rows: NDArray[np.intp]) -> Matches:
        """The largest overlaps."""
        self._look(rows)
        return Matches(self.seen.nearest[rows], self.seen.highest[rows])

    def farthest(self, rows: NDArray[np.intp]) -> Matches:
        """The smallest overlaps."""
        self._look(rows)
        return Matches(self.seen.farthest[rows], self.seen.lowest[rows])

    def _look(self, rows: NDArray[np.intp]) -> None:
        """Survey those that have changed."""
        moved = rows[self.moved[rows]]
        if moved.size:
            dynamics = self.dynamics
            found = together(dynamics.executor.map(Survey(self.states[moved]), dynamics.parts))
            self.seen.counts[moved] = found.counts
            self.seen.nearest[moved] = found.nearest
            self.seen.farthest[moved] = found.farthest
            self.moved[moved] = False

    def _felt(self, rows: NDArray[np.intp]) -> Felt:
        """What all neurons of some states feel."""
        dynamics = self.dynamics
        tops = self.seen.highest[rows].tolist()
        offsets = np.array([dynamics.table.offset(top) for top in tops], dtype=np.int64)
        fields = Fields(self.states[rows], dynamics.table.values, offsets)
        return summed(dynamics.executor.map(fields, dynamics.parts))

    def _exact_states(self, row: int, neurons: NDArray[np.integer]) -> NDArray[np.int8]:
        """What some neurons of a state become, by counting."""
        dynamics, state = self.dynamics, self.states[row]
        counts = sum(dynamics.executor.map(Counts(state, neurons), dynamics.parts))
        signs = []
        for row_of in np.atleast_2d(counts):
            places = np.flatnonzero(row_of)[::-1]
            felt = (places - dynamics.neurons - 1).tolist()
            signs.append(dynamics.interaction.sign(felt, row_of[places].tolist()))
        return after_visit(np.array(signs, dtype=np.int8), state[neurons])
