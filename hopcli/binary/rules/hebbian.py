"""Hebb's rule: W_ij = (1/N) Σ_μ ξ_μi ξ_μj, without a diagonal (Hopfield 1982)."""

import numpy as np
from numpy.typing import NDArray


def learned(patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W of patterns of ±1, (K, N), shape (N, N): whole numbers over N."""
    neurons = patterns.shape[1]
    single = patterns.astype(np.float32)
    # Sums of K terms of ±1 are exact in float32 up to 2²⁴.
    counts = np.zeros((neurons, neurons))
    for start in range(0, len(patterns), 2**24):
        block = single[start : start + 2**24]
        counts += block.T @ block
    np.fill_diagonal(counts, 0)
    counts /= neurons
    return counts
