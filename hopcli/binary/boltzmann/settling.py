"""Dynamics of a Boltzmann machine: its layers take turns, each neuron taking the sign of its field.

Given one layer, the neurons of the other do not act on each other, so a layer is updated at once
with the result of one neuron after another: the energy never rises, whatever the order, and there
are no cycles. In a field of 0 a neuron keeps its state. At a temperature T a neuron becomes +1, or
on, with probability 1 / (1 + exp(−ΔE/T)) (binary/glauber.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.boltzmann.machine import Machine
from hopcli.binary.dynamics import (
    AbstractBatch,
    AbstractDynamics,
    Matches,
    after_visit,
)
from hopcli.binary.stored import StoredPatterns

# Fields held at once, eight bytes each: more cues than this allows are recalled in batches.
FIELDS_AT_ONCE = 2**22


@dataclass(frozen=True)
class MachineDynamics(AbstractDynamics):
    """Dynamics of a machine, and the patterns that its final states are compared with.

    Attributes:
        machine: as it was learned.
        stored: the patterns.
    """

    machine: Machine
    stored: StoredPatterns

    @property
    def at_once(self) -> int:
        """As many states as have room for their fields."""
        return max(1, FIELDS_AT_ONCE // (self.machine.neurons + self.machine.hidden))

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "MachineBatch":
        """Return a batch whose hidden neurons are on where their fields are above 0."""
        states = np.array(states, dtype=np.int8, order="C")
        fields = self.machine.hidden_fields(states)
        return MachineBatch(self, states, free, fields, fields > 0)

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Return one stored pattern, ±1, shape (N,)."""
        return self.stored.pattern(index)


@dataclass(frozen=True)
class MachineBatch(AbstractBatch):
    """States of the visible and the hidden neurons.

    Attributes:
        dynamics: the machine.
        states: int8 of shape (cues, N).
        free: which visible neurons may change, bool of shape (cues, N).
        fields: of the hidden neurons, float64 of shape (cues, M).
        on: which of those are on, bool of shape (cues, M).
    """

    dynamics: MachineDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    fields: NDArray[np.float64]
    on: NDArray[np.bool_]

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Visit visible neurons, whose order makes no difference, and then all hidden ones."""
        visited = np.zeros((len(rows), self.states.shape[1]), dtype=bool)
        np.put_along_axis(visited, orders, True, axis=1)
        return self._visit(rows, visited & self.free[rows])

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Visit all visible neurons, and then all hidden ones."""
        return self._visit(rows, self.free[rows])

    @property
    def hidden(self) -> int:
        """M."""
        return self.dynamics.machine.hidden

    def thermal_sweep(
        self, rows: NDArray[np.intp], orders: NDArray[np.int32], energies: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Visit visible neurons, and then all hidden ones."""
        machine, states, free = self.dynamics.machine, self.states[rows], self.free[rows]
        visits = orders.shape[1]
        excess = 2 * machine.visible_fields(self.on[rows])
        visited = np.take_along_axis(excess, orders, axis=1) > energies[:, :visits]
        new = states.copy()
        np.put_along_axis(new, orders, np.where(visited, np.int8(1), np.int8(-1)), axis=1)
        new = np.where(free, new, states)
        self.states[rows] = new
        fields = machine.hidden_fields(new)
        self.fields[rows], self.on[rows] = fields, fields > energies[:, visits:]
        return np.count_nonzero(new != states, axis=1)

    def _visit(self, rows: NDArray[np.intp], visited: NDArray[np.bool_]) -> NDArray[np.int64]:
        machine, states = self.dynamics.machine, self.states[rows]
        signs = np.sign(machine.visible_fields(self.on[rows])).astype(np.int8)
        new = np.where(visited, after_visit(signs, states), states)
        moved = (new != states).any(axis=1)
        self.states[rows] = new
        if moved.any():
            fields = machine.hidden_fields(new[moved])
            self.fields[rows[moved]] = fields
            self.on[rows[moved]] = np.where(fields == 0, self.on[rows[moved]], fields > 0)
        return np.count_nonzero(new != states, axis=1)

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """Return E(v, h)."""
        machine, states = self.dynamics.machine, self.states[rows]
        return machine.energies_in(self.fields[rows], states, self.on[rows]).tolist()

    def nearest(self, rows: NDArray[np.intp]) -> Matches:
        """Return the patterns of the largest overlaps."""
        return self.dynamics.stored.nearest(self.states[rows])

    def farthest(self, rows: NDArray[np.intp]) -> Matches:
        """Return the patterns of the smallest overlaps."""
        return self.dynamics.stored.farthest(self.states[rows])
