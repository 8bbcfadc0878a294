"""Dynamics by stored patterns in NumPy, for work too small to repay loading compiled kernels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.arrays import Overlaps, Real, States, Words
from hopcli.binary.dynamics import decided
from hopcli.binary.interactions import AbstractInteraction, Table
from hopcli.binary.patterns import AbstractPatternDynamics

# Patterns times neurons whose fields are computed at once in a sweep, by one matrix product: more
# would not stay in cache, and would be wasted where many neurons change.
BLOCK_ELEMENTS = 2**13


@dataclass(frozen=True)
class PlainDynamics(AbstractPatternDynamics):
    """Any interaction, with patterns by neuron as ±1 of float64, `columns` of shape (N, K)."""

    interaction: AbstractInteraction
    neurons: int
    columns: Real
    table: Table

    @classmethod
    def of(cls, interaction: AbstractInteraction, words: Words, neurons: int) -> "PlainDynamics":
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

    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""
        return self.columns[:, index].astype(np.int8)

    @cached_property
    def _whole_columns(self) -> NDArray[np.int32]:
        return self.columns.astype(np.int32)

    def column(self, neuron: int) -> NDArray[np.int32]:
        """Return ξ_μi of all patterns at one neuron."""
        return self._whole_columns[neuron]

    def sums(self, states: States) -> Overlaps:
        """Return the products ξ s, exact since they are below 2⁵³."""
        return (states.astype(np.float64) @ self.columns).astype(np.int32)

    @property
    def look_ahead(self) -> int:
        """How many visits of a sweep are decided at once."""
        return max(8, BLOCK_ELEMENTS // self.columns.shape[1])

    def visited(self, state: States, sums: Overlaps, neurons: NDArray[np.integer]) -> States:
        """Return what each of these neurons would become if it were visited now, or UNDECIDED."""
        own, slack = state[neurons], self.table.slack
        indices = sums + self.table.offset(int(sums.max()))
        below, above = self.table.values[indices - 1], self.table.values[indices + 1]
        columns = self.columns[neurons]
        # In the field of neuron i, y_μ is m − 1 for a pattern that agrees with it, m + 1 for one
        # that disagrees, and m while the neuron is unknown. So 2h_i = s_i Σ(D(m−1) − D(m+1)) +
        # Σ_μ ξ_μi (D(m−1) + D(m+1)), without a product for each neuron and pattern.
        # Where entries overflow, the difference of infinities is NaN, and decides nothing.
        with np.errstate(over="ignore", invalid="ignore"):
            fields = own * np.sum(below - above) + columns @ (below + above)
            magnitudes = np.full(len(own), np.sum(np.abs(below) + np.abs(above)) if slack else 0.0)
            unknown = own == 0
            if unknown.any():
                at = self.table.values[indices]
                fields[unknown] = columns[unknown] @ at
                magnitudes[unknown] = np.sum(np.abs(at))
            return decided(fields, magnitudes, own, slack)
