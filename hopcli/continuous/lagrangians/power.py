"""Memory neurons of a dense associative memory: g = n xⁿ⁻¹."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian
from hopcli.errors import HopError


@dataclass(frozen=True)
class Power(AbstractLagrangian):
    """L = Σ xⁿ (Krotov and Hopfield 2016), finite while |x| < 10^(308/n).

    Of an odd degree it is convex for x ≥ 0 only, and a layer of it is to be equilibrated (time
    constant 0): its part in the energy is then −L, which needs no convexity.
    """

    degree: int

    def __post_init__(self) -> None:
        if self.degree < 2:
            raise HopError(
                f"degree = {self.degree} was given, but xⁿ bends from degree 2 on; "
                f"give degree = 2 or more"
            )

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ xⁿ."""
        return (x**self.degree).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """F′(x) = n xⁿ⁻¹."""
        return self.degree * x ** (self.degree - 1)
