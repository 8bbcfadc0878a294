"""Neurons with activations from 0 to 1: g = σ(βx)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import BETA, AbstractLagrangian


@dataclass(frozen=True)
class Sigmoid(AbstractLagrangian):
    """L = (1/β) Σ log(1 + exp(βx)): activations σ(βx) from 0 to 1."""

    name: ClassVar[str] = "sigmoid"
    summary: ClassVar[str] = "from 0 to 1, g = 1/(1 + exp(−βx))"
    parameters: ClassVar = (BETA,)

    beta: float = 1.0

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) Σ log(1 + exp(βx))."""
        return np.logaddexp(0, self.beta * x).sum(axis=-1) / self.beta

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute σ(βx) = exp(−log(1 + exp(−βx)))."""
        return np.exp(-np.logaddexp(0, -self.beta * x))

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) Σ [g log g + (1 − g) log(1 − g)], the same for x and −x.

        With t = β|x| it is −(1/β) Σ [t σ(−t) + log(1 + exp(−t))].
        """
        t = np.abs(self.beta * x)
        small = np.exp(-t)
        return -(t * small / (1 + small) + np.log1p(small)).sum(axis=-1) / self.beta


MEMBER = Sigmoid
