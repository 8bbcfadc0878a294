"""The update rule of a binary network, in one form of arithmetic."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Stands for the new state of a neuron whose field is too near 0 for floating point to tell its
# sign. Such a neuron is decided by counting (binary/exact.py).
UNDECIDED = np.int8(2)

# Added to the magnitude of a sum: it keeps table entries that underflowed from deciding anything.
UNDERFLOW = 1e-270


def after_visit(sign: NDArray[np.int8] | np.int8, own: NDArray[np.int8] | np.int8) -> Any:
    """What a neuron in state `own` becomes in a field of this sign, −1, 0 or 1.

    At a tie it keeps its state; a neuron that is unknown becomes +1.
    """
    return np.where(sign == 0, np.where(own == 0, np.int8(1), own), sign).astype(np.int8)


class AbstractDynamics(ABC):
    """Updates of a batch of states, one a row.

    States are int8 of shape (cues, N): ±1, or 0 where a neuron is unknown. Overlaps are int32 of
    shape (cues, K). `free`, bool of shape (cues, N), says which neurons may change. States and
    overlaps are changed in place, and each call returns how many neurons changed in each row.

    Every form of arithmetic decides every sign exactly, so all of them give the same states.
    """

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
        """Visit neurons one at a time, in each row's own order, shape (cues, visits).

        A neuron takes the sign of its field; at a tie it keeps its state, or becomes +1 if it is
        unknown.
        """

    @abstractmethod
    def step(
        self, states: NDArray[np.int8], overlaps: NDArray[np.int32], free: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Update all neurons at once, by the same rule."""
