"""Bounds of the tails of a sum of independent symmetric terms."""

import numpy as np

from hopcli.experiments.crosstalk.classes import Floats

# The number of splits of the classes that are tried for a bound.
TRIED = 200


def tail(sizes: Floats, rates: Floats, reach: float) -> float:
    """Bound P(|S| ≥ reach)."""
    return float(tails(sizes, rates, np.array([reach]))[0])


def tails(sizes: Floats, rates: Floats, reaches: Floats) -> Floats:
    """Bound P(|S| ≥ reach) for each reach.

    For any x: the chance of one term above x, plus Bernstein's bound for the terms up to x. Sizes
    descend; `rates` are the expected numbers of terms of each.
    """
    above = np.concatenate([[0.0], np.cumsum(rates)])
    squares = np.cumsum((rates * sizes**2)[::-1])[::-1]
    # Any x will do: of many classes not all are tried.
    tried = slice(None, None, 1 + len(sizes) // TRIED)
    far = np.maximum(reaches, 1e-300)[:, None]
    with np.errstate(under="ignore", over="ignore"):
        exponents = far / (2 * (squares[tried] / far + sizes[tried] / 3) + 1e-300)
        bounds = np.min(above[:-1][tried] + 2 * np.exp(-exponents), axis=1)
    return np.where(reaches > 0, np.minimum(np.minimum(bounds, above[-1]), 1.0), 1.0)
