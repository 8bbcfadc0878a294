"""The update rule of a binary network, and what all forms of arithmetic for it have in common.

A network is run by dynamics, in one form of arithmetic that suits the work; every form decides
every sign exactly, so all of them give the same states. Dynamics begin a batch of states and update
it. Most forms keep, beside each state, sums from which local fields follow: its overlaps with all
patterns, or the local fields themselves (`AbstractSummedDynamics`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.arrays import Mask, Orders, Overlaps, Real, Rows, States, Whole
from hopcli.errors import HopError

# The new state of a neuron whose field is too near 0 for floating point to give its sign. It is
# decided by counting (binary/exact.py).
UNDECIDED = np.int8(2)

# Added to the magnitude of a sum: it keeps table entries that underflowed from deciding anything.
UNDERFLOW = 1e-270


def after_visit(sign: States | np.int8, own: States | np.int8) -> Any:
    """Return what a neuron in state `own` becomes in a field of this sign, −1, 0 or 1.

    At a tie it keeps its state; a neuron that is unknown becomes +1.
    """
    at_tie = np.where(own == 0, np.int8(1), own)
    return np.where(sign == 0, at_tie, sign).astype(np.int8, copy=False)


def decided(
    fields: NDArray[np.floating],
    magnitudes: NDArray[np.floating] | float,
    own: States,
    slack: float,
) -> States:
    """Return what neurons become, UNDECIDED where rounding may have changed the sign of a field.

    Args:
        fields: local fields, in any positive unit; NaN where terms overflowed.
        magnitudes: the sums of the magnitudes of their terms.
        own: the states.
        slack: relative error of the sums (interactions.Table); 0: they are exact.
    """
    # The sign, 0 of NaN; a cast of NaN would warn.
    signs = np.greater(fields, 0).view(np.int8) - np.less(fields, 0).view(np.int8)
    new = after_visit(signs, own)
    if slack:
        new[~(np.abs(fields) > slack * (magnitudes + UNDERFLOW))] = UNDECIDED
    return new


@dataclass(frozen=True)
class Matches:
    """One stored pattern for each of some states.

    Attributes:
        indices: of the patterns, int64 of shape (rows,).
        overlaps: Σ_i ξ_i s_i of each with its state, int64 of shape (rows,).
    """

    indices: Whole
    overlaps: Whole

    @classmethod
    def of(cls, rows: Iterable[Overlaps], choose: Callable[[Overlaps], np.intp]) -> "Matches":
        """Choose a pattern for each state by its overlaps, (K,): `np.argmax` or `np.argmin`."""
        chosen = [(index := choose(row), row[index]) for row in rows]
        return cls(*np.array(chosen, dtype=np.int64).reshape(-1, 2).T)


class AbstractBatch(ABC):
    """States that are being updated, and whatever a form of arithmetic keeps about them.

    Attributes:
        states: int8 of shape (cues, N), ±1, or 0 where a neuron is unknown; changed in place.
        free: which neurons may change, bool of shape (cues, N).
    """

    states: States
    free: Mask

    @abstractmethod
    def sweep(self, rows: Rows, orders: Orders) -> Whole:
        """Visit neurons one at a time, in each row's own order, shape (rows, visits).

        A neuron takes the sign of its field; at a tie it keeps its state, or becomes +1 if it is
        unknown. Returns how many neurons changed in each row.
        """

    def thermal_sweep(self, rows: Rows, orders: Orders, energies: Real) -> Whole:
        """Visit neurons one at a time at a temperature, in each row's own order.

        A neuron becomes +1 where E(s_i = −1) − E(s_i = +1) exceeds the random energy of that visit,
        float64 of shape (rows, visits + hidden); else −1. An energy is within rounding errors of
        the difference once in some 10¹² visits. Those of hidden neurons follow those of the visits.
        Returns how many neurons changed in each row.

        Raises:
            HopError: this form has no temperature.
        """
        raise HopError(
            "a temperature was given, but these dynamics have none; make them by "
            "network.builder(cues, sweeps=…)"
        )

    @property
    def hidden(self) -> int:
        """How many hidden neurons a sweep visits beside those of the states."""
        return 0

    @abstractmethod
    def step(self, rows: Rows) -> Whole:
        """Update all neurons at once, by the same rule; returns how many changed in each row."""

    @abstractmethod
    def energies(self, rows: Rows) -> list[float]:
        """Return the energy of each state."""

    @abstractmethod
    def nearest(self, rows: Rows) -> Matches:
        """Return the pattern of the largest overlap with each state, the first of several."""

    @abstractmethod
    def farthest(self, rows: Rows) -> Matches:
        """Return the pattern of the smallest overlap with each state, the first of several."""


class AbstractDynamics(ABC):
    """A network whose states can be updated, in one form of arithmetic."""

    @property
    @abstractmethod
    def at_once(self) -> int:
        """How many states one batch may hold, at least 1."""

    @abstractmethod
    def begin(self, states: States, free: Mask) -> AbstractBatch:
        """Return a batch that starts from a copy of these states.

        Args:
            states: int8 of shape (cues, N): ±1, or 0 where a neuron is unknown.
            free: which neurons may change, bool of shape (cues, N).
        """

    @abstractmethod
    def pattern(self, index: int) -> States:
        """Return one stored pattern, ±1, shape (N,)."""


class AbstractSummedDynamics(AbstractDynamics):
    """Dynamics that keep, for each state, the sums from which its local fields follow.

    Sweeps are NumPy's here; compiled forms override them.
    """

    @property
    @abstractmethod
    def look_ahead(self) -> int:
        """How many visits of a sweep are decided at once; they stand until a neuron changes."""

    @abstractmethod
    def sums(self, states: States) -> NDArray[Any]:
        """Return the sums of some states, a row each."""

    @abstractmethod
    def visited(self, state: States, sums: NDArray[Any], neurons: NDArray[np.integer]) -> States:
        """Return what each of these neurons would become if it were visited now, or UNDECIDED."""

    @abstractmethod
    def exact_state(self, state: States, sums: NDArray[Any], neuron: int) -> np.int8:
        """Return what an undecided neuron becomes, by counting."""

    @abstractmethod
    def thermal_field(self, state: States, sums: NDArray[Any], neuron: int) -> float:
        """Return a function of ΔE that a neuron compares with `thresholds` of random energies."""

    @abstractmethod
    def thresholds(self, energies: Real) -> Real:
        """Return what a thermal field exceeds exactly where ΔE exceeds these energies."""

    @abstractmethod
    def move(self, sums: NDArray[Any], neuron: int, change: int) -> None:
        """Add to the sums of one state what a neuron's change makes."""

    @abstractmethod
    def energy(self, state: States, sums: NDArray[Any]) -> float:
        """Return the energy of one state."""

    @abstractmethod
    def overlaps(self, batch: "SummedBatch", rows: Rows) -> Iterable[Overlaps]:
        """Return the overlaps of each of these rows with all patterns, shape (K,) each."""

    def begin(self, states: States, free: Mask) -> "SummedBatch":
        """Return a batch with all sums."""
        states = np.array(states, dtype=np.int8, order="C")
        return SummedBatch(self, states, np.ascontiguousarray(free), self.sums(states))

    def sweep(self, batch: "SummedBatch", orders: Orders) -> Whole:
        """Visit neurons one at a time, in each row's own order, shape (cues, visits)."""
        changes = np.zeros(len(orders), dtype=np.int64)
        for row, order in enumerate(orders):
            visits = order[batch.free[row, order]]
            changes[row] = self._sweep_one(batch.states[row], batch.sums[row], visits)
        return changes

    def _sweep_one(self, state: States, sums: NDArray[Any], order: Orders) -> int:
        changes, position, length = 0, 0, self.look_ahead
        while position < len(order):
            block = order[position : position + length]
            new = self.visited(state, sums, block)
            for first in np.flatnonzero(new != state[block]):
                neuron = int(block[first])
                if new[first] == UNDECIDED:
                    new[first] = self.exact_state(state, sums, neuron)
                change = int(new[first]) - int(state[neuron])
                if change:
                    break
            else:
                position += len(block)
                continue
            # Neurons before this one were decided by the state as it was; those after it are not.
            self.move(sums, neuron, change)
            state[neuron] = new[first]
            changes += 1
            position += first + 1
        return changes

    def thermal_sweep(self, batch: "SummedBatch", orders: Orders, thresholds: Real) -> Whole:
        """Visit neurons; those whose thermal field exceeds its threshold become +1, others −1."""
        changes = np.zeros(len(orders), dtype=np.int64)
        for row, (state, own) in enumerate(zip(batch.states, batch.sums, strict=True)):
            free = batch.free[row].tolist()
            for i, threshold in zip(orders[row].tolist(), thresholds[row].tolist(), strict=True):
                if not free[i]:
                    continue
                new = 1 if self.thermal_field(state, own, i) > threshold else -1
                if change := new - int(state[i]):
                    self.move(own, i, change)
                    state[i] = new
                    changes[row] += 1
        return changes

    def all_visited(self, batch: "SummedBatch") -> States:
        """Return what every neuron would become if it were visited now, or UNDECIDED."""
        neurons = np.arange(batch.states.shape[1])
        rows = zip(batch.states, batch.sums, strict=True)
        return np.array([self.visited(state, own, neurons) for state, own in rows], dtype=np.int8)

    def step(self, batch: "SummedBatch") -> Whole:
        """Update all neurons at once; returns how many changed in each row."""
        states, sums = batch.states, batch.sums
        new = np.where(batch.free, self.all_visited(batch), states)
        for row, i in np.argwhere(new == UNDECIDED):
            new[row, i] = self.exact_state(states[row], sums[row], int(i))
        changes = np.count_nonzero(new != states, axis=1)
        states[:] = new
        moved = np.flatnonzero(changes)
        if moved.size:
            sums[moved] = self.sums(states[moved])
        return changes


