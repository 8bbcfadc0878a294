"""Memories that bear labels."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.errors import HopError


@dataclass(frozen=True)
class LabelSynapse(AbstractSynapse):
    """E = −λ Σ_μk z_μ θ_μk y_k, joining memories z (…, K) and labels y (…, count).

    θ_μk is 1 where memory μ bears label k, else 0.

    Attributes:
        labels: each memory's label, or −1 where it has none, integers of shape (K,).
        count: how many labels there are.
        strength: λ, in the unit of ½ d².
    """

    labels: NDArray[np.integer]
    count: int
    strength: float

    def __post_init__(self) -> None:
        if self.labels.size and not -1 <= self.labels.min() <= self.labels.max() < self.count:
            raise HopError(
                f"labels from {self.labels.min()} to {self.labels.max()} were given, but there are "
                f"{self.count} of them; give 0 to {self.count - 1}, and -1 for none"
            )
        if not (math.isfinite(self.strength) and self.strength > 0):
            raise HopError(
                f"strength = {self.strength} was given, but labels and memories are joined by a "
                f"finite one above 0; give half the number of neurons or so"
            )

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """−λ Σ_μ z_μ y_label(μ) over the memories that have a label."""
        memories, labels = activations
        return -self.strength * (memories * self._spread(labels)).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """λ y_label(μ) on the memories, λ Σ_{μ bears k} z_μ on the labels."""
        memories, labels = activations
        return self.strength * self._spread(labels), self.strength * self._gather(memories)

    def _spread(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """y_label(μ), shape (…, K). A label of −1 takes the last place, where a zero is put."""
        return np.concatenate([y, np.zeros((*y.shape[:-1], 1))], axis=-1)[..., self.labels]

    def _gather(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_{μ bears k} z_μ, shape (…, count)."""
        places, most = self.labels + 1, self.count + 1
        rows = z.reshape(-1, len(places))
        sums = np.array([np.bincount(places, row, most)[1:] for row in rows], np.float64)
        return sums.reshape(*z.shape[:-1], self.count)
