"""What every Lagrangian has: its value, its gradient, its Legendre transform."""

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError


class AbstractLagrangian(ABC):
    """A convex function L of a layer's state x, of shape (…, n)."""

    @abstractmethod
    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """L(x), shape (…,)."""

    @abstractmethod
    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The gradient g = ∂L/∂x, shape (…, n)."""

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """x·g − L(x), shape (…,): the Legendre transform of L, at g."""
        return (x * self.activation(x)).sum(axis=-1) - self.value(x)

    def movement(self, x: NDArray[np.float64], pull: NDArray[np.float64]) -> NDArray[np.float64]:
        """τ dx/dt where input and synapses pull x to another state: pull − x, shape (…, n).

        That is the force −∂E/∂g. A Lagrangian that leaves part of x undetermined may choose another
        movement that lowers the energy.
        """
        return pull - x


def check_beta(beta: float) -> None:
    """Refuse a sharpness that is none.

    Raises:
        HopError: beta is not above 0, or not finite.
    """
    if not (math.isfinite(beta) and beta > 0):
        raise HopError(
            f"beta = {beta} was given, but a sharpness is a finite number above 0; "
            f"give beta = 1 or so"
        )
