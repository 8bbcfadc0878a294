"""Memory neurons of an exponential dense associative memory: g = β exp(βx)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import BETA, AbstractLagrangian


@dataclass(frozen=True)
class Exponential(AbstractLagrangian):
    """L = Σ exp(βx) (Demircigil et al. 2017), finite while βx < 709.

    For larger overlaps divide β by their number of neurons, or use the softmax: its L is the
    logarithm of this one, has the same minima, and never overflows.
    """

    name: ClassVar[str] = "exponential"
    summary: ClassVar[str] = "exponential dense associative memory, g = β exp(βx)"
    parameters: ClassVar = (BETA,)

    beta: float = 1.0

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute Σ exp(βx)."""
        return np.exp(self.beta * x).sum(axis=-1)

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute β exp(βx)."""
        return self.beta * np.exp(self.beta * x)


MEMBER = Exponential
