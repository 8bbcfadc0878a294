"""Weights as whole numbers over one denominator, so that every sum of them is exact.

A local field is a sum of weights. In floating point it would depend on the order in which they are
added, and so on the number of threads, and a tie would be decided by rounding errors. Whole numbers
below 2⁵³ add up exactly in float64, in any order. So weights are rounded to multiples of 1/d, once,
when they are learned; what is nearer to 0 than half of that is 0.
"""

import numpy as np

from hopcli.binary.arrays import Real

# The largest field in whole numbers. 2⁵³ would be exact too; with 2⁴⁰, a field is known to 10⁻¹² of
# the largest, and the rounding errors of linear algebra, which are smaller, become 0.
LARGEST_FIELD = 2.0**40


def denominator_for(weights: Real, bias: Real | None = None) -> float:
    """Return a power of two, d, for which no field is above 2⁴⁰ in units of 1/d.

    Args:
        weights: a row for each neuron, shape (N, M).
        bias: shape (N,), where there are biases beside them.
    """
    # Row by row: the absolute values of all would take as much memory as the weights.
    sums = np.array([np.abs(row).sum() for row in weights])
    largest = float((sums if bias is None else sums + np.abs(bias)).max(initial=0.0))
    if largest == 0:
        return 1.0
    return float(2.0 ** np.floor(np.log2(LARGEST_FIELD / largest)))


def round_to(values: Real, denominator: float) -> None:
    """Round values, in place, to multiples of 1/d."""
    values *= denominator
    np.rint(values, out=values)
    values /= denominator
    # No negative zeros.
    values += 0.0


def is_power_of_two(denominator: float) -> bool:
    """Return whether d is a power of two, so that multiples of 1/d are exact in floats."""
    return float(np.frexp(denominator)[0]) == 0.5