@dataclass(frozen=True)
class SummedBatch(AbstractBatch):
    """States and their sums, one row a state; both are changed in place.

    Attributes:
        dynamics: the network.
        sums: what the dynamics keep of each state.
    """

    dynamics: AbstractSummedDynamics
    states: States
    free: Mask
    sums: NDArray[Any]

    def sweep(self, rows: Rows, orders: Orders) -> Whole:
        """Visit neurons, and keep the sums up to date."""
        return self._update(rows, lambda batch: self.dynamics.sweep(batch, orders))

    def thermal_sweep(self, rows: Rows, orders: Orders, energies: Real) -> Whole:
        """Visit neurons at a temperature, and keep the sums up to date."""
        thresholds = self.dynamics.thresholds(energies)
        return self._update(
            rows, lambda batch: self.dynamics.thermal_sweep(batch, orders, thresholds)
        )

    def step(self, rows: Rows) -> Whole:
        """Update all neurons, and compute the sums anew."""
        return self._update(rows, self.dynamics.step)

    def _update(self, rows: Rows, update: Callable[["SummedBatch"], Whole]) -> Whole:
        """Update these rows, as a batch of their own unless they are all rows in their order."""
        if len(rows) == len(self.states) and bool((rows[1:] > rows[:-1]).all()):
            return update(self)
        some = replace(self, states=self.states[rows], free=self.free[rows], sums=self.sums[rows])
        changes = update(some)
        self.states[rows], self.sums[rows] = some.states, some.sums
        return changes

    def energies(self, rows: Rows) -> list[float]:
        """Return the energy of each state, from its sums."""
        return [self.dynamics.energy(self.states[row], self.sums[row]) for row in rows]

    def nearest(self, rows: Rows) -> Matches:
        """Return the pattern of the largest overlap with each state."""
        return Matches.of(self.dynamics.overlaps(self, rows), np.argmax)

    def farthest(self, rows: Rows) -> Matches:
        """Return the pattern of the smallest overlap with each state."""
        return Matches.of(self.dynamics.overlaps(self, rows), np.argmin)
