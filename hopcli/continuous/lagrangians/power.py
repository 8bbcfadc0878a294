"""Memory neurons of a dense associative memory: g = n xⁿ⁻¹."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian
from hopcli.parameters import Parameter


@dataclass(frozen=True)
class Power(AbstractLagrangian):
    """L = Σ xⁿ (Krotov and Hopfield 2016), finite while |x| < 10^(308/n).

    For an odd degree it is convex for x ≥ 0 only, and its layer has to be equilibrated (time
    constant 0): then its part in the energy is −L, which does not need convexity.
    """

    name: ClassVar[str] = "power"
    summary: ClassVar[str] = "dense associative memory, g = n xⁿ⁻¹"
    parameters: ClassVar = (Parameter("degree", int, 3, "degree n of xⁿ", low=2),)

    degree: int = 3

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ xⁿ."""
        return (x**self.degree).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute F′(x) = n xⁿ⁻¹."""
        return self.degree * x ** (self.degree - 1)


MEMBER = Power
