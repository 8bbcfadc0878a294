"""Dynamics by stored patterns that keep the overlaps of every state with every pattern."""

from abc import abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import exact
from hopcli.binary.arrays import Overlaps, Real, Rows, States
from hopcli.binary.dynamics import AbstractSummedDynamics, SummedBatch, after_visit
from hopcli.binary.interactions import AbstractInteraction

if TYPE_CHECKING:
    from hopcli.binary.interactions._thermal import AbstractThermalTable

# Overlaps held at once, four bytes each: more cues than this allows are recalled in batches.
OVERLAPS_AT_ONCE = 2**24


class AbstractPatternDynamics(AbstractSummedDynamics):
    """Dynamics by an interaction of stored patterns, whose sums are overlaps, int32 (cues, K).

    Attributes:
        interaction: F.
        neurons: N.
    """

    interaction: AbstractInteraction
    neurons: int

    @property
    @abstractmethod
    def patterns(self) -> int:
        """K."""

    @abstractmethod
    def column(self, neuron: int) -> NDArray[np.signedinteger]:
        """Return ξ_μi of all patterns at one neuron, ±1, shape (K,)."""

    @cached_property
    def thermal(self) -> "AbstractThermalTable":
        """The fields at a temperature."""
        return self.interaction.thermal(self.neurons)

    @property
    def at_once(self) -> int:
        """As many states as OVERLAPS_AT_ONCE allows."""
        return max(1, OVERLAPS_AT_ONCE // self.patterns)

    def exact_state(self, state: States, sums: Overlaps, neuron: int) -> np.int8:
        """Return what a neuron becomes, from how many patterns are at each overlap."""
        own = state[neuron]
        sign = exact.field_sign(self.interaction, sums, self.column(neuron), int(own))
        return after_visit(np.int8(sign), own)

    def thermal_field(self, state: States, sums: Overlaps, neuron: int) -> float:
        """Return the interaction's thermal field of one neuron."""
        signs = self.column(neuron)
        return self.thermal.field(sums - int(state[neuron]) * signs, signs)

    def thresholds(self, energies: Real) -> Real:
        """Return the interaction's thresholds for random energies."""
        return self.thermal.thresholds(energies)

    def move(self, sums: Overlaps, neuron: int, change: int) -> None:
        """Move the overlaps of one state as a neuron changes."""
        sums += change * self.column(neuron)

    def energy(self, state: States, sums: Overlaps) -> float:
        """Return the energy of one state, from how many patterns are at each overlap."""
        return exact.energy(self.interaction, sums, state)

    def overlaps(self, batch: SummedBatch, rows: Rows) -> Iterable[Overlaps]:
        """Return the sums, which are overlaps."""
        return (batch.sums[row] for row in rows)
