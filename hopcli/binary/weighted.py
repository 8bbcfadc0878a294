"""Dynamics by explicit weights: h_i = Σ_j W_ij s_j + b_i (Hopfield 1982).

Weights are whole numbers over one denominator, so every field is exact, in whatever order it was
added up, and a tie is a tie (binary/grid.py).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid
from hopcli.binary.dynamics import AbstractSummedDynamics, Matches, after_visit
from hopcli.binary.stored import StoredPatterns

# Fields held at once, eight bytes each: more cues than this allows are recalled in batches.
FIELDS_AT_ONCE = 2**23
# Visits that are decided at once in a sweep; they stand until a neuron changes.
LOOK_AHEAD = 256


@dataclass(frozen=True)
class WeightedDynamics(AbstractSummedDynamics):
    """Dynamics in NumPy, whose sums are fields times the denominator, float64 (cues, N).

    Attributes:
        weights: W times the denominator, float64 of shape (N, N), symmetric, without a diagonal.
        bias: b times the denominator, float64 of shape (N,).
        denominator: what fields and energies are to be divided by.
        stored: the patterns.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    denominator: float
    stored: StoredPatterns

    @classmethod
    def of(
        cls,
        weights: NDArray[np.float64],
        bias: NDArray[np.float64],
        denominator: float,
        stored: StoredPatterns,
    ) -> Self:
        """Make the weights whole numbers, unless they add up exactly as they are."""
        if grid.is_power_of_two(denominator):
            return cls(weights, bias, 1.0, stored)
        whole = np.rint(weights * denominator), np.rint(bias * denominator)
        return cls(*whole, denominator, stored)

    @property
    def look_ahead(self) -> int:
        """How many visits of a sweep are decided at once."""
        return LOOK_AHEAD

    @property
    def at_once(self) -> int:
        """As many states as have room for their fields."""
        return max(1, FIELDS_AT_ONCE // len(self.bias))

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Return one stored pattern, ±1, shape (N,)."""
        return self.stored.pattern(index)

    def sums(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """Return the local field of every neuron, times the denominator, shape (rows, N)."""
        return states.astype(np.float64) @ self.weights + self.bias

    def visited(
        self, state: NDArray[np.int8], sums: NDArray[np.float64], neurons: NDArray[np.integer]
    ) -> NDArray[np.int8]:
        """Return what each of these neurons would become if it were visited now."""
        return after_visit(np.sign(sums[neurons]).astype(np.int8), state[neurons])

    def all_visited(self, states: NDArray[np.int8], sums: NDArray[np.float64]) -> NDArray[np.int8]:
        """Return what every neuron would become if it were visited now."""
        return after_visit(np.sign(sums).astype(np.int8), states)

    def exact_state(
        self, state: NDArray[np.int8], sums: NDArray[np.float64], neuron: int
    ) -> np.int8:
        """Return what a neuron becomes: all fields are exact."""
        return self.visited(state, sums, np.array([neuron]))[0]

    def thermal_field(
        self, state: NDArray[np.int8], sums: NDArray[np.float64], neuron: int
    ) -> float:
        """Return the local field times the denominator, where ΔE = 2h."""
        return sums[neuron]

    def thresholds(self, energies: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fields at which ΔE = 2h is these energies, times the denominator."""
        return energies * (self.denominator / 2)

    def move(self, sums: NDArray[np.float64], neuron: int, change: int) -> None:
        """Add the changed weights to the fields of one state."""
        sums += float(change) * self.weights[neuron]

    def energy(self, state: NDArray[np.int8], sums: NDArray[np.float64]) -> float:
        """Return E = −½ sᵀWs − b·s = −½ s·(h + b)."""
        # Summed by NumPy alone: a dot product of BLAS may be added up by several threads.
        terms = state * (sums + self.bias)
        return -float(terms.sum()) / (2 * self.denominator)

    def nearest(
        self, states: NDArray[np.int8], sums: NDArray[np.float64], rows: NDArray[np.intp]
    ) -> Matches:
        """Return the patterns of the largest overlaps."""
        return self.stored.nearest(states[rows])

    def farthest(
        self, states: NDArray[np.int8], sums: NDArray[np.float64], rows: NDArray[np.intp]
    ) -> Matches:
        """Return the patterns of the smallest overlaps."""
        return self.stored.farthest(states[rows])


@dataclass(frozen=True)
class CompiledWeightedDynamics(WeightedDynamics):
    """Dynamics by compiled kernels, several states in parallel."""

    def sweep(
        self,
        states: NDArray[np.int8],
        sums: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time."""
        from hopcli.kernels import weighted

        changes = self._changes(orders)
        weighted.sweep(states, sums, self.weights, orders, free, changes)
        return changes

    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        sums: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        thresholds: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time at a temperature."""
        from hopcli.kernels import weighted

        changes = self._changes(orders)
        weighted.thermal_sweep(states, sums, self.weights, orders, free, thresholds, changes)
        return changes

    def _changes(self, orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return zeros for the changes of each row, and choose the number of threads."""
        from hopcli.kernels import threads, weighted

        rows = len(orders)
        threads.suit(weighted.operations(orders.size, len(self.bias)) if rows > 1 else 0)
        return np.zeros(rows, dtype=np.int64)
