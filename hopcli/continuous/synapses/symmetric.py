"""Synapse that joins all neurons of one layer with each other."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.errors import HopError


@dataclass(frozen=True)
class Symmetric(AbstractSynapse):
    """E = −½ gᵀ W g (Hopfield 1984), joining a layer g (…, N) with itself.

    Attributes:
        weights: W, symmetric, shape (N, N).

    Raises:
        HopError: W is not a symmetric matrix.
    """

    name: ClassVar[str] = "symmetric"
    summary: ClassVar[str] = "symmetric weights between the neurons of one layer"
    layers: ClassVar[int] = 1
    curved: ClassVar[frozenset[int]] = frozenset({0})

    weights: NDArray[np.float64]

    def __post_init__(self) -> None:
        w = self.weights
        if w.ndim != 2 or w.shape[0] != w.shape[1] or not np.allclose(w, w.T):
            raise HopError(
                f"weights of shape {w.shape} were given that are not symmetric, but without that "
                f"there is no energy; give (W + Wᵀ)/2 of a square W"
            )

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute −½ Σ_ij g_i W_ij g_j."""
        (g,) = activations
        return -0.5 * (g * (g @ self.weights)).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Compute Σ_j W_ij g_j."""
        (g,) = activations
        return (g @ self.weights,)


MEMBER = Symmetric
