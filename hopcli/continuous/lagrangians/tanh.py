"""Neurons with activations from −1 to 1: g = tanh(βx)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import BETA, AbstractLagrangian


@dataclass(frozen=True)
class Tanh(AbstractLagrangian):
    """L = (1/β) Σ log cosh(βx): activations tanh(βx) from −1 to 1."""

    name: ClassVar[str] = "tanh"
    summary: ClassVar[str] = "from −1 to 1, g = tanh(βx)"
    parameters: ClassVar = (BETA,)

    beta: float = 1.0

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) Σ log cosh(βx), with log cosh u = |u| + log(1 + exp(−2|u|)) − log 2."""
        u = np.abs(self.beta * x)
        return (u + np.log1p(np.exp(-2 * u)) - np.log(2)).sum(axis=-1) / self.beta

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute tanh(βx)."""
        return np.tanh(self.beta * x)

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) Σ [u tanh u − log cosh u] with u = β|x|.

        The large terms u are cancelled before they are added up.
        """
        u = np.abs(self.beta * x)
        small = np.exp(-2 * u)
        lost = 2 * u * small / (1 + small) + np.log1p(small)
        return (np.log(2) - lost).sum(axis=-1) / self.beta


MEMBER = Tanh
