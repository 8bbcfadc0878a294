"""Overlap of two pictures: the cosine of their mean-free values."""

import numpy as np
from numpy.typing import NDArray


def overlap(state: NDArray[np.float64], pattern: NDArray[np.float64]) -> float:
    """Compute the cosine of two mean-free pictures over the known neurons.

    Args:
        state: levels, NaN where unknown, shape (N,).
        pattern: levels, shape (N,).

    Returns:
        From −1 to 1; 0 if no neuron is known, or if either picture has one level only.
    """
    known = ~np.isnan(state)
    one, other = mean_free(state), mean_free(np.where(known, pattern, np.nan))
    lengths = float(np.sqrt((one @ one) * (other @ other)))
    return float(np.clip(one @ other / lengths, -1.0, 1.0)) if lengths else 0.0


def mean_free(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract from each row the mean of its known values.

    A row of equal values becomes 0 exactly, without the rounding errors of its mean.

    Args:
        x: NaN where unknown, shape (…, N).

    Returns:
        The same shape, 0 where unknown.
    """
    known = ~np.isnan(x)
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    mean = np.where(known, x, 0.0).sum(axis=-1, keepdims=True) / count
    low = np.where(known, x, np.inf).min(axis=-1, keepdims=True, initial=np.inf)
    high = np.where(known, x, -np.inf).max(axis=-1, keepdims=True, initial=-np.inf)
    return np.where(known & (high > low), x - mean, 0.0)
