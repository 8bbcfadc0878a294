"""Storkey's rule (1997): w_ij += (1/N)(ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j), pattern by pattern.

h_ij = Σ_{k≠i,j} w_ik ξ_k is the field of neuron i without what it has of itself and of j, by the
weights from before the pattern; there is no diagonal. With h_i = Σ_k w_ik ξ_k, h_ij is
h_i − w_ij ξ_j, and so

    w_ij ← (1 + 2/N) w_ij + (1/N) [(ξ_i − h_i)(ξ_j − h_j) − h_i h_j],   i ≠ j.

After some patterns, W is a weighted sum of the outer products of the rows u = ξ − h and h, less its
diagonal. So the fields need only these rows, and W is worked out once for many patterns.
"""

import numpy as np
from numpy.typing import NDArray


def learned(patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W of patterns of ±1, (K, N), in their order, without a diagonal, shape (N, N)."""
    neurons = patterns.shape[1]
    return extended(np.zeros((neurons, neurons)), patterns)


def extended(matrix: NDArray[np.float64], patterns: NDArray[np.int8]) -> NDArray[np.float64]:
    """W, without a diagonal, when patterns are added to those that it was learned from."""
    # (1 + 2/N)^block stays below 2, so that nothing cancels that the rule itself does not.
    block = max(1, patterns.shape[1] // 4)
    for start in range(0, len(patterns), block):
        matrix = _extended(matrix, patterns[start : start + block].astype(np.float64))
    return matrix


def _extended(matrix: NDArray[np.float64], patterns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same for patterns that are few enough for one block."""
    kept, neurons = patterns.shape
    growth = 1 + 2 / neurons
    # The fields by the weights from before the block, which grow with every pattern.
    before = patterns @ matrix
    rows = np.empty((2 * kept, neurons))
    signs = np.tile([1.0, -1.0], kept) / neurons
    diagonal = np.zeros(neurons)
    for mu, pattern in enumerate(patterns):
        past = rows[: 2 * mu]
        ages = growth ** np.repeat(np.arange(mu - 1, -1, -1), 2)
        fields = growth**mu * before[mu] - diagonal * pattern
        fields += (signs[: 2 * mu] * ages * (past @ pattern)) @ past
        rows[2 * mu], rows[2 * mu + 1] = pattern - fields, fields
        diagonal = growth * diagonal + (rows[2 * mu] ** 2 - fields**2) / neurons
    ages = growth ** np.repeat(np.arange(kept - 1, -1, -1), 2)
    matrix = growth**kept * matrix + (rows.T * (signs * ages)) @ rows
    np.fill_diagonal(matrix, 0)
    # What a product of matrices rounds differently on the two sides.
    return (matrix + matrix.T) / 2
