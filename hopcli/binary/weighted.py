"""The update rule by explicit weights: h_i = Σ_j W_ij s_j + b_i (Hopfield 1982).

Weights are whole numbers over one denominator, so every field is exact, in whatever order it was
added up, and a tie is a tie (binary/grid.py).
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid
from hopcli.binary.dynamics import (
    AbstractThermalBatch,
    AbstractThermalDynamics,
    Patterns,
    after_visit,
)
from hopcli.binary.landmarks import Landmarks

# Fields held at once, eight bytes each: more cues than this allows are recalled in batches.
FIELDS_AT_ONCE = 2**23
# Visits that NumPy decides at once in a sweep, which stand until one of their neurons flips.
LOOK_AHEAD = 256


@dataclass(frozen=True)
class AbstractWeightedDynamics(AbstractThermalDynamics):
    """What the forms have in common.

    Attributes:
        weights: W times the denominator, float64 of shape (N, N), symmetric, without a diagonal.
        bias: b times the denominator, float64 of shape (N,).
        denominator: what fields and energies are to be divided by.
        landmarks: the stored patterns.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    denominator: float
    landmarks: Landmarks

    @classmethod
    def of(
        cls,
        weights: NDArray[np.float64],
        bias: NDArray[np.float64],
        denominator: float,
        landmarks: Landmarks,
    ) -> Self:
        """Make the weights whole numbers, unless they add up exactly as they are."""
        if grid.is_power_of_two(denominator):
            return cls(weights, bias, 1.0, landmarks)
        whole = np.rint(weights * denominator), np.rint(bias * denominator)
        return cls(*whole, denominator, landmarks)

    @property
    def at_once(self) -> int:
        """As many as have room for their fields."""
        return max(1, FIELDS_AT_ONCE // len(self.bias))

    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> "WeightedBatch":
        """Work out all fields."""
        states = np.array(states, dtype=np.int8, order="C")
        return WeightedBatch(self, states, np.ascontiguousarray(free), self.fields(states))

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return self.landmarks.pattern(index)

    def fields(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """The local field of every neuron, times the denominator, shape (rows, N)."""
        return states.astype(np.float64) @ self.weights + self.bias

    @abstractmethod
    def sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time, in each row's own order, and keep the fields up to date."""

    @abstractmethod
    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        leads: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Likewise; a neuron becomes +1 where its field exceeds the lead of its visit, else −1."""


@dataclass(frozen=True)
class PlainWeightedDynamics(AbstractWeightedDynamics):
    """In NumPy: the next neuron to flip is looked for among several visits at once."""

    def sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time."""
        return np.array(
            [
                self._sweep_one(state, h, order[free[row, order]])
                for row, (state, h, order) in enumerate(zip(states, fields, orders, strict=True))
            ],
            dtype=np.int64,
        )

    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        leads: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time; at a temperature too many flip for looking ahead."""
        changes = np.zeros(len(states), dtype=np.int64)
        for row, (state, h) in enumerate(zip(states, fields, strict=True)):
            for i, lead in zip(orders[row].tolist(), leads[row].tolist(), strict=True):
                new = 1 if h[i] > lead else -1
                if new != state[i] and free[row, i]:
                    h += float(new - int(state[i])) * self.weights[i]
                    state[i] = new
                    changes[row] += 1
        return changes

    def _sweep_one(
        self, state: NDArray[np.int8], fields: NDArray[np.float64], order: NDArray[np.int32]
    ) -> int:
        """Sweep over one state."""
        changes, position = 0, 0
        while position < len(order):
            block = order[position : position + LOOK_AHEAD]
            own = state[block]
            new = after_visit(np.sign(fields[block]).astype(np.int8), own)
            flipping = new != own
            first = int(flipping.argmax())
            if not flipping[first]:
                position += len(block)
                continue
            neuron = block[first]
            fields += float(int(new[first]) - int(own[first])) * self.weights[neuron]
            state[neuron] = new[first]
            changes += 1
            position += first + 1
        return changes


@dataclass(frozen=True)
class WeightedBatch(AbstractThermalBatch):
    """States and their fields, float64 of shape (cues, N), times the denominator."""

    dynamics: AbstractWeightedDynamics
    states: NDArray[np.int8]
    free: NDArray[np.bool_]
    fields: NDArray[np.float64]

    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Keep the fields up to date as neurons flip."""
        states, fields = self.states[rows], self.fields[rows]
        changes = self.dynamics.sweep(states, fields, orders, self.free[rows])
        self.states[rows], self.fields[rows] = states, fields
        return changes

    def thermal_sweep(
        self, rows: NDArray[np.intp], orders: NDArray[np.int32], gaps: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Likewise; ΔE = 2h."""
        states, fields = self.states[rows], self.fields[rows]
        leads = gaps * (self.dynamics.denominator / 2)
        changes = self.dynamics.thermal_sweep(states, fields, orders, self.free[rows], leads)
        self.states[rows], self.fields[rows] = states, fields
        return changes

    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Work the fields out anew."""
        states = self.states[rows]
        signs = np.sign(self.fields[rows]).astype(np.int8)
        new = np.where(self.free[rows], after_visit(signs, states), states)
        moved = rows[(new != states).any(axis=1)]
        self.states[rows] = new
        if moved.size:
            self.fields[moved] = self.dynamics.fields(self.states[moved])
        return np.count_nonzero(new != states, axis=1)

    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """E = −½ sᵀWs − b·s = −½ s·(h + b)."""
        # Summed by NumPy alone: a dot product of BLAS may be added up by several threads.
        terms = self.states[rows] * (self.fields[rows] + self.dynamics.bias)
        return [-float(row.sum()) / (2 * self.dynamics.denominator) for row in terms]

    def nearest(self, rows: NDArray[np.intp]) -> Patterns:
        """The largest overlaps."""
        return self.dynamics.landmarks.nearest(self.states[rows])

    def farthest(self, rows: NDArray[np.intp]) -> Patterns:
        """The smallest overlaps."""
        return self.dynamics.landmarks.farthest(self.states[rows])
