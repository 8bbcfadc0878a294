"""The projection rule: W = ξᵀ(ξξᵀ)⁺ξ, which projects on the span of the patterns.

(Personnaz, Guyon and Dreyfus 1985.) Every pattern is a fixed point of W, correlated ones too, as
long as they are linearly independent; of dependent ones the pseudo-inverse takes the span. The
diagonal, which keeps neurons as they are, is left out for recall.
"""

import numpy as np
from numpy.typing import NDArray

# Eigenvalues of ξξᵀ, whole numbers off by rounding, that are 0: relative to the largest.
ZERO = 1e-11


def learned(patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W of patterns of ±1, (K, N), with its diagonal, shape (N, N); its trace is the rank of ξ."""
    basis = _basis(patterns.astype(np.float64))
    return basis.T @ basis


def extended(matrix: NDArray[np.float64], patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W, with its diagonal, when patterns are added to those that it was learned from.

    One after another: W ← W + rrᵀ/(r·r), with r = ξ − Wξ the part of the pattern that is new.
    """
    matrix = matrix.copy()
    for pattern in patterns.astype(np.float64):
        new = pattern - matrix @ pattern
        # Twice is enough: what is left of the old span in it is rounding.
        new -= matrix @ new
        square = new @ new
        if square > len(pattern) * ZERO:
            matrix += np.outer(new / square, new)
    return matrix


def rank(matrix: NDArray[np.float64]) -> int:
    """How many of the patterns were linearly independent: the trace of a projection."""
    return round(float(np.trace(matrix)))


def _basis(patterns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal rows that span the patterns, shape (rank, N)."""
    kept, neurons = patterns.shape
    # The smaller one of ξξᵀ and ξᵀξ, exact in whole numbers.
    few = kept <= neurons
    values, vectors = np.linalg.eigh(patterns @ patterns.T if few else patterns.T @ patterns)
    held = values > ZERO * values[-1]
    if not few:
        return vectors[:, held].T
    return (vectors[:, held] / np.sqrt(values[held])).T @ patterns
