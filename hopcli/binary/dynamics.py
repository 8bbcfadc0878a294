"""The update rule of a binary network, in one form of arithmetic."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Patterns:
    """One stored pattern for each of some states.

    Attributes:
        indices: which, int64 of shape (rows,).
        overlaps: Σ_i ξ_i s_i of each with its state, int64 of shape (rows,).
    """

    indices: NDArray[np.int64]
    overlaps: NDArray[np.int64]


class AbstractBatch(ABC):
    """States under way, and whatever a form of arithmetic keeps about them.

    `rows`, intp of shape (rows,), says which of the states a call is about, each at most once.

    Attributes:
        states: int8 of shape (cues, N), ±1, or 0 where a neuron is unknown; changed in place.
    """

    states: NDArray[np.int8]

    @abstractmethod
    def sweep(self, rows: NDArray[np.intp], orders: NDArray[np.int32]) -> NDArray[np.int64]:
        """Visit neurons one at a time, in each row's own order, shape (rows, visits).

        A neuron takes the sign of its field; at a tie it keeps its state, or becomes +1 if it is
        unknown. Returns how many neurons changed in each row.
        """

    @abstractmethod
    def step(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Update all neurons at once, by the same rule."""

    @abstractmethod
    def energies(self, rows: NDArray[np.intp]) -> list[float]:
        """The energy of each state."""

    @abstractmethod
    def nearest(self, rows: NDArray[np.intp]) -> Patterns:
        """The pattern of the largest overlap with each state, the first of several."""

    @abstractmethod
    def farthest(self, rows: NDArray[np.intp]) -> Patterns:
        """The pattern of the smallest overlap with each state, the first of several."""


class AbstractThermalBatch(AbstractBatch):
    """States whose neurons can be visited at a temperature too."""

    @abstractmethod
    def thermal_sweep(
        self, rows: NDArray[np.intp], orders: NDArray[np.int32], gaps: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Visit neurons one at a time, in each row's own order, shape (rows, visits).

        A neuron becomes +1 where E(s_i = −1) − E(s_i = +1) exceeds the gap drawn for that visit,
        float64 of the same shape, in the energy's units; else −1. A gap falls within rounding
        errors once in some 10¹² visits. Returns how many neurons changed in each row.
        """


class AbstractDynamics(ABC):
    """A network whose states can be updated.

    Every form of arithmetic decides every sign exactly, so all of them give the same states.
    """

    @property
    @abstractmethod
    def at_once(self) -> int:
        """How many states one batch may hold, at least 1."""

    @abstractmethod
    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> AbstractBatch:
        """A batch that starts from a copy of these states.

        Args:
            states: int8 of shape (cues, N): ±1, or 0 where a neuron is unknown.
            free: which neurons may change, bool of shape (cues, N).
        """

    @abstractmethod
    def pattern(self, index: int) -> NDArray[np.int8]:
        """One stored pattern, ±1, shape (N,)."""


class AbstractThermalDynamics(AbstractDynamics):
    """A network whose states can have a temperature."""

    @abstractmethod
    def begin(self, states: NDArray[np.int8], free: NDArray[np.bool_]) -> AbstractThermalBatch:
        """As above."""
