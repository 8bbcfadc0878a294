"""The projection rule: W = ξᵀ(ξξᵀ)⁺ξ, which projects on the span of the patterns.

(Personnaz, Guyon and Dreyfus 1985.) Every pattern is a fixed point of W, correlated ones too, as
long as they are linearly independent; of dependent ones the pseudo-inverse takes the span. The
diagonal, which keeps neurons as they are, is left out for recall.
"""

import numpy as np
from numpy.typing import NDArray

# Of ξξᵀ, whose entries are whole numbers, eigenvalues that are only rounding: relative to the sum.
ZERO = 1e-12


def learned(patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W of patterns of ±1, (K, N), with its diagonal, shape (N, N)."""
    basis = _basis(patterns.astype(np.float64))
    return basis.T @ basis


def extended(matrix: NDArray[np.float64], patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W, with its diagonal, when patterns are added to those that it was learned from.

    Of one pattern W + rrᵀ/(r·r), with r = ξ − Wξ, what is new in it; of several the same with the
    projection on what is new in them.
    """
    rows = patterns.astype(np.float64)
    # The second time takes away what rounding left of the old span.
    for _ in range(2):
        rows = rows - rows @ matrix
    basis = _basis(rows)
    return matrix + basis.T @ basis


def rank(matrix: NDArray[np.float64]) -> int:
    """How many of the patterns are linearly independent: the trace of a projection."""
    return round(float(np.trace(matrix)))


def _basis(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal rows of the same span, shape (rank, N)."""
    kept, neurons = rows.shape
    # The smaller one of ξξᵀ and ξᵀξ has the same eigenvalues.
    few = kept <= neurons
    values, vectors = np.linalg.eigh(rows @ rows.T if few else rows.T @ rows)
    # Patterns have a sum of squares, and of eigenvalues, of K N.
    held = values > ZERO * kept * neurons
    if not few:
        return vectors[:, held].T
    basis = (vectors[:, held] / np.sqrt(values[held])).T @ rows
    # Rows of nearly dependent patterns come out a little askew. A step of Newton's for the inverse
    # root of their products, which should be 1, squares what these are off by.
    return 1.5 * basis - 0.5 * (basis @ basis.T) @ basis
