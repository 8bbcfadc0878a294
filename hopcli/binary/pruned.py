"""Exponential memories of very many patterns, recalled by the few that can matter.

One pass over all patterns finds those whose overlap with the state lies within reach of the
largest one. All others together have a bound, which grows with every neuron that changes. Where the
near ones do not decide against that bound, there is another pass from the state as it is, and where
that does not help either, because the near ones tie, others that reach further. A state that too
many patterns are near to goes to a form of arithmetic that looks at all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact, packing
from hopcli.binary.compiled import DenseDynamics
from hopcli.binary.dynamics import UNDECIDED, AbstractBatch, AbstractDynamics, Matches, after_visit
from hopcli.binary.interactions import AbstractInteraction, Table
from hopcli.binary.search import AbstractSearch, Near, PackedSearch
from hopcli.kernels import pruned, threads

# How much further than an energy can see patterns are looked for: room for a neuron or two that
# move away from the nearest pattern.
MARGIN = 4

# Steps of reach, in parts of N, by which ties are followed to the patterns that break them. Of
# random patterns a step is worth less than the room for near ones.
STEPS = 16

# So many near patterns, or so large a share of all of them, are better served by the full form.
MOST, SHARE = 64, 1 / 8

# States that go through the patterns together. More would not go faster.
AT_ONCE = 64


@dataclass(frozen=True)
class PrunedDynamics(AbstractDynamics):
    """An exponential interaction of patterns that are searched.

    Attributes:
        interaction: F.
        search: the patterns.
        table: of the interaction.
        full: makes the form for states that too many patterns are near to.
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
        """As many as share a pass well."""
        return AT_ONCE

    def pattern(self, index: int) -> NDArray[np.int8]:
        """One stored pattern."""
        return self.search.pattern(index)

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "PrunedBatch":
        """Find the patterns near each state."""
        states = np.array(states, dtype=np.int8, order="C")
        batch = PrunedBatch(self, states, free, [None] * len(states))
        batch.look(np.arange(len(states)))
        return batch


def of_words(
    interaction: AbstractInteraction, words: NDArray[np.uint64], neurons: int
) -> PrunedDynamics:
    """The form for packed patterns in one array, with that to turn to which looks at them all."""
    full = cache(lambda: DenseDynamics.of(interaction, words, neurons))
    return PrunedDynamics.of(interaction, PackedSearch(words, neurons), neurons, full)


