"""Memory neurons of an exponential dense associative memory: g = β exp(βx)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian, check_beta


@dataclass(frozen=True)
class Exponential(AbstractLagrangian):
    """L = Σ exp(βx) (Demircigil et al. 2017), finite while βx < 709: beyond, it overflows.

    Where overlaps are larger, divide β by their number of neurons, or choose `Softmax`: its L is
    the logarithm of this one, has the same minima, and never overflows.
    """

    beta: float = 1.0

    def __post_init__(self) -> None:
        check_beta(self.beta)

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ exp(βx)."""
        return np.exp(self.beta * x).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """β exp(βx)."""
        return self.beta * np.exp(self.beta * x)
