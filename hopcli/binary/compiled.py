"""The update rules by compiled kernels, from packed patterns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact, packing
from hopcli.binary.dynamics import UNDECIDED, after_visit
from hopcli.binary.full import AbstractFullDynamics
from hopcli.binary.interactions import AbstractInteraction, Classical, Table
from hopcli.kernels import bits, classical, dense, threads


def columns_of(words: NDArray[np.uint64], neurons: int) -> NDArray[np.uint64]:
    """The patterns' bits by neuron, shape (N, ceil(K/64)), from rows of shape (K, ceil(N/64))."""
    columns = np.empty((neurons, packing.words_for(len(words))), dtype=np.uint64)
    threads.suit(words.size * packing.WORD // 4)
    bits.transpose(words, columns)
    return columns


def packed_overlaps(words: NDArray[np.uint64], states: NDArray[np.int8]) -> NDArray[np.int32]:
    """m_μ of each state with each pattern, shape (cues, K)."""
    out = np.empty((len(states), len(words)), dtype=np.int32)
    threads.suit(len(states) * words.size)
    bits.overlaps(words, packing.pack(states), packing.known_bits(states), out)
    return out


@dataclass(frozen=True)
class DenseDynamics(AbstractFullDynamics):
    """Any interaction, its overlaps kept up to date as neurons flip: O(K) a neuron."""

    interaction: AbstractInteraction
    words: NDArray[np.uint64]
    columns: NDArray[np.uint64]
    table: Table

    @classmethod
    def of(
        cls, interaction: AbstractInteraction, words: NDArray[np.uint64], neurons: int
    ) -> "DenseDynamics":
        """Lay out the patterns by neuron and tabulate the interaction."""
        table = interaction.table(neurons, len(words))
        return cls(interaction, words, columns_of(words, neurons), table)

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return packing.unpack(self.words[index : index + 1], len(self.columns))[0]

    def overlaps(self, states: NDArray[np.int8]) -> NDArray[np.int32]:
        """Exclusive or, and count."""
        return packed_overlaps(self.words, states)

    def sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time; the kernel stops where it cannot decide."""
        visits = orders.shape[1]
        positions = np.zeros(len(states), dtype=np.int64)
        changes = np.zeros((len(states), 1), dtype=np.int64)
        offsets = self._offsets(overlaps)
        threads.suit(orders.size * len(self.words) if len(states) > 1 else 0)
        while True:
            dense.sweep(
                states, overlaps, self.columns, orders, free, self.table.values, offsets,
                self.table.slack, positions, changes,
            )  # fmt: skip
            stopped = np.flatnonzero(positions < visits)
            if stopped.size == 0:
                return changes[:, 0]
            fresh = self._offsets(overlaps)
            for c in stopped:
                if fresh[c] == offsets[c]:
                    neuron = orders[c, positions[c]]
                    changes[c] += self._visit(states[c], overlaps[c], neuron)
                    positions[c] += 1
            # Where the largest overlap has moved, the table is laid anew and decides once more.
            offsets[stopped] = fresh[stopped]

    def step(
        self, states: NDArray[np.int8], overlaps: NDArray[np.int32], free: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Update all neurons at once."""
        new = np.empty_like(states)
        threads.suit(states.size * len(self.words))
        dense.step(
            states, overlaps, self.columns, self.table.values, self._offsets(overlaps),
            self.table.slack, new,
        )  # fmt: skip
        new[~free] = states[~free]
        for c, i in np.argwhere(new == UNDECIDED):
            new[c, i] = self._exact_state(states[c], overlaps[c], i)
        changes = np.count_nonzero(new != states, axis=1)
        states[:] = new
        overlaps[:] = self.overlaps(states)
        return changes

    def _offsets(self, overlaps: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.array([self.table.offset(int(top)) for top in overlaps.max(axis=1)])

    def _exact_state(
        self, state: NDArray[np.int8], overlaps: NDArray[np.int32], neuron: int
    ) -> np.int8:
        """What this neuron would become if it were visited now."""
        own = state[neuron]
        column = packing.column(self.words, neuron)
        sign = exact.field_sign(self.interaction, overlaps, column, int(own))
        return after_visit(np.int8(sign), own)

    def _visit(self, state: NDArray[np.int8], overlaps: NDArray[np.int32], neuron: int) -> bool:
        """Visit one neuron, deciding by counts; returns whether it changed."""
        new = self._exact_state(state, overlaps, neuron)
        change = int(new) - int(state[neuron])
        overlaps += change * packing.column(self.words, neuron).astype(np.int32)
        state[neuron] = new
        return change != 0


@dataclass(frozen=True)
class ClassicalDynamics(AbstractFullDynamics):
    """Hebb's network in integers, from the patterns, or from N W where that is given."""

    interaction: AbstractInteraction
    words: NDArray[np.uint64]
    columns: NDArray[np.uint64]
    weights: NDArray[np.int32] | None

    @classmethod
    def from_patterns(cls, words: NDArray[np.uint64], neurons: int) -> "ClassicalDynamics":
        """W is never formed; a column of it is counted when its neuron flips."""
        return cls(Classical(), words, columns_of(words, neurons), None)

    @classmethod
    def from_weights(cls, words: NDArray[np.uint64], neurons: int) -> "ClassicalDynamics":
        """N W is formed once, int32 of shape (N, N)."""
        columns = columns_of(words, neurons)
        weights = np.empty((neurons, neurons), dtype=np.int32)
        threads.suit(neurons * columns.size)
        classical.weights(columns, len(words), weights)
        return cls(Classical(), words, columns, weights)

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return packing.unpack(self.words[index : index + 1], len(self.columns))[0]

    def overlaps(self, states: NDArray[np.int8]) -> NDArray[np.int32]:
        """Exclusive or, and count."""
        return packed_overlaps(self.words, states)

    def _fields(self, states: NDArray[np.int8], overlaps: NDArray[np.int32]) -> NDArray[np.int64]:
        fields = np.empty(states.shape, dtype=np.int64)
        threads.suit(states.size * (len(self.words) if self.weights is None else len(self.weights)))
        if self.weights is None:
            classical.fields_from_patterns(states, overlaps, self.columns, fields)
        else:
            classical.fields_from_weights(states, self.weights, fields)
        return fields

    def sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time: O(1) a visit, O(N) words or weights a flip."""
        changes = np.zeros(len(states), dtype=np.int64)
        fields = self._fields(states, overlaps)
        # About a quarter of the neurons flip, and each shifts the fields of all.
        a_flip = self.columns.size if self.weights is None else len(self.weights)
        threads.suit(states.size // 4 * a_flip if len(states) > 1 else 0)
        if self.weights is None:
            classical.sweep_from_patterns(
                states, fields, self.columns, len(self.words), orders, free, changes
            )
        else:
            classical.sweep_from_weights(states, fields, self.weights, orders, free, changes)
        overlaps[:] = self.overlaps(states)
        return changes

    def step(
        self, states: NDArray[np.int8], overlaps: NDArray[np.int32], free: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Update all neurons at once."""
        signs = np.sign(self._fields(states, overlaps)).astype(np.int8)
        new = np.where(free, after_visit(signs, states), states)
        changes = np.count_nonzero(new != states, axis=1)
        states[:] = new
        overlaps[:] = self.overlaps(states)
        return changes
