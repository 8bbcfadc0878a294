"""Hebb's rule: W_ij = (1/N) Σ_μ ξ_μi ξ_μj, without a diagonal (Hopfield 1982)."""

import numpy as np
from numpy.typing import NDArray

# Patterns whose products are added up at once.
AT_ONCE = 2**10


def learned(patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W of patterns of ±1, (K, N), shape (N, N): whole numbers over N."""
    neurons = patterns.shape[1]
    return extended(np.zeros((neurons, neurons)), patterns)


def extended(matrix: NDArray[np.float64], patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W when patterns are added to those that it was learned from."""
    return _moved(matrix, patterns, 1)


def reduced(matrix: NDArray[np.float64], patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W when patterns are taken away from those that it was learned from."""
    return _moved(matrix, patterns, -1)


def _moved(
    matrix: NDArray[np.float64], patterns: NDArray[np.int8], sign: int
) -> NDArray[np.float64]:
    """Whole numbers, added up, over N."""
    counts = np.rint(matrix * len(matrix))
    for start in range(0, len(patterns), AT_ONCE):
        rows = patterns[start : start + AT_ONCE].astype(np.float64)
        counts += rows.T @ (sign * rows)
    np.fill_diagonal(counts, 0)
    counts /= len(matrix)
    return counts
