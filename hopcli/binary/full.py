"""Forms of arithmetic that keep the overlaps of every state with every pattern."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact
from hopcli.binary.dynamics import AbstractThermalBatch, AbstractThermalDynamics, Patterns
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions._thermal import AbstractThermalTable

# Overlaps held at once, four bytes each: more cues than this allows are recalled in batches.
OVERLAPS_AT_ONCE = 2**24


class AbstractFullDynamics(AbstractThermalDynamics):
    """Updates of states and of their overlaps with all patterns.

    States are int8 of shape (cues, N): ±1, or 0 where a neuron is unknown. Overlaps are int32 of
    shape (cues, K). `free`, bool of shape (cues, N), says which neurons may change. States and
    overlaps are changed in place, and each call returns how many neurons changed in each row.
    """

    interaction: AbstractInteraction
    neurons: int

    @property
    @abstractmethod
    def patterns(self) -> int:
        """K."""

    @abstractmethod
    def overlaps(self, states: NDArray[np.int8]) -> NDArray[np.int32]:
        """m_μ = Σ_i ξ_μi s_i of each state with each pattern."""

    @abstractmethod
    def sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time, in each row's own order, shape (cues, visits)."""

    @abstractmethod
    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        leads: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Visit neurons as `sweep` does; those become +1 whose lean exceeds its lead, else −1.

        Leads are float64 of shape (cues, visits), as `thermal` makes them of gaps.
        """

    @abstractmethod
    def step(
        self, states: NDArray[np.int8], overlaps: NDArray[np.int32], free: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Update all neurons at once, by the same rule."""

    @cached_property
    def thermal(self) -> AbstractThermalTable:
        """Of the interaction."""
        return self.interaction.thermal(self.neurons)

    def energy(self, overlaps: NDArray[np.int32], state: NDArray[np.int8]) -> float:
        """The energy of one state, from its overlaps."""
        return exact.energy(self.interaction, overlaps, state)

    @property
    def at_once(self) -> int:
        """As many as have room for their overlaps."""
        return max(1, OVERLAPS_AT_ONCE // self.patterns)

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "FullBatch":
        """Work out all overlaps."""
        states = np.array(states, dtype=np.int8, order="C")
        return FullBatch(self, states, free, self.overlaps(states))


@dataclass(frozen=True)
class FullBatch(AbstractThermalBatch):
    """States and their overlaps, int32 of shape (cues, K)."""

    dynamics: AbstractFullDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    overlaps: NDArray[np.int32]

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Keep the overlaps up to date as neurons flip."""
        if self._are_all(rows):
            return self.dynamics.sweep(self.states, self.overlaps, orders, self.free)
        states, overlaps = self.states[rows], self.overlaps[rows]
        changes = self.dynamics.sweep(states, overlaps, orders, self.free[rows])
        self.states[rows], self.overlaps[rows] = states, overlaps
        return changes

    def thermal_sweep(
        self, rows: NDArray[np.intp], orders: NDArray[np.int32], gaps: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Keep the overlaps up to date as neurons flip."""
        states, overlaps = self.states[rows], self.overlaps[rows]
        leads = self.dynamics.thermal.thresholds(gaps)
        changes = self.dynamics.thermal_sweep(states, overlaps, orders, self.free[rows], leads)
        self.states[rows], self.overlaps[rows] = states, overlaps
        return changes

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Work the overlaps out anew."""
        if self._are_all(rows):
            return self.dynamics.step(self.states, self.overlaps, self.free)
        states, overlaps = self.states[rows], self.overlaps[rows]
        changes = self.dynamics.step(states, overlaps, self.free[rows])
        self.states[rows], self.overlaps[rows] = states, overlaps
        return changes

    def _are_all(self, rows: NDArray[np.intp]) -> bool:
        """Whether these are all rows in their order, and can be changed where they are."""
        return len(rows) == len(self.states) and bool((rows[1:] > rows[:-1]).all())

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """From how many patterns are at each overlap."""
        return [self.dynamics.energy(self.overlaps[row], self.states[row]) for row in rows]

    def nearest(self, rows: NDArray[np.intp]) -> Patterns:
        """The largest overlaps."""
        indices = np.array([self.overlaps[row].argmax() for row in rows], dtype=np.int64)
        return Patterns(indices, self.overlaps[rows, indices].astype(np.int64))

    def farthest(self, rows: NDArray[np.intp]) -> Patterns:
        """The smallest overlaps."""
        indices = np.array([self.overlaps[row].argmin() for row in rows], dtype=np.int64)
        return Patterns(indices, self.overlaps[rows, indices].astype(np.int64))
