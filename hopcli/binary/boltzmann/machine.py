"""A restricted Boltzmann machine (Smolensky 1986; Hinton 2002).

The visible neurons are a picture's, v_i = ±1, the hidden ones its interpretation, h_k = 0 or 1, off
or on. There are weights between the two layers only, and the energy is

    E(v, h) = −Σ_i a_i v_i − Σ_k h_k (c_k + Σ_i w_ki v_i),

so that a hidden neuron that is on adds its weights to the fields of the picture, and one that is
off adds nothing. Given one layer, the neurons of the other are independent: with ΔE the energy by
which a neuron's −1, or off, lies above its +1, or on, it is +1 or on with probability
1 / (1 + exp(−ΔE/T)), where ΔE = 2 (a_i + Σ_k h_k w_ki) of a visible neuron and c_k + Σ_i w_ki v_i
of a hidden one.

In the fields of the hidden neurons an unknown visible neuron has its mean over the patterns.

Weights and biases are multiples of one power of two, and means of 1/256, so that all fields are
exact (binary/grid.py), and the final state does not depend on the order of additions.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid
from hopcli.binary.arrays import Real, States

# Means are multiples of 1 over this.
MEANS = 256.0
# The largest field in whole numbers, so that with the means it is exact in float64, and the largest
# weight, exact in float32.
LARGEST_FIELD = 2.0**44
SINGLE_LIMIT = 2.0**24


# The hidden neurons that are on, (rows, M).
Hidden = NDArray[np.floating] | NDArray[np.bool_]


@dataclass(frozen=True)
class Machine:
    """A machine of N visible and M hidden neurons.

    Attributes:
        weights: w, float32 of shape (M, N).
        visible_bias: a, float64 of shape (N,).
        hidden_bias: c, float64 of shape (M,).
        means: what an unknown visible neuron counts as, float64 of shape (N,), −1 to 1.
    """

    weights: NDArray[np.float32]
    visible_bias: Real
    hidden_bias: Real
    means: Real

    @classmethod
    def of(
        cls,
        weights: NDArray[np.floating],
        visible_bias: NDArray[np.floating],
        hidden_bias: NDArray[np.floating],
        means: NDArray[np.floating],
    ) -> "Machine":
        """Round weights and biases to the finest grid on which fields are exact."""
        rounded = weights.astype(np.float64)
        biases = visible_bias.astype(np.float64), hidden_bias.astype(np.float64)
        sizes = np.abs(rounded)
        fields = sizes.sum(axis=0) + np.abs(biases[0]), sizes.sum(axis=1) + np.abs(biases[1])
        largest = max(float(each.max()) for each in fields)
        limit = min(LARGEST_FIELD / max(largest, 1e-30), SINGLE_LIMIT / max(sizes.max(), 1e-30))
        denominator = float(2.0 ** np.floor(np.log2(limit)))
        for values in (rounded, *biases):
            grid.round_to(values, denominator)
        expected = means.astype(np.float64)
        grid.round_to(expected, MEANS)
        return cls(rounded.astype(np.float32), *biases, expected)

    @property
    def neurons(self) -> int:
        """The number of visible neurons, N."""
        return self.weights.shape[1]

    @property
    def hidden(self) -> int:
        """The number of hidden neurons, M."""
        return self.weights.shape[0]

    @cached_property
    def _double(self) -> Real:
        """The weights in double precision."""
        return self.weights.astype(np.float64)

    def filled(self, states: States) -> Real:
        """Return states, (rows, N), with the means in place of unknown neurons."""
        return np.where(states == 0, self.means, states)

    def hidden_fields(self, states: States) -> Real:
        """Return c_k + Σ_i w_ki v_i of states, (rows, N): shape (rows, M)."""
        return self.filled(states) @ self._double.T + self.hidden_bias

    def visible_fields(self, on: Hidden) -> Real:
        """Return a_i + Σ_k h_k w_ki of hidden neurons, (rows, M): shape (rows, N)."""
        return on.astype(np.float64) @ self._double + self.visible_bias

    def energies(self, states: States, on: Hidden) -> Real:
        """E(v, h) of states, (rows, N), and hidden neurons, (rows, M): shape (rows,)."""
        return self.energies_in(self.hidden_fields(states), states, on)

    def energies_in(self, fields: Real, states: States, on: Hidden) -> Real:
        """Return E(v, h) where the fields of the hidden neurons, (rows, M), are known."""
        # Summed by NumPy alone: a product of BLAS may be added up by several threads.
        visible = (self.filled(states) * self.visible_bias).sum(axis=1)
        return -visible - (on * fields).sum(axis=1)


def probabilities(gaps: Real, temperature: float = 1.0) -> Real:
    """Return 1 / (1 + exp(−ΔE/T)), without overflow for any ΔE."""
    return np.exp(-np.logaddexp(0, -gaps / temperature))
