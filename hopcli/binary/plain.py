"""The update rule in NumPy, for work too small to repay loading compiled kernels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact, packing
from hopcli.binary.dynamics import UNDECIDED, UNDERFLOW, after_visit
from hopcli.binary.full import AbstractFullDynamics
from hopcli.binary.interactions import AbstractInteraction, Table

# Patterns times neurons whose fields are worked out at once in a sweep. They all stand as long as
# none of the neurons flips, so a run of neurons that keep their state costs one matrix product;
# more than this would not stay in cache, and be worked out in vain where many flip.
BLOCK_ELEMENTS = 2**13


@dataclass(frozen=True)
class PlainDynamics(AbstractFullDynamics):
    """Any interaction, from patterns held by neuron as ±1 of float64, `columns` of shape (N, K)."""

    interaction: AbstractInteraction
    neurons: int
    columns: NDArray[np.float64]
    table: Table

    @classmethod
    def of(
        cls, interaction: AbstractInteraction, words: NDArray[np.uint64], neurons: int
    ) -> "PlainDynamics":
        """Unpack the patterns and tabulate the interaction."""
        return cls(
            interaction,
            neurons,
            packing.unpack(words, neurons).T.astype(np.float64, order="C"),
            interaction.table(neurons, len(words)),
        )

    @property
    def patterns(self) -> int:
        """K."""
        return self.columns.shape[1]

    def pattern(self, index: int) -> NDArray[np.int8]:
        """One column."""
        return self.columns[:, index].astype(np.int8)

    def overlaps(self, states: NDArray[np.int8]) -> NDArray[np.int32]:
        """The product ξ s, exact since all sums are below 2⁵³."""
        return (states.astype(np.float64) @ self.columns).astype(np.int32)

    def sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time, looking ahead over blocks of them."""
        return np.array(
            [
                self._sweep_one(state, m, order[free[row, order]])
                for row, (state, m, order) in enumerate(zip(states, overlaps, orders, strict=True))
            ],
            dtype=np.int64,
        )

    def _sweep_one(
        self, state: NDArray[np.int8], overlaps: NDArray[np.int32], order: NDArray[np.int32]
    ) -> int:
        """Sweep over one state."""
        changes, position = 0, 0
        length = max(8, BLOCK_ELEMENTS // self.columns.shape[1])
        while position < len(order):
            block = order[position : position + length]
            new = self._new_states(state, overlaps, block)
            for first in np.flatnonzero(new != state[block]):
                neuron = block[first]
                if new[first] == UNDECIDED:
                    new[first] = self._exact_state(state, overlaps, int(neuron))
                change = int(new[first]) - int(state[neuron])
                if change:
                    break
            else:
                position += len(block)
                continue
            # The neurons before this one have seen the state as it is, those after it have not.
            overlaps += (change * self.columns[neuron]).astype(np.int32)
            state[neuron] = new[first]
            changes += 1
            position += first + 1
        return changes

    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        leads: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time; at a temperature too many flip for looking ahead."""
        changes = np.zeros(len(states), dtype=np.int64)
        columns = self._whole_columns
        for row, (state, m) in enumerate(zip(states, overlaps, strict=True)):
            for i, lead in zip(orders[row].tolist(), leads[row].tolist(), strict=True):
                if not free[row, i]:
                    continue
                own, signs = int(state[i]), columns[i]
                new = 1 if self.thermal.field(m - own * signs, signs) > lead else -1
                if new != own:
                    m += (new - own) * signs
                    state[i] = new
                    changes[row] += 1
        return changes

    @cached_property
    def _whole_columns(self) -> NDArray[np.int32]:
        """The columns as integers, which only sweeps at a temperature need."""
        return self.columns.astype(np.int32)

    def step(
        self, states: NDArray[np.int8], overlaps: NDArray[np.int32], free: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Update all neurons at once."""
        new = np.empty_like(states)
        neurons = np.arange(states.shape[1])
        for row, (state, m) in enumerate(zip(states, overlaps, strict=True)):
            new[row] = self._new_states(state, m, neurons)
            for neuron in np.flatnonzero(new[row] == UNDECIDED):
                new[row, neuron] = self._exact_state(state, m, int(neuron))
        new = np.where(free, new, states)
        changes = np.count_nonzero(new != states, axis=1)
        states[:] = new
        overlaps[:] = self.overlaps(states)
        return changes

    def _new_states(
        self,
        state: NDArray[np.int8],
        overlaps: NDArray[np.int32],
        neurons: NDArray[np.integer],
    ) -> NDArray[np.int8]:
        """What each of these neurons would become if it were visited now, or UNDECIDED."""
        own = state[neurons]
        places = overlaps + self.table.offset(int(overlaps.max()))
        below, at, above = (self.table.values[places + shift] for shift in (-1, 0, 1))
        columns = self.columns[neurons]
        # A pattern that agrees with neuron i is felt at m − 1, one that disagrees at m + 1, and
        # all at m while the neuron is unknown. So 2h_i = s_i Σ(D(m−1) − D(m+1)) +
        # Σ_μ ξ_μi (D(m−1) + D(m+1)), without a product for each neuron and pattern.
        # Where entries overflow, the difference of infinities is no number, and decides nothing.
        with np.errstate(over="ignore", invalid="ignore"):
            fields = own * np.sum(below - above) + columns @ (below + above)
            magnitude = np.full(len(own), np.sum(np.abs(below) + np.abs(above)))
            unknown = own == 0
            if unknown.any():
                fields[unknown] = columns[unknown] @ at
                magnitude[unknown] = np.sum(np.abs(at))
            new = after_visit(np.sign(fields).astype(np.int8), own)
        slack = self.table.slack
        if slack:
            new[~(np.abs(fields) > slack * (magnitude + UNDERFLOW))] = UNDECIDED
        return new

    def _exact_state(
        self, state: NDArray[np.int8], overlaps: NDArray[np.int32], neuron: int
    ) -> np.int8:
        """What this neuron would become if it were visited now."""
        own = state[neuron]
        column = self.columns[neuron].astype(np.int8)
        sign = exact.field_sign(self.interaction, overlaps, column, int(own))
        return after_visit(np.int8(sign), own)
