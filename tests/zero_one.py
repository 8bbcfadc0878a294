"""Networks of explicit weights with neurons of 0 and 1 (Hopfield 1982), equivalent to ±1.

With v = (1 + s)/2 the energy −½ sᵀWs − b·s of ±1 neurons is −½ vᵀVv − c·v + E₀, where V = 4W,
c = 2b − 2W1 and E₀ = −½ 1ᵀW1 + 1·b. A neuron takes 1 where its field Σ_j V_ij v_j + c_i is above 0
and 0 where it is below; that field is twice the other's, as is the energy gap ΔE_i in both forms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ZeroOneNetwork:
    """Weights of neurons that are 0 or 1.

    Attributes:
        weights: V, float64 of shape (N, N), symmetric, without a diagonal.
        bias: c, float64 of shape (N,).
        offset: E₀, by which the energies of both forms are the same.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    offset: float

    @classmethod
    def of_signs(cls, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> "ZeroOneNetwork":
        """Convert weights, (N, N), and biases, (N,), of ±1 neurons."""
        offset = float(bias.sum() - weights.sum() / 2)
        return cls(4 * weights, 2 * bias - 2 * weights.sum(axis=1), offset)

    @classmethod
    def hebbian(cls, patterns: NDArray[np.integer]) -> "ZeroOneNetwork":
        """By Hebb's rule from patterns of 0 and 1, (K, N): each adds (4/N) (v_i − ½)(v_j − ½)."""
        centred = patterns - 0.5
        weights = 4 / patterns.shape[1] * centred.T @ centred
        np.fill_diagonal(weights, 0)
        return cls.of_signs(weights, np.zeros(len(weights)))

    def energy(self, state: NDArray[np.integer]) -> float:
        """E of a state of 0 and 1, shape (N,)."""
        v = state.astype(np.float64)
        return float(-v @ self.weights @ v / 2 - self.bias @ v) + self.offset

    def fields(self, state: NDArray[np.integer]) -> NDArray[np.float64]:
        """ΔE_i = E(v_i = 0) − E(v_i = 1) of every neuron, shape (N,)."""
        return self.weights @ state + self.bias

    def swept(self, state: NDArray[np.integer], order: Sequence[int]) -> NDArray[np.integer]:
        """The state when these neurons have been visited one at a time; a tie keeps a neuron."""
        state = state.copy()
        for i in order:
            field = float(self.weights[i] @ state + self.bias[i])
            if field:
                state[i] = field > 0
        return state
