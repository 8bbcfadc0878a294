"""Neurons that compete: their activations g = softmax(βx) add up to 1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian, check_beta


@dataclass(frozen=True)
class Softmax(AbstractLagrangian):
    """L = (1/β) log Σ exp(βx). A constant added to all of x leaves the activations as they are."""

    beta: float = 1.0

    def __post_init__(self) -> None:
        check_beta(self.beta)

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """(1/β) log Σ exp(βx)."""
        top = x.max(axis=-1, keepdims=True)
        total = np.exp(self.beta * (x - top)).sum(axis=-1)
        return top[..., 0] + np.log(total) / self.beta

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """softmax(βx)."""
        weights = np.exp(self.beta * (x - x.max(axis=-1, keepdims=True)))
        return weights / weights.sum(axis=-1, keepdims=True)

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """(1/β) Σ g log g, minus an entropy: from 0 where one neuron has all, to −(1/β) log n."""
        scaled = self.beta * (x - x.max(axis=-1, keepdims=True))
        logarithms = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
        return (np.exp(logarithms) * logarithms).sum(axis=-1) / self.beta
