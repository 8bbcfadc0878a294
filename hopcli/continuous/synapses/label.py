"""Synapse between memories and the labels that they have."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.errors import HopError
from hopcli.parameters import Parameter

STRENGTH = Parameter(
    "strength", float, None, "strength λ of the synapse, in the unit of ½ d²", low=0, open=True
)


@dataclass(frozen=True)
class LabelSynapse(AbstractSynapse):
    """E = −λ Σ_μk z_μ θ_μk y_k, joining memories z (…, K) and labels y (…, count).

    θ_μk is 1 where memory μ has label k, else 0 (Hoover et al. 2022).

    Attributes:
        labels: each memory's label, or −1 where it has none, integers of shape (K,).
        count: the number of labels.
        strength: λ, in the unit of ½ d².

    Raises:
        HopError: a label is not below `count`, or the strength is not above 0.
    """

    name: ClassVar[str] = "label"
    summary: ClassVar[str] = "label neurons and the memories that have the label"
    parameters: ClassVar = (STRENGTH,)

    labels: NDArray[np.integer]
    count: int
    strength: float

    def __post_init__(self) -> None:
        STRENGTH.checked(self.strength)
        if self.labels.size and not -1 <= self.labels.min() <= self.labels.max() < self.count:
            raise HopError(
                f"labels from {self.labels.min()} to {self.labels.max()} were given, but there are "
                f"{self.count} of them; give 0 to {self.count - 1}, and -1 for none"
            )

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute −λ Σ_μ z_μ y_label(μ) over the memories that have a label."""
        memories, labels = activations
        return -self.strength * (memories * self._of_memories(labels)).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Compute λ y_label(μ) for the memories, λ Σ z over those with label k for the labels."""
        memories, labels = activations
        on_labels = self.strength * self._of_labels(memories)
        return self.strength * self._of_memories(labels), on_labels

    def _of_memories(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return y of each memory's label, shape (…, K), 0 where it has none."""
        # A label of −1 is the last position, where a zero is put.
        return np.concatenate([y, np.zeros((*y.shape[:-1], 1))], axis=-1)[..., self.labels]

    def _of_labels(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum z over the memories with each label, shape (…, count)."""
        bins, most = self.labels + 1, self.count + 1
        rows = z.reshape(-1, len(bins))
        sums = np.array([np.bincount(bins, row, most)[1:] for row in rows], np.float64)
        return sums.reshape(*z.shape[:-1], self.count)


MEMBER = LabelSynapse
