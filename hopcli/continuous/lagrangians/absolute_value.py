"""Binary neurons: g = sign(x)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian


@dataclass(frozen=True)
class AbsoluteValue(AbstractLagrangian):
    """L = Σ |x|: binary neurons."""

    name: ClassVar[str] = "absolute-value"
    summary: ClassVar[str] = "binary, g = sign(x)"

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ |x|."""
        return abs(x).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute sign(x), 0 at 0, where the slope of |x| may be anything from −1 to 1."""
        return np.sign(x)

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0, since x sign(x) = |x|."""
        return np.zeros(x.shape[:-1])


MEMBER = AbsoluteValue
