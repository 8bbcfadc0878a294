"""The classical network in integers: N h_i = Σ_μ ξ_μi m_μ − K s_i, from overlaps kept up to date.

A visit adds the overlaps of the patterns that have a 1 at the neuron, and a flip moves all
overlaps by 2: both are a few vector instructions for every 64 patterns, so neither weights nor the
fields of the other neurons are needed.
"""

import numpy as np
from numba import prange

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_signs, masked_sum, padded
from hopcli.kernels.visits import after_visit


@njit
def sum_of_ones(bits, overlaps, neurons):
    """Return Σ of the overlaps where the bits are 1, in partial sums that stay below 2³¹."""
    # No overlap exceeds N.
    block = (2**31 - 1) // (64 * neurons)
    if bits.shape[0] <= block:
        return np.int64(masked_sum(bits, overlaps))
    total = np.int64(0)
    for first in range(0, bits.shape[0], block):
        total += masked_sum(bits[first : first + block], overlaps[64 * first :])
    return total


@njit
def sum_of_signs(bits, stored):
    """Return the number of ones less the number of zeros, of so many patterns."""
    ones = np.uint64(0)
    for w in range(bits.shape[0]):
        ones += popcount(bits[w])
    return 2 * np.int64(ones) - stored


@njit
def _sweep(state, overlaps, columns, order, free):
    """Visit one row's neurons in order; returns how many changed."""
    stored = overlaps.shape[0]
    moving = padded(overlaps, columns.shape[1])
    total = np.int64(0)
    for k in range(stored):
        total += moving[k]
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        own = np.int64(state[i])
        ones = sum_of_ones(columns[i], moving, state.shape[0])
        new = after_visit(2 * ones - total - stored * own, own)
        change = new - own
        if change == 0:
            continue
        total += change * sum_of_signs(columns[i], stored)
        add_signs(moving, columns[i], np.int32(change))
        state[i] = new
        changes += 1
    overlaps[:] = moving[:stored]
    return changes


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def sweep(states, overlaps, columns, orders, free, changes):
    """Visit each row's neurons in order, rows in parallel, from columns of pattern bits."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep(states[c], overlaps[c], columns, orders[c], free[c])


def operations(visits, stored):
    """Return the cost of so many visits, in elementary operations as threads.py counts them.

    One takes about 15 ns, and 3 ns for every 64 patterns, the flip that it may bring included.
    """
    return visits * (75 + stored // 4)
