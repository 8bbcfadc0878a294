"""Weighted median of patterns."""

import numpy as np
from numpy.typing import NDArray

# Levels sorted at once.
AT_ONCE = 2**21


def weighted_median(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the x_i at which Σ_μ w_μ |θ_μi − x_i| is least, shape (N,); the lowest of several.

    Args:
        rows: θ, shape (M, N).
        weights: w, at least 0 and not all 0, shape (M,).
    """
    median = np.empty(rows.shape[1])
    columns = max(1, AT_ONCE // len(rows))
    for start in range(0, rows.shape[1], columns):
        some = rows[:, start : start + columns]
        order = some.argsort(axis=0)
        reached = weights[order].cumsum(axis=0)
        row = (reached >= reached[-1] / 2).argmax(axis=0)
        chosen = np.take_along_axis(order, row[None], axis=0)
        median[start : start + columns] = np.take_along_axis(some, chosen, axis=0)[0]
    return median
