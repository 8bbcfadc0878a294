"""Neurons that compete: their activations g = softmax(βx) add up to 1."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import BETA, AbstractLagrangian


@dataclass(frozen=True)
class Softmax(AbstractLagrangian):
    """L = (1/β) log Σ exp(βx): activations softmax(βx).

    A constant added to all of x leaves the activations as they are.
    """

    name: ClassVar[str] = "softmax"
    summary: ClassVar[str] = "competing, g = exp(βx) / Σ exp(βx)"
    parameters: ClassVar = (BETA,)

    beta: float = 1.0

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) log Σ exp(βx)."""
        top = x.max(axis=-1, keepdims=True)
        total = np.exp(self.beta * (x - top)).sum(axis=-1)
        return top[..., 0] + np.log(total) / self.beta

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute softmax(βx)."""
        weights = np.exp(self.beta * (x - x.max(axis=-1, keepdims=True)))
        return weights / weights.sum(axis=-1, keepdims=True)

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute (1/β) Σ g log g: −1/β times the entropy of the activations."""
        scaled = self.beta * (x - x.max(axis=-1, keepdims=True))
        logarithms = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
        return (np.exp(logarithms) * logarithms).sum(axis=-1) / self.beta


MEMBER = Softmax
