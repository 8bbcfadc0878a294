"""The update rule by explicit weights, compiled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.weighted import AbstractWeightedDynamics
from hopcli.kernels import threads, weighted


@dataclass(frozen=True)
class CompiledWeightedDynamics(AbstractWeightedDynamics):
    """Several cues in parallel."""

    def sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time."""
        changes = self._changes(orders)
        weighted.sweep(states, fields, self.weights, orders, free, changes)
        return changes

    def thermal_sweep(
        self,
        states: NDArray[np.int8],
        fields: NDArray[np.float64],
        orders: NDArray[np.int32],
        free: NDArray[np.bool_],
        leads: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time."""
        changes = self._changes(orders)
        weighted.thermal_sweep(states, fields, self.weights, orders, free, leads, changes)
        return changes

    def _changes(self, orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Room for the changes of each row, with the threads that visiting them all is worth."""
        rows = len(orders)
        threads.suit(weighted.operations(orders.size, len(self.bias)) if rows > 1 else 0)
        return np.zeros(rows, dtype=np.int64)
