"""What a Lagrangian has: a value, a gradient, a Legendre transform."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.parameters import Parameter

BETA = Parameter("beta", float, 1.0, "sharpness β of the activations", low=0, open=True)


class AbstractLagrangian(ABC):
    """A convex function L of a layer's state x, of shape (…, n).

    A new Lagrangian is a module of this package with a subclass named `MEMBER`, which defines
    `name`, `summary`, `value` and `activation`, and may define a faster or more exact `energy`.

    Attributes:
        name: by which it is chosen.
        summary: one clause for help.
        parameters: the keywords of its constructor.

    Raises:
        ParameterError: a parameter is out of range.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def __post_init__(self) -> None:
        for parameter in self.parameters:
            parameter.checked(getattr(self, parameter.name))

    @abstractmethod
    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute L(x), shape (…,)."""

    @abstractmethod
    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the gradient g = ∂L/∂x, shape (…, n)."""

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute x·g − L(x), shape (…,): the Legendre transform of L at g."""
        return (x * self.activation(x)).sum(axis=-1) - self.value(x)

    def movement(self, x: NDArray[np.float64], pull: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute τ dx/dt = pull − x, shape (…, n), which is the force −∂E/∂g.

        A Lagrangian that leaves part of x undetermined may define another movement that lowers the
        energy.

        Args:
            x: state.
            pull: input and forces of the synapses, the state at which the force vanishes.
        """
        return pull - x
