"""A restricted Boltzmann machine (Smolensky 1986; Hinton 2002).

The visible neurons are a picture's, v_i = ±1, the hidden ones its interpretation, h_k = 0 or 1, off
or on. There are weights between the two layers only, and the energy is

    E(v, h) = −Σ_i a_i v_i − Σ_k h_k (c_k + Σ_i w_ki v_i),

so that a hidden neuron that is on adds its weights to the fields of the picture, and one that is
off adds nothing. Given one layer, the neurons of the other are independent: with ΔE the energy by
which a neuron's −1, or off, lies above its +1, or on, it is +1 or on with probability
1 / (1 + exp(−ΔE/T)), where ΔE = 2 (a_i + Σ_k h_k w_ki) of a visible neuron and c_k + Σ_i w_ki v_i
of a hidden one. Without the hidden neurons, at T = 1, a picture has the free energy

    F(v) = −log Σ_h exp(−E(v, h)) = −Σ_i a_i v_i − Σ_k log(1 + exp(c_k + Σ_i w_ki v_i)),

and the probability exp(−F(v))/Z.

A visible neuron that is unknown counts in the fields of the hidden ones with its mean over the
patterns, as what is expected of it before anything is known.

Weights and biases are multiples of one power of two, and means of 1/256, so that all fields are
exact (binary/grid.py), and the machine settles in the same state whatever adds them up.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid

# What means are multiples of: 1 over this.
MEANS = 256.0
# The largest field in whole numbers, so that with the means it is exact in float64, and the largest
# weight, exact in float32.
LARGEST_FIELD = 2.0**44
SINGLE_LIMIT = 2.0**24


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
    visible_bias: NDArray[np.float64]
    hidden_bias: NDArray[np.float64]
    means: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        weights: NDArray[np.floating],
        visible_bias: NDArray[np.floating],
        hidden_bias: NDArray[np.floating],
        means: NDArray[np.floating],
    ) -> "Machine":
        """The machine on the finest grid on which its fields are exact."""
        rounded = weights.astype(np.float64)
        biases = visible_bias.astype(np.float64), hidden_bias.astype(np.float64)
        sizes = np.abs(rounded)
        fields = sizes.sum(axis=0) + np.abs(biases[0]), sizes.sum(axis=1) + np.abs(biases[1])
        largest = max(float(each.max()) for each in fields)
        room = min(LARGEST_FIELD / max(largest, 1e-30), SINGLE_LIMIT / max(sizes.max(), 1e-30))
        denominator = float(2.0 ** np.floor(np.log2(room)))
        for values in (rounded, *biases):
            grid.round_to(values, denominator)
        expected = means.astype(np.float64)
        grid.round_to(expected, MEANS)
        return cls(rounded.astype(np.float32), *biases, expected)

    @property
    def neurons(self) -> int:
        """N, of visible neurons."""
        return self.weights.shape[1]

    @property
    def hidden(self) -> int:
        """M, of hidden neurons."""
        return self.weights.shape[0]

    @cached_property
    def _double(self) -> NDArray[np.float64]:
        """The weights as products take them."""
        return self.weights.astype(np.float64)

    def filled(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """States, (rows, N), with the means where neurons are unknown, which is 0."""
        return np.where(states == 0, self.means, states)

    def hidden_fields(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """c_k + Σ_i w_ki v_i of states, (rows, N): shape (rows, M)."""
        return self.filled(states) @ self._double.T + self.hidden_bias

    def visible_fields(self, on: NDArray[np.floating] | NDArray[np.bool_]) -> NDArray[np.float64]:
        """a_i + Σ_k h_k w_ki of hidden neurons, (rows, M): shape (rows, N)."""
        return on.astype(np.float64) @ self._double + self.visible_bias

    def energies(
        self, states: NDArray[np.int8], on: NDArray[np.floating] | NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """E(v, h) of states, (rows, N), and hidden neurons, (rows, M): shape (rows,)."""
        return self.energies_in(self.hidden_fields(states), states, on)

    def energies_in(
        self,
        fields: NDArray[np.float64],
        states: NDArray[np.int8],
        on: NDArray[np.floating] | NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """The same where the fields of the hidden neurons, (rows, M), are known."""
        return self._visible_energies(states) - (on * fields).sum(axis=1)

    def free_energies(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """F(v) of states, (rows, N): shape (rows,)."""
        softened = np.logaddexp(0, self.hidden_fields(states)).sum(axis=1)
        return self._visible_energies(states) - softened

    def _visible_energies(self, states: NDArray[np.int8]) -> NDArray[np.float64]:
        """−Σ_i a_i v_i."""
        # Summed by NumPy alone: a product of BLAS may be added up by several threads.
        return -(self.filled(states) * self.visible_bias).sum(axis=1)


def probabilities(gaps: NDArray[np.float64], temperature: float = 1.0) -> NDArray[np.float64]:
    """1 / (1 + exp(−ΔE/T)), of any ΔE."""
    return np.exp(-np.logaddexp(0, -gaps / temperature))