def load_code(interaction: AbstractInteraction, cues: int) -> None:
    """Recall from one pattern of one neuron: what is called first is also loaded first.

    That takes a millisecond, which is as long as a pass over a million patterns.
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
class _Handed:
    """A row of a batch in another form of arithmetic."""

    batch: AbstractBatch
    place: int


@dataclass(frozen=True)
class PrunedBatch(AbstractBatch):
    """States, and for each of them the patterns near it, or None where another form has it.

    Attributes:
        dynamics: the network.
        states: int8 of shape (cues, N).
        free: which neurons may change, bool of shape (cues, N).
        nears: the near patterns, as they stand to the state as it is now.
        moved: the rows that have changed since their patterns were looked for.
        reaches: how far patterns were looked for, where it was further than in the beginning.
        handed: where the rows are that went to another form.
    """

    dynamics: PrunedDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    nears: list[Near | None]
    moved: set[int] = field(default_factory=set)
    reaches: dict[int, int] = field(default_factory=dict)
    handed: dict[int, _Handed] = field(default_factory=dict)

    def look(self, rows: NDArray[np.intp]) -> None:
        """Look for the patterns near these states, and hand on those that have too many."""
        reach = max(self._reach(row) for row in rows.tolist())
        found = self.dynamics.search.within(self.states[rows], reach)
        most = max(MOST, SHARE * self.dynamics.search.patterns)
        for row, near in zip(rows.tolist(), found, strict=True):
            self.nears[row] = near if near is not None and len(near.indices) <= most else None
            self.moved.discard(row)
        self._hand_on([row for row in rows.tolist() if self.nears[row] is None])

    def _reach(self, row: int) -> int:
        return self.reaches.get(row, self.dynamics.reach + MARGIN)

    def _look_further(self, row: int) -> None:
        """Look anew for what is near a state; if it has not changed since, further than before."""
        if row not in self.moved:
            self.reaches[row] = self._reach(row) + self.states.shape[1] // STEPS + 1
        self.look(np.array([row]))

    def _hand_on(self, rows: list[int]) -> None:
        """Leave these states to the form that looks at all patterns."""
        if not rows:
            return
        full = self.dynamics.full()
        for start in range(0, len(rows), full.at_once):
            some = rows[start : start + full.at_once]
            batch = full.begin(self.states[some], self.free[some])
            for place, row in enumerate(some):
                self.nears[row] = None
                self.handed[row] = _Handed(batch, place)

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Visit neurons; where one is undecided, decide it by counts, or look anew."""
        changes = np.zeros(len(rows), dtype=np.int64)
        positions = np.zeros(len(rows), dtype=np.int64)
        while True:
            places = self._unfinished(rows, positions, orders)
            if places.size == 0:
                break
            self._run(places, rows, orders, positions, changes)
            for place in places.tolist():
                row = int(rows[place])
                if positions[place] < orders.shape[1]:
                    neuron = int(orders[place, positions[place]])
                    new = self._exact_state(row, neuron)
                    if new is not None:
                        changes[place] += self._set(row, {neuron: new})
                        positions[place] += 1
                    else:
                        self._look_further(row)
        for batch, own, theirs in self._elsewhere(rows):
            left = [int(place) for place in own if positions[place] < orders.shape[1]]
            for start in sorted({int(positions[place]) for place in left}):
                same = [n for n, place in enumerate(own) if positions[place] == start]
                some = own[same]
                part = np.ascontiguousarray(orders[some, start:])
                changes[some] += batch.sweep(theirs[same], part)
            self.states[rows[own]] = batch.states[theirs]
        return changes

    def _unfinished(
        self, rows: NDArray[np.intp], positions: NDArray[np.int64], orders: NDArray[np.int32]
    ) -> NDArray[np.intp]:
        """The places of rows that are here and have neurons to visit."""
        here = np.array([self.nears[row] is not None for row in rows], dtype=bool)
        return np.flatnonzero(here & (positions < orders.shape[1]))

    def _elsewhere(
        self, rows: NDArray[np.intp]
    ) -> list[tuple[AbstractBatch, NDArray[np.intp], NDArray[np.intp]]]:
        """The batches that have some of these rows: places in `rows`, and rows of theirs."""
        grouped: dict[int, tuple[AbstractBatch, list[int], list[int]]] = {}
        for place, row in enumerate(rows.tolist()):
            if row in self.handed:
                handed = self.handed[row]
                group = grouped.setdefault(id(handed.batch), (handed.batch, [], []))
                group[1].append(place)
                group[2].append(handed.place)
        return [
            (batch, np.array(own, dtype=np.intp), np.array(theirs, dtype=np.intp))
            for batch, own, theirs in grouped.values()
        ]

    def _run(
        self,
        places: NDArray[np.intp],
        rows: NDArray[np.intp],
        orders: NDArray[np.int32],
        positions: NDArray[np.int64],
        changes: NDArray[np.int64],
    ) -> None:
        """Let the kernel visit neurons of some rows, as far as it can decide."""
        some = rows[places]
        laid = self._laid_out(some)
        states, at = self.states[some], positions[places]
        made = np.zeros(len(some), dtype=np.int64)
        table = self.dynamics.table
        threads.suit(orders.shape[1] * laid.overlaps.size * 8)
        pruned.sweep(
            states, laid.words, laid.starts, laid.overlaps, laid.others, laid.bounds,
            orders[places], self.free[some], table.values, table.origin, table.slack, at, made,
        )  # fmt: skip
        self.states[some], positions[places] = states, at
        changes[places] += made
        for n, row in enumerate(some.tolist()):
            if made[n]:
                near = self._near(row)
                own = laid.overlaps[laid.starts[n] : laid.starts[n + 1]]
                self.nears[row] = replace(near, overlaps=own, bound=int(laid.bounds[n]))
                self.moved.add(row)

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Update all neurons at once, by the same ways to decide."""
        changes = np.zeros(len(rows), dtype=np.int64)
        waiting = [place for place, row in enumerate(rows.tolist()) if row not in self.handed]
        while waiting:
            places, waiting = waiting, []
            new = self._new_states(rows[places])
            for n, place in enumerate(places):
                row = int(rows[place])
                wanted = self._decided(row, new[n])
                if wanted is not None:
                    changes[place] = self._set(row, wanted)
                else:
                    self._look_further(row)
                    waiting += [place] if row not in self.handed else []
        for batch, own, theirs in self._elsewhere(rows):
            changes[own] = batch.step(theirs)
            self.states[rows[own]] = batch.states[theirs]
        return changes

    def _new_states(self, rows: NDArray[np.intp]) -> NDArray[np.int8]:
        """What the kernel says that all neurons become."""
        laid, table = self._laid_out(rows), self.dynamics.table
        states = self.states[rows]
        new = np.empty_like(states)
        threads.suit(states.shape[1] * laid.overlaps.size * 8)
        pruned.step(
            states, laid.words, laid.starts, laid.overlaps, laid.others, laid.bounds, table.values,
            table.origin, table.slack, new,
        )  # fmt: skip
        return new

    def _decided(self, row: int, new: NDArray[np.int8]) -> dict[int, int] | None:
        """The neurons of a row that change and what they become; None if one is undecided."""
        wanted: dict[int, int] = {}
        for i in np.flatnonzero(self.free[row] & (new != self.states[row])).tolist():
            state = self._exact_state(row, i) if new[i] == UNDECIDED else int(new[i])
            if state is None:
                return None
            if state != self.states[row, i]:
                wanted[i] = state
        return wanted

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """From the near patterns, if no other one can be seen in it."""
        reach = self.dynamics.reach
        self._look_where(rows, lambda near, top: near.bound >= top - reach)
        elsewhere = {
            int(rows[place]): energy
            for batch, own, theirs in self._elsewhere(rows)
            for place, energy in zip(own, batch.energies(theirs), strict=True)
        }
        return [
            elsewhere[row]
            if row in elsewhere
            else exact.energy(self.dynamics.interaction, self._near(row).overlaps, self.states[row])
            for row in rows.tolist()
        ]

    def nearest(self, rows: NDArray[np.intp]) -> Matches:
        """The nearest of the near ones, if no other one can be as near."""
        self._look_where(rows, lambda near, top: near.bound >= top)
        found = np.empty((2, len(rows)), dtype=np.int64)
        for batch, own, theirs in self._elsewhere(rows):
            patterns = batch.nearest(theirs)
            found[:, own] = patterns.indices, patterns.overlaps
        for place, row in enumerate(rows.tolist()):
            if row not in self.handed:
                near = self._near(row)
                first = near.overlaps.argmax()
                found[:, place] = near.indices[first], near.overlaps[first]
        return Matches(*found)

    def farthest(self, rows: NDArray[np.intp]) -> Matches:
        """The patterns nearest to the negative of each state, by a pass for them."""
        found = np.empty((2, len(rows)), dtype=np.int64)
        here = [place for place, row in enumerate(rows.tolist()) if row not in self.handed]
        nears = self.dynamics.search.within(-self.states[rows[here]], 0) if here else []
        self._hand_on([int(rows[p]) for p, near in zip(here, nears, strict=True) if near is None])
        for batch, own, theirs in self._elsewhere(rows):
            patterns = batch.farthest(theirs)
            found[:, own] = patterns.indices, patterns.overlaps
        for place, near in zip(here, nears, strict=True):
            if near is not None:
                first = near.overlaps.argmax()
                found[:, place] = near.indices[first], -near.overlaps[first]
        return Matches(*found)

    def _look_where(self, rows: NDArray[np.intp], doubtful: Callable[[Near, int], bool]) -> None:
        """Look anew for the patterns near those states of which the old ones leave doubt."""
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
        """What a neuron becomes by counting the near patterns; None if the others may matter."""
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

    def _laid_out(self, rows: NDArray[np.intp]) -> "_Laid":
        """The near patterns of some rows, one after another."""
        nears = [self._near(row) for row in rows.tolist()]
        counts = np.array([len(near.indices) for near in nears])
        return _Laid(
            words=np.concatenate([near.words for near in nears]),
            starts=np.concatenate([[0], np.cumsum(counts)]),
            overlaps=np.concatenate([near.overlaps for near in nears]),
            others=self.dynamics.search.patterns - counts,
            bounds=np.array([near.bound for near in nears]),
        )


@dataclass(frozen=True)
class _Laid:
    """The near patterns of several rows, as the kernels take them (kernels/pruned.py)."""

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]
    overlaps: NDArray[np.int32]
    others: NDArray[np.int64]
    bounds: NDArray[np.int64]
