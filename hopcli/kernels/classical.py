"""The classical network in integers: N h_i = Σ_μ ξ_μi m_μ − K s_i, from overlaps kept up to date.

A visit adds the overlaps of the patterns that have a 1 at the neuron, and a flip moves all
overlaps by 2: both are a few vector instructions for every 64 patterns, so neither weights nor the
fields of the other neurons are needed.
"""

import numpy as np
from numba import prange

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_signs, masked_sum


@njit
def sum_of_ones(bits, overlaps, neurons):
    """Σ of the overlaps where the bits are 1, in as many words at a time as stay below 2³¹."""
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
    """How many of so many patterns have a 1, less how many have none."""
    ones = np.uint64(0)
    for w in range(bits.shape[0]):
        ones += popcount(bits[w])
    return 2 * np.int64(ones) - stored


@njit
def _sweep(state, overlaps, columns, order, free):
    """Visit one row's neurons in order; returns how many changed."""
    stored = overlaps.shape[0]
    # Whole words of overlaps; those of no pattern are never looked at.
    moving = np.empty(columns.shape[1] * 64, dtype=np.int32)
    moving[:stored] = overlaps
    total = np.int64(0)
    for k in range(stored):
        total += moving[k]
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        own = state[i]
        ones = sum_of_ones(columns[i], moving, state.shape[0])
        field = 2 * ones - total - stored * np.int64(own)
        new = own
        if field > 0:
            new = 1
        elif field < 0:
            new = -1
        elif own == 0:
            new = 1
        if new == own:
            continue
        change = new - own
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
    """What so many visits cost, in elementary operations as threads.py counts them.

    One takes about 15 ns, and 3 ns for every 64 patterns, the flip that it may bring included.
    """
    return visits * (75 + stored // 4)
