"""A network by a Boltzmann machine, whose layers are updated in turn.

Given one layer, the neurons of the other do not act on each other, so a layer is updated at once
with the result of one neuron after another: the energy never rises, whatever the order, and there
are no cycles. In a field of 0 a neuron keeps its state. At a temperature T a neuron becomes +1, or
on, with probability 1 / (1 + exp(−ΔE/T)) (binary/glauber.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from hopcli.binary import packing
from hopcli.binary.arrays import Mask, Orders, Real, Rows, States, Whole, Words
from hopcli.binary.boltzmann.machine import Machine
from hopcli.binary.dynamics import (
    AbstractBatch,
    AbstractDynamics,
    Matches,
    after_visit,
)
from hopcli.binary.networks import AbstractBinaryNetwork
from hopcli.binary.stored import StoredPatterns
from hopcli.results import Recall

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
        """As many states as FIELDS_AT_ONCE allows."""
        return max(1, FIELDS_AT_ONCE // (self.machine.neurons + self.machine.hidden))

    def begin(self, states: States, free: Mask) -> "MachineBatch":
        """Return a batch whose hidden neurons are on where their fields are above 0."""
        states = np.array(states, dtype=np.int8, order="C")
        fields = self.machine.hidden_fields(states)
        return MachineBatch(self, states, free, fields, fields > 0)

    def pattern(self, index: int) -> States:
        """Return one stored pattern, ±1, shape (N,)."""
        return self.stored.pattern(index)


@dataclass(frozen=True)
class MachineBatch(AbstractBatch):
    """States of the visible and the hidden neurons.

    Attributes:
        dynamics: the network.
        fields: of the hidden neurons, float64 of shape (cues, M).
        on: which of those are on, bool of shape (cues, M).
    """

    dynamics: MachineDynamics
    states: States
    free: Mask
    fields: Real
    on: Mask

    def sweep(self, rows: Rows, orders: Orders) -> Whole:
        """Visit visible neurons, whose order makes no difference, and then all hidden ones."""
        visited = np.zeros((len(rows), self.states.shape[1]), dtype=bool)
        np.put_along_axis(visited, orders, True, axis=1)
        return self._visit(rows, visited & self.free[rows])

    def step(self, rows: Rows) -> Whole:
        """Visit all visible neurons, and then all hidden ones."""
        return self._visit(rows, self.free[rows])

    @property
    def hidden(self) -> int:
        """M."""
        return self.dynamics.machine.hidden

    def thermal_sweep(self, rows: Rows, orders: Orders, energies: Real) -> Whole:
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

    def _visit(self, rows: Rows, visited: Mask) -> Whole:
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

    def energies(self, rows: Rows) -> list[float]:
        """Return E(v, h)."""
        machine, states = self.dynamics.machine, self.states[rows]
        return machine.energies_in(self.fields[rows], states, self.on[rows]).tolist()

    def nearest(self, rows: Rows) -> Matches:
        """Return the patterns of the largest overlaps."""
        return Matches.of(self.dynamics.stored.overlaps(self.states[rows]), np.argmax)

    def farthest(self, rows: Rows) -> Matches:
        """Return the patterns of the smallest overlaps."""
        return Matches.of(self.dynamics.stored.overlaps(self.states[rows]), np.argmin)


@dataclass(frozen=True)
class MachineNetwork(AbstractBinaryNetwork):
    """A machine, and the patterns that it learned.

    Attributes:
        machine: as it was learned.
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        rule: how it was learned, in words.
    """

    machine: Machine
    words: Words
    rule: str

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    @property
    def neurons(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """N."""
        return self.machine.neurons

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        return (
            "A Boltzmann machine has minima where it has found pictures to be likely, not only at "
            "the patterns; `clamp=True` keeps what is known for certain, and "
            "`learn(rule=boltzmann)` with more `hidden` holds more patterns."
        )

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], MachineDynamics]:
        """Load the code by which ends are compared with the patterns; there is one form."""
        stored = StoredPatterns.of(self.words, self.neurons, cues)
        return partial(MachineDynamics, self.machine, stored)


def fidelity(machine: Machine, words: Words, at_once: int = 2**22) -> tuple[int, int]:
    """Count what one update of the hidden and the visible layer at T = 0 leaves unchanged.

    Returns:
        The number of unchanged patterns, and of unchanged neurons in all patterns.
    """
    rows = max(1, at_once // (machine.neurons + machine.hidden))
    stable = same = 0
    for start in range(0, len(words), rows):
        states = packing.unpack(words[start : start + rows], machine.neurons)
        fields = machine.visible_fields(machine.hidden_fields(states) > 0)
        kept = states * fields >= 0
        stable += int(np.count_nonzero(kept.all(axis=1)))
        same += int(np.count_nonzero(kept))
    return stable, same
