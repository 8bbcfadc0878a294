"""Learned dense memories for classification (Krotov and Hopfield 2016, section 3).

A state is a picture v, N levels in [−1, 1] that are clamped, and C label neurons x = ±1. Its
energy is E = −Σ_μ F(β h_μ), with h_μ = Σ_i ξ_μi v_i + Σ_γ ζ_μγ x_γ and the rectified polynomial
F(h) = max(h, 0)ⁿ. (Their β is βⁿ here: this one has the unit of 1/h.) Label neurons begin at −1,
and one update sets each to c_α = tanh[Σ_μ F(β h_μ with x_α = +1) − F(β h_μ with x_α = −1)], the
others at −1.

The memories are multiples of 2⁻²⁴ and pictures whole levels out of 255, so h is exact in float64
in any order of summation, and does not depend on the number of threads of the linear algebra.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Levels 0 … 255 are mapped to the odd numbers −255 … 255, those in [−1, 1] times 255.
LEVELS = 255
# Memories are multiples of one over this, which float32 represents exactly.
GRID = 2.0**24
# Largest number of neurons for which fields are exact: |ξ|·GRID ≤ 2²⁴ and |v|·255 < 2⁸, of
# float64's 2⁵³.
MOST_NEURONS = 2**21
# Numbers held in memory at once.
AT_ONCE = 2**20


@dataclass(frozen=True)
class DenseMemories:
    """Memories with a part for pictures and a part for labels.

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
        """Return K."""
        return len(self.pictures)

    def fields(self, signed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute β h of pictures with all label neurons at −1.

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
        """Compute the argument of the tanh in the update of each label neuron.

        Args:
            signed: levels of −255 … 255 (`signed`), shape (pictures, N).

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
        """Compute the change of β h when a label neuron goes from −1 to +1, shape (C, K)."""
        return 2 * self.beta * self.labels.T.astype(np.float64)

    def probabilities(self, signed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the probability of each label, shape (pictures, C), sum 1.

        A neuron of mean tanh(z) is +1 with odds exp(2z). Restricted to states in which exactly one
        label neuron is +1, the probabilities are a softmax of 2z.

        Args:
            signed: levels of −255 … 255 (`signed`), shape (pictures, N).
        """
        z = 2 * self.drives(signed)
        shares = np.exp(z - z.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)


def signed(levels: NDArray[Any]) -> NDArray[np.float64]:
    """Map whole levels 0 … 255 to the odd numbers −255 … 255, and NaN to 0."""
    return np.nan_to_num(2.0 * levels - LEVELS, nan=0.0)


def completed(signed: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill unknown pixels with the mean picture, and scale up what the known ones differ from it.

    The differences are scaled by N/known. For digits with a half hidden this finds more labels than
    filling with 0 or with the mean alone.

    Args:
        signed: levels of −255 … 255 (`signed`), 0 where unknown, shape (pictures, N).
        mean: mean of the patterns in the same unit, shape (N,).

    Returns:
        Whole numbers of shape (pictures, N); pictures without unknown pixels are unchanged.
    """
    known = signed != 0
    share = known.shape[1] / np.maximum(known.sum(axis=1, keepdims=True), 1)
    found = np.rint(mean + np.where(known, signed - mean, 0) * share)
    return np.where(known.all(axis=1, keepdims=True), signed, found)


def energies(fields: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Compute Σ_μ max(βh_μ, 0)ⁿ from fields βh of shape (…, K), shape (…,)."""
    rectified = np.maximum(fields, 0)
    return np.einsum("...k,...k->...", power(rectified, degree - 1), rectified)


def power(base: NDArray[np.float64], exponent: int) -> NDArray[np.float64]:
    """Raise to a whole exponent of at least 1 by squaring, many times faster than `**`."""
    found, squares = None, base
    while True:
        if exponent & 1:
            found = squares.copy() if found is None else np.multiply(found, squares, out=found)
        exponent >>= 1
        if not exponent:
            assert found is not None
            return found
        squares = squares * squares
