"""What every synapse has: an energy and its forces."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray


class AbstractSynapse(ABC):
    """An energy of the activations of the layers that it joins, each of shape (…, n).

    Attributes:
        curved: the places, among the layers joined, of those whose activations do not enter the
            energy linearly. All others feel a force that is independent of their own activations.
    """

    curved: ClassVar[frozenset[int]] = frozenset()

    @abstractmethod
    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """The energy, shape (…,)."""

    @abstractmethod
    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """−∂E/∂g for each layer joined, in their order, each of shape (…, n)."""
