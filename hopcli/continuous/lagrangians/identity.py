"""Linear neurons: g = x."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian


@dataclass(frozen=True)
class Identity(AbstractLagrangian):
    """L = ½ Σ x²: linear neurons."""

    name: ClassVar[str] = "identity"
    summary: ClassVar[str] = "linear, g = x"

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ½ Σ x²."""
        return 0.5 * (x * x).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x itself."""
        return x

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ½ Σ x²: this L is its own Legendre transform."""
        return self.value(x)


MEMBER = Identity
