"""What a synapse has: an energy, and the forces that follow from it."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.parameters import Parameter


class AbstractSynapse(ABC):
    """An energy of the activations of the layers that it joins, each of shape (…, n).

    A new kind is a module of this package with a subclass named `MEMBER`.

    Attributes:
        name: by which it is chosen.
        summary: one clause for help.
        layers: how many layers it joins.
        parameters: keywords of its constructor beside the weights.
        curved: positions, among the layers joined, of those whose activations do not enter the
            energy linearly. The force on any other layer does not depend on its own activations.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    layers: ClassVar[int] = 2
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    curved: ClassVar[frozenset[int]] = frozenset()

    @abstractmethod
    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the energy E of the layers' activations g, shape (…,)."""

    @abstractmethod
    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Compute −∂E/∂g for each layer joined, in their order, each of shape (…, n)."""
