"""Dynamics by packed patterns, by compiled kernels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact, packing
from hopcli.binary.arrays import Orders, Overlaps, Real, States, Whole, Words
from hopcli.binary.dynamics import SummedBatch, after_visit, decided
from hopcli.binary.interactions import AbstractInteraction, Table
from hopcli.binary.patterns import AbstractPatternDynamics
from hopcli.kernels import bits, classical, dense, grouped, thermal, threads

# From this many patterns on, all fields at once cost less than an eighth of a sweep, and are
# computed first: the last sweep, in which nothing changes, needs nothing else.
LOOK_AHEAD_PATTERNS = 2**13

# Sums of integers up to this are exact in float32.
SINGLE_LIMIT = 2**24


def columns_of(words: Words, neurons: int) -> Words:
    """Return the patterns' bits by neuron, (N, ceil(K/64)), from rows of (K, ceil(N/64))."""
    columns = np.empty((neurons, packing.words_for(len(words))), dtype=np.uint64)
    threads.suit(words.size * packing.WORD // 4)
    bits.transpose(words, columns)
    return columns


def packed_overlaps(words: Words, states: States) -> Overlaps:
    """Return Σ_i ξ_μi s_i of each state with each pattern, int32 of shape (cues, K)."""
    out = np.empty((len(states), len(words)), dtype=np.int32)
    threads.suit(len(states) * words.size)
    bits.overlaps(words, packing.pack(states), packing.known_bits(states), out)
    return out


def weighted_sums(
    words: Words, overlaps: Overlaps, weights: NDArray[np.floating], offsets: Whole, neurons: int
) -> tuple[NDArray[np.floating], Whole]:
    """Return Σ_μ ξ_μi g(m_μ) of every neuron, (cues, N), and the patterns at each index of g.

    The weights are g, float32 or float64; that of overlap m is at m + offsets[c].
    """
    cues, width = len(overlaps), words.shape[1]
    fields = np.empty((cues, width * packing.WORD), dtype=weights.dtype)
    counts = np.empty((cues, len(weights)), dtype=np.int64)
    threads.suit(grouped.operations(cues, words.size))
    grouped.fields(words, overlaps, weights, offsets, fields, counts)
    return fields[:, :neurons], counts


def terms_of(table: Table) -> Real:
    """Return the terms of a field at the index of each overlap (kernels/dense.py), shape (n, 4)."""
    terms = np.zeros((len(table.values), 4))
    below, above = table.values[:-2], table.values[2:]
    # Where entries overflow, the difference of infinities is NaN, and decides nothing.
    with np.errstate(over="ignore", invalid="ignore"):
        terms[1:-1, dense.P] = below + above
        terms[1:-1, dense.OWN] = below - above
        terms[1:-1, dense.MAGNITUDE] = np.abs(below) + np.abs(above)
    terms[:, dense.D] = table.values
    return terms


def field_sums(
    words: Words, states: States, overlaps: Overlaps, terms: Real, offsets: Whole
) -> tuple[NDArray[np.floating], Real]:
    """Return a positive multiple of every local field, (cues, N), and magnitudes, (cues,).

    The magnitude of a state is the sum of the magnitudes of the terms of each of its fields.

    Args:
        words: packed patterns.
        states: ±1, or 0 where unknown.
        overlaps: of the states with the patterns.
        terms: of `terms_of`.
        offsets: the row of `terms` for overlap 0 of each state.
    """
    neurons = states.shape[1]
    fields, counts = weighted_sums(words, overlaps, terms[:, dense.P].copy(), offsets, neurons)
    with np.errstate(over="ignore", invalid="ignore"):
        totals = np.array([row[row > 0] @ terms[row > 0] for row in counts])
        fields += states * totals[:, dense.OWN, None]
        unknown = states == 0
        if unknown.any():
            values = terms[:, dense.D].copy()
            of_unknown, _ = weighted_sums(words, overlaps, values, offsets, neurons)
            fields = np.where(unknown, of_unknown, fields)
    return fields, totals[:, dense.MAGNITUDE]


@dataclass(frozen=True)
class AbstractPackedDynamics(AbstractPatternDynamics):
    """Dynamics that read packed patterns.

    Attributes:
        interaction: F.
        words: the patterns, packed, uint64 of shape (K, ceil(N/64)).
        neurons: N.
    """

    interaction: AbstractInteraction
    words: Words
    neurons: int

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""
        return packing.unpack(self.words[index : index + 1], self.neurons)[0]

    def sums(self, states: States) -> Overlaps:
        """Return overlaps, by exclusive or and bit counts."""
        return packed_overlaps(self.words, states)

    def column(self, neuron: int) -> States:
        """Return ξ_μi of all patterns at one neuron."""
        return packing.column(self.words, neuron)

    def energy(self, state: States, sums: Overlaps) -> float:
        """Return the energy of one state, from how many patterns are at each overlap."""
        if self.patterns < self.neurons:
            return super().energy(state, sums)
        counts = np.zeros(2 * self.neurons + 1, dtype=np.int64)
        bits.count(sums, -self.neurons, counts)
        return exact.energy_of_counts(self.interaction, counts, state)

    @cached_property
    def columns(self) -> Words:
        """The patterns' bits by neuron, shape (N, ceil(K/64)), which only sweeps need."""
        return columns_of(self.words, self.neurons)

    def thermal_sweep(self, batch: SummedBatch, orders: Orders, thresholds: Real) -> Whole:
        """Visit neurons by the kernel for the interaction's thermal fields."""
        changes, columns = np.zeros(len(orders), dtype=np.int64), self.columns
        sweep, own = self.thermal.kernel()
        threads.suit(thermal.operations(orders.size, self.patterns) if len(orders) > 1 else 0)
        sweep(batch.states, batch.sums, columns, orders, batch.free, thresholds, *own, changes)
        return changes

    @property
    def look_ahead(self) -> int:
        """All visits of a sweep."""
        return self.neurons

    def visited(self, state: States, sums: Overlaps, neurons: NDArray[np.integer]) -> States:
        """Return what each of these neurons would become if it were visited now, or UNDECIDED."""
        free = np.ones((1, self.neurons), dtype=bool)
        return self.all_visited(SummedBatch(self, state[None], free, sums[None]))[0, neurons]


@dataclass(frozen=True)
class DenseDynamics(AbstractPackedDynamics):
    """Any interaction, its overlaps kept up to date as neurons flip: O(K) a neuron.

    Attributes:
        table: of D.
        terms: terms of a field, at the index of each overlap (kernels/dense.py).
    """

    table: Table
    terms: Real

    @classmethod
    def of(cls, interaction: AbstractInteraction, words: Words, neurons: int) -> "DenseDynamics":
        """Tabulate the interaction."""
        table = interaction.table(neurons, len(words))
        return cls(interaction, words, neurons, table, terms_of(table))

    def sweep(self, batch: SummedBatch, orders: Orders) -> Whole:
        """Visit neurons one at a time; the kernel stops where it cannot decide."""
        states, sums, visits = batch.states, batch.sums, orders.shape[1]
        positions = np.zeros(len(states), dtype=np.int64)
        changes = np.zeros((len(states), 1), dtype=np.int64)
        if self.patterns >= LOOK_AHEAD_PATTERNS and visits == self.neurons:
            positions = self._first_to_change(batch, orders)
            if (positions == visits).all():
                return changes[:, 0]
        offsets = self._offsets(sums)
        columns = self.columns
        threads.suit(dense.operations(orders.size, self.patterns) if len(states) > 1 else 0)
        while True:
            dense.sweep(
                states, sums, columns, orders, batch.free, self.terms, offsets, self.table.slack,
                positions, changes,
            )  # fmt: skip
            stopped = np.flatnonzero(positions < visits)
            if stopped.size == 0:
                return changes[:, 0]
            fresh = self._offsets(sums)
            for c in stopped:
                if fresh[c] == offsets[c]:
                    neuron = orders[c, positions[c]]
                    changes[c] += self._visit(states[c], sums[c], int(neuron))
                    positions[c] += 1
            # Where the largest overlap has moved, indices count from the new one, which may decide.
            offsets[stopped] = fresh[stopped]

    def all_visited(self, batch: SummedBatch) -> States:
        """Return what every neuron would become if it were visited now, or UNDECIDED."""
        offsets = self._offsets(batch.sums)
        fields, magnitudes = field_sums(self.words, batch.states, batch.sums, self.terms, offsets)
        return decided(fields, magnitudes[:, None], batch.states, self.table.slack)

    def _first_to_change(self, batch: SummedBatch, orders: Orders) -> Whole:
        """Return each row's first visit that may change its neuron, or the number of visits."""
        may = (self.all_visited(batch) != batch.states) & batch.free
        visited = np.take_along_axis(may, orders, axis=1)
        return np.where(visited.any(axis=1), visited.argmax(axis=1), orders.shape[1])

    def _offsets(self, overlaps: Overlaps) -> Whole:
        if not self.table.relative:
            return np.full(len(overlaps), self.table.origin)
        return np.array([self.table.offset(int(top)) for top in overlaps.max(axis=1)])

    def _visit(self, state: States, sums: Overlaps, neuron: int) -> bool:
        """Visit one neuron, deciding by counts; returns whether it changed."""
        new = self.exact_state(state, sums, neuron)
        change = int(new) - int(state[neuron])
        self.move(sums, neuron, change)
        state[neuron] = new
        return change != 0


@dataclass(frozen=True)
class LinearDynamics(AbstractPackedDynamics):
    """Hebb's network in integers: N h_i = Σ_μ ξ_μi m_μ − K s_i, without weights."""

    def sweep(self, batch: SummedBatch, orders: Orders) -> Whole:
        """Visit neurons one at a time."""
        changes, columns = np.zeros(len(orders), dtype=np.int64), self.columns
        threads.suit(classical.operations(orders.size, self.patterns) if len(orders) > 1 else 0)
        classical.sweep(batch.states, batch.sums, columns, orders, batch.free, changes)
        return changes

    def all_visited(self, batch: SummedBatch) -> States:
        """Return what every neuron would become, in floats that hold sums up to 2KN exactly."""
        neurons, single = self.neurons, 2 * self.patterns * self.neurons < SINGLE_LIMIT
        every = np.arange(-neurons, neurons + 1, dtype=np.float32 if single else np.float64)
        offsets = np.full(len(batch.states), neurons)
        fields, _ = weighted_sums(self.words, batch.sums, every, offsets, neurons)
        signs = np.sign(fields - batch.states * fields.dtype.type(self.patterns)).astype(np.int8)
        return after_visit(signs, batch.states)


def full(
    interaction: AbstractInteraction,
) -> Callable[[Words, int], LinearDynamics | DenseDynamics]:
    """Return a function from packed patterns and N to dynamics that read all patterns."""
    return partial(LinearDynamics if interaction.linear else DenseDynamics.of, interaction)
