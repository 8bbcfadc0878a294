"""Dynamics of interactions with a reach, by the few patterns that can change a sign.

One pass over all patterns finds those whose overlap with the state is within reach of the largest
one. The overlaps of all others have a bound, which rises with every neuron that changes. Where the
near patterns do not decide a sign against that bound, another pass is made from the current state,
and where that does not help either, because the near patterns tie, passes with a larger reach. A
state with too many near patterns is passed to dynamics that read all patterns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from hopcli.binary import exact, packing
from hopcli.binary.arrays import Mask, Orders, Overlaps, Rows, States, Whole, Words
from hopcli.binary.compiled import DenseDynamics
from hopcli.binary.dynamics import UNDECIDED, AbstractBatch, AbstractDynamics, Matches, after_visit
from hopcli.binary.interactions import AbstractInteraction, Table
from hopcli.binary.search import AbstractSearch, Near, PackedSearch
from hopcli.kernels import pruned, threads

# Added to the reach of an energy in a search, so that a neuron or two may move away from the
# nearest pattern without another pass.
MARGIN = 4

# A tie is broken by patterns further away: the reach is increased by N over this until it is. For
# random patterns, one such increase finds fewer patterns than a search can record.
STEPS = 16

# More near patterns than MOST and than this share of all are passed to dynamics that read all.
MOST, SHARE = 64, 1 / 8

# States that share a pass over the patterns; more would not be faster.
AT_ONCE = 64


@dataclass(frozen=True)
class PrunedDynamics(AbstractDynamics):
    """Dynamics of an interaction with a reach, whose near patterns are searched for.

    Attributes:
        interaction: F.
        search: the patterns.
        table: of the interaction.
        full: makes the dynamics for states with too many near patterns.
    """

    interaction: AbstractInteraction
    search: AbstractSearch
    table: Table
    full: Callable[[], AbstractDynamics]

    @classmethod
    def of(
        cls,
        interaction: AbstractInteraction,
        search: AbstractSearch,
        neurons: int,
        full: Callable[[], AbstractDynamics],
    ) -> "PrunedDynamics":
        """Tabulate the interaction."""
        return cls(interaction, search, interaction.table(neurons, search.patterns), full)

    @property
    def reach(self) -> int:
        """How far below the largest overlap a pattern still counts in an energy."""
        assert self.interaction.reach is not None
        return self.interaction.reach

    @property
    def at_once(self) -> int:
        """As many states as share a pass well."""
        return AT_ONCE

    def pattern(self, index: int) -> States:
        """Return one stored pattern, ±1, shape (N,)."""
        return self.search.pattern(index)

    def begin(self, states: States, free: Mask) -> "PrunedBatch":
        """Return a batch, with the patterns near each state."""
        states = np.array(states, dtype=np.int8, order="C")
        batch = PrunedBatch(self, states, free, [None] * len(states))
        batch.look(np.arange(len(states)))
        return batch


def of_words(interaction: AbstractInteraction, words: Words, neurons: int) -> PrunedDynamics:
    """Return dynamics of packed patterns in one array, uint64 of shape (K, ceil(N/64))."""
    full = cache(lambda: DenseDynamics.of(interaction, words, neurons))
    return PrunedDynamics.of(interaction, PackedSearch(words, neurons), neurons, full)


def load_code(interaction: AbstractInteraction, cues: int) -> None:
    """Load the compiled code, by recalling from one pattern of one neuron.

    Calling a kernel for the first time takes as long as a pass over a million patterns.
    """
    states = np.ones((cues, 1), dtype=np.int8)
    words = np.ones((1, 1), dtype=np.uint64)
    batch = of_words(interaction, words, 1).begin(states, np.ones(states.shape, dtype=bool))
    rows = np.arange(cues)
    batch.sweep(rows, np.zeros((cues, 1), dtype=np.int32))
    batch.step(rows)
    batch.energies(rows)
    batch.nearest(rows)


@dataclass(frozen=True)
class PrunedBatch(AbstractBatch):
    """States, and the patterns near each, or None where other dynamics update the state.

    Attributes:
        dynamics: the network.
        nears: the near patterns, with their overlaps with the current state.
        moved: the rows that have changed since their patterns were searched for.
        reaches: the reach of the last search, where it was larger than at first.
        elsewhere: batches of other dynamics, each with the rows that were passed to it.
    """

    dynamics: PrunedDynamics
    states: States
    free: Mask
    nears: list[Near | None]
    moved: set[int] = field(default_factory=set)
    reaches: dict[int, int] = field(default_factory=dict)
    elsewhere: list[tuple[AbstractBatch, Rows]] = field(default_factory=list)

    def look(self, rows: Rows) -> None:
        """Search for the patterns near these states, and pass on states with too many."""
        reach = max(self._reach(row) for row in rows.tolist())
        found = self.dynamics.search.within(self.states[rows], reach)
        most = max(MOST, SHARE * self.dynamics.search.patterns)
        for row, near in zip(rows.tolist(), found, strict=True):
            self.nears[row] = near if near is not None and len(near.indices) <= most else None
            self.moved.discard(row)
        self._pass_on([row for row in rows.tolist() if self.nears[row] is None])

    def _reach(self, row: int) -> int:
        return self.reaches.get(row, self.dynamics.reach + MARGIN)

    def _look_further(self, row: int) -> None:
        """Search again; with a larger reach if the state has not changed since the last search."""
        if row not in self.moved:
            self.reaches[row] = self._reach(row) + self.states.shape[1] // STEPS + 1
        self.look(np.array([row]))

    def _pass_on(self, rows: list[int]) -> None:
        """Pass these states to the dynamics that read all patterns."""
        if not rows:
            return
        full = self.dynamics.full()
        for start in range(0, len(rows), full.at_once):
            some = np.array(rows[start : start + full.at_once], dtype=np.intp)
            self.elsewhere.append((full.begin(self.states[some], self.free[some]), some))
            for row in some.tolist():
                self.nears[row] = None

    def sweep(self, rows: Rows, orders: Orders) -> Whole:
        """Visit neurons; an undecided one is decided by counting, or by another search."""
        changes = np.zeros(len(rows), dtype=np.int64)
        positions = np.zeros(len(rows), dtype=np.int64)
        while True:
            pending = self._unfinished(rows, positions, orders)
            if pending.size == 0:
                break
            self._run(pending, rows, orders, positions, changes)
            for index in pending.tolist():
                row = int(rows[index])
                if positions[index] < orders.shape[1]:
                    neuron = int(orders[index, positions[index]])
                    new = self._exact_state(row, neuron)
                    if new is not None:
                        changes[index] += self._set(row, {neuron: new})
                        positions[index] += 1
                    else:
                        self._look_further(row)
        for batch, own, theirs in self._elsewhere(rows):
            left = [int(index) for index in own if positions[index] < orders.shape[1]]
            for start in sorted({int(positions[index]) for index in left}):
                same = [n for n, index in enumerate(own) if positions[index] == start]
                some = own[same]
                part = np.ascontiguousarray(orders[some, start:])
                changes[some] += batch.sweep(theirs[same], part)
            self.states[rows[own]] = batch.states[theirs]
        return changes

    def _unfinished(self, rows: Rows, positions: Whole, orders: Orders) -> Rows:
        """Return the positions in `rows` of states that are updated here and have visits left."""
        here = np.array([self.nears[row] is not None for row in rows], dtype=bool)
        return np.flatnonzero(here & (positions < orders.shape[1]))

    def _elsewhere(self, rows: Rows) -> Iterator[tuple[AbstractBatch, Rows, Rows]]:
        """Yield other batches of some of `rows`, with positions in it and rows of theirs."""
        for batch, held in self.elsewhere:
            _, own, theirs = np.intersect1d(rows, held, assume_unique=True, return_indices=True)
            if own.size:
                yield batch, own, theirs

    def _run(
        self, pending: Rows, rows: Rows, orders: Orders, positions: Whole, changes: Whole
    ) -> None:
        """Visit neurons of some rows by the kernel, as far as it can decide."""
        some = rows[pending]
        joined = self._concatenated(some)
        states, at = self.states[some], positions[pending]
        made = np.zeros(len(some), dtype=np.int64)
        table = self.dynamics.table
        threads.suit(orders.shape[1] * joined.overlaps.size * 8)
        pruned.sweep(
            states, joined.words, joined.starts, joined.overlaps, joined.others, joined.bounds,
            orders[pending], self.free[some], table.values, table.origin, table.slack, at, made,
        )  # fmt: skip
        self.states[some], positions[pending] = states, at
        changes[pending] += made
        for n, row in enumerate(some.tolist()):
            if made[n]:
                near = self._near(row)
                own = joined.overlaps[joined.starts[n] : joined.starts[n + 1]]
                self.nears[row] = replace(near, overlaps=own, bound=int(joined.bounds[n]))
                self.moved.add(row)

    def step(self, rows: Rows) -> Whole:
        """Update all neurons at once; undecided ones are decided as in a sweep."""
        changes = np.zeros(len(rows), dtype=np.int64)
        waiting = [index for index, row in enumerate(rows.tolist()) if self.nears[row] is not None]
        while waiting:
            pending, waiting = waiting, []
            new = self._new_states(rows[pending])
            for n, index in enumerate(pending):
                row = int(rows[index])
                wanted = self._decided(row, new[n])
                if wanted is not None:
                    changes[index] = self._set(row, wanted)
                else:
                    self._look_further(row)
                    waiting += [index] if self.nears[row] is not None else []
        for batch, own, theirs in self._elsewhere(rows):
            changes[own] = batch.step(theirs)
            self.states[rows[own]] = batch.states[theirs]
        return changes

    def _new_states(self, rows: Rows) -> States:
        """Return what all neurons become by the kernel, or UNDECIDED."""
        joined, table = self._concatenated(rows), self.dynamics.table
        states = self.states[rows]
        new = np.empty_like(states)
        threads.suit(states.shape[1] * joined.overlaps.size * 8)
        pruned.step(
            states, joined.words, joined.starts, joined.overlaps, joined.others, joined.bounds,
            table.values, table.origin, table.slack, new,
        )  # fmt: skip
        return new

    def _decided(self, row: int, new: States) -> dict[int, int] | None:
        """Return the neurons of a row that change and their new states; None: one is undecided."""
        wanted: dict[int, int] = {}
        for i in np.flatnonzero(self.free[row] & (new != self.states[row])).tolist():
            state = self._exact_state(row, i) if new[i] == UNDECIDED else int(new[i])
            if state is None:
                return None
            if state != self.states[row, i]:
                wanted[i] = state
        return wanted

    def energies(self, rows: Rows) -> list[float]:
        """Return energies, from the near patterns where no other one is within reach."""
        reach = self.dynamics.reach
        self._look_where(rows, lambda near, top: near.bound >= top - reach)
        elsewhere = {
            int(rows[index]): energy
            for batch, own, theirs in self._elsewhere(rows)
            for index, energy in zip(own, batch.energies(theirs), strict=True)
        }
        return [
            elsewhere[row]
            if row in elsewhere
            else exact.energy(self.dynamics.interaction, self._near(row).overlaps, self.states[row])
            for row in rows.tolist()
        ]

    def nearest(self, rows: Rows) -> Matches:
        """Return the nearest pattern, among the near ones where no other one can be as near."""
        self._look_where(rows, lambda near, top: near.bound >= top)
        found = np.empty((2, len(rows)), dtype=np.int64)
        for batch, own, theirs in self._elsewhere(rows):
            patterns = batch.nearest(theirs)
            found[:, own] = patterns.indices, patterns.overlaps
        for index, row in enumerate(rows.tolist()):
            if self.nears[row] is not None:
                found[:, index] = _first(self._near(row))
        return Matches(*found)

    def farthest(self, rows: Rows) -> Matches:
        """Return the patterns nearest to the negative of each state, by a pass of their own."""
        found = np.empty((2, len(rows)), dtype=np.int64)
        here = [index for index, row in enumerate(rows.tolist()) if self.nears[row] is not None]
        nears = self.dynamics.search.within(-self.states[rows[here]], 0) if here else []
        self._pass_on([int(rows[p]) for p, near in zip(here, nears, strict=True) if near is None])
        for batch, own, theirs in self._elsewhere(rows):
            patterns = batch.farthest(theirs)
            found[:, own] = patterns.indices, patterns.overlaps
        for index, near in zip(here, nears, strict=True):
            if near is not None:
                nearest, overlap = _first(near)
                found[:, index] = nearest, -overlap
        return Matches(*found)

    def _look_where(self, rows: Rows, doubtful: Callable[[Near, int], bool]) -> None:
        """Search again for the states whose near patterns leave doubt."""
        some = [
            row
            for row in rows.tolist()
            if (near := self.nears[row]) is not None
            and doubtful(near, int(near.overlaps.max()))
            and len(near.indices) < self.dynamics.search.patterns
        ]
        if some:
            self.look(np.array(some, dtype=np.intp))

    def _near(self, row: int) -> Near:
        near = self.nears[row]
        assert near is not None
        return near

    def _exact_state(self, row: int, neuron: int) -> int | None:
        """Return what a neuron becomes, by counting; None if other patterns may change it."""
        near, own = self._near(row), self.states[row, neuron]
        column = packing.column(near.words, neuron)
        others = self.dynamics.search.patterns - len(near.indices)
        sign = exact.bounded_sign(
            self.dynamics.interaction, near.overlaps, column, int(own), (others, near.bound + 1)
        )
        return None if sign is None else int(after_visit(np.int8(sign), own))

    def _set(self, row: int, wanted: dict[int, int]) -> int:
        """Set some neurons of a row; returns how many of them changed."""
        near, state = self._near(row), self.states[row]
        moved = sum(abs(new - int(state[i])) for i, new in wanted.items())
        if moved == 0:
            return 0
        changes = sum(new != state[i] for i, new in wanted.items())
        for i, new in wanted.items():
            state[i] = new
        bits, known = packing.pack(state[None]), packing.known_bits(state[None])
        differing = np.bitwise_count((near.words ^ bits) & known).sum(axis=1, dtype=np.int32)
        overlaps = np.int32(np.count_nonzero(state)) - 2 * differing
        bound = min(len(state), near.bound + moved)
        self.nears[row] = replace(near, overlaps=overlaps, bound=bound)
        self.moved.add(row)
        return changes

    def _concatenated(self, rows: Rows) -> "_Concatenated":
        """Concatenate the near patterns of some rows."""
        nears = [self._near(row) for row in rows.tolist()]
        counts = np.array([len(near.indices) for near in nears])
        return _Concatenated(
            words=np.concatenate([near.words for near in nears]),
            starts=np.concatenate([[0], np.cumsum(counts)]),
            overlaps=np.concatenate([near.overlaps for near in nears]),
            others=self.dynamics.search.patterns - counts,
            bounds=np.array([near.bound for near in nears]),
        )


def _first(near: Near) -> tuple[int, int]:
    """Return the index of the first pattern of the largest overlap, and that overlap."""
    first = near.overlaps.argmax()
    return int(near.indices[first]), int(near.overlaps[first])


@dataclass(frozen=True)
class _Concatenated:
    """The near patterns of several rows, as the kernels take them (kernels/pruned.py)."""

    words: Words
    starts: Whole
    overlaps: Overlaps
    others: Whole
    bounds: Whole
