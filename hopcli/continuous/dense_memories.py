"""Dense memories with label neurons beside the pictures' (Krotov and Hopfield 2016, section 3).

A state is a picture v, N levels in [−1, 1] that are held still, and C label neurons x = ±1. Its
energy is E = −Σ_μ F(β h_μ), with h_μ = Σ_i ξ_μi v_i + Σ_γ ζ_μγ x_γ and the rectified polynomial
F(h) = max(h, 0)ⁿ. (Their β is βⁿ here: this one has the unit of 1/h.) Label neurons begin at −1,
and one update sets each to c_α = tanh[Σ_μ F(β h_μ with x_α = +1) − F(β h_μ with x_α = −1)], the
others at −1.

The memories are multiples of 2⁻²⁴ and pictures whole levels out of 255, so h is exact in float64,
in any order of adding: the same on any number of threads of the linear algebra.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Levels of 0 … 255 as the odd numbers −255 … 255, which are those in [−1, 1] times 255.
LEVELS = 255
# Memories are whole multiples of one over this, and float32 holds them all.
GRID = 2.0**24
# Neurons up to which fields are exact: |ξ|·GRID ≤ 2²⁴ and |v|·255 < 2⁸, of float64's 2⁵³.
MOST_NEURONS = 2**21
# Numbers that are held at once.
AT_ONCE = 2**20


@dataclass(frozen=True)
class DenseMemories:
    """Memories of pictures and labels.

    Attributes:
        pictures: ξ, float32 in [−1, 1] of shape (K, N), multiples of 1/GRID.
        labels: ζ, the same of shape (K, C).
        degree: n, at least 2.
        beta: β, in units of 1/h.
    """

    pictures: NDArray[np.float32]
    labels: NDArray[np.float32]
    degree: int
    beta: float

    def __len__(self) -> int:
        """K."""
        return len(self.pictures)

    def fields(self, signed: NDArray[np.float64]) -> NDArray[np.float64]:
        """β h of pictures with all label neurons at −1.

        Args:
            signed: levels of −255 … 255 (`signed`), shape (pictures, N).

        Returns:
            float64 of shape (pictures, K).
        """
        h = signed @ self.pictures.T.astype(np.float64)
        h /= LEVELS
        h -= self.labels.sum(axis=1, dtype=np.float64)
        h *= self.beta
        return h

    def drives(self, signed: NDArray[np.float64]) -> NDArray[np.float64]:
        """What one update puts into the tanh of each label neuron.

        Args:
            signed: as above, shape (pictures, N).

        Returns:
            float64 of shape (pictures, C).
        """
        found = np.empty((len(signed), self.labels.shape[1]))
        rows = max(1, AT_ONCE // (len(self) + self.pictures.shape[1]))
        for start in range(0, len(signed), rows):
            fields = self.fields(signed[start : start + rows])
            off = energies(fields, self.degree)
            for label, weights in enumerate(self.on()):
                on = energies(fields + weights, self.degree)
                found[start : start + rows, label] = on - off
        return found

    def on(self) -> NDArray[np.float64]:
        """By how much each label neuron that goes from −1 to +1 moves β h, shape (C, K)."""
        return 2 * self.beta * self.labels.T.astype(np.float64)

    def probabilities(self, signed: NDArray[np.float64]) -> NDArray[np.float64]:
        """How probable each label is of pictures (`signed`), shape (pictures, C), sum 1.

        A neuron that is +1 with the mean tanh(z) has odds of exp(2z). Of the states in which
        exactly one label neuron is on, these are the shares: a softmax of 2z.
        """
        z = 2 * self.drives(signed)
        shares = np.exp(z - z.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)


def signed(levels: NDArray[Any]) -> NDArray[np.float64]:
    """Whole levels of 0 … 255 as the odd numbers of −255 … 255, and 0 where they are NaN."""
    return np.nan_to_num(2.0 * levels - LEVELS, nan=0.0)


def completed(signed: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pictures of which the known pixels stand for all, by what they differ from the mean picture.

    As if N/known times as many differed so, and the unknown ones not at all. Of digits with a half
    hidden this finds more labels than pixels of 0 do, or those of the mean.

    Args:
        signed: as `signed` gives them, 0 where unknown, shape (pictures, N).
        mean: the patterns' mean of the same, shape (N,).

    Returns:
        The same of shape (pictures, N), whole, and known pictures as they were.
    """
    known = signed != 0
    share = known.shape[1] / np.maximum(known.sum(axis=1, keepdims=True), 1)
    found = np.rint(mean + np.where(known, signed - mean, 0) * share)
    return np.where(known.all(axis=1, keepdims=True), signed, found)


def energies(fields: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Σ_μ max(βh_μ, 0)ⁿ, of fields of shape (…, K)."""
    rectified = np.maximum(fields, 0)
    return np.einsum("...k,...k->...", power(rectified, degree - 1), rectified)


def power(base: NDArray[np.float64], exponent: int) -> NDArray[np.float64]:
    """Base to a whole exponent of at least 1, by squaring: many times faster than `**`."""
    found, squares = None, base
    while True:
        if exponent & 1:
            found = squares.copy() if found is None else np.multiply(found, squares, out=found)
        exponent >>= 1
        if not exponent:
            assert found is not None
            return found
        squares = squares * squares
