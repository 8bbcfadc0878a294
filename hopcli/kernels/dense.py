"""Dense associative memories: h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i), from D's table.

With weights P_μ = D(m_μ − 1) + D(m_μ + 1), twice the field of a known neuron is
s_i Σ_μ [D(m_μ − 1) − D(m_μ + 1)] + Σ_μ ξ_μi P_μ, and the second sum is that of P over the ones of
a column of bits: K additions and no look-up. That of an unknown neuron, in state 0, is
Σ_μ ξ_μi D(m_μ). A sum that is not larger than its rounding error may be is left to the caller, so
the order of additions is free.
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_signs, look_up, masked_sum, padded
from hopcli.kernels.visits import UNDECIDED, UNDERFLOW, decided

# The columns of a table, in the row of m: P, D(m − 1) − D(m + 1), |D(m − 1)| + |D(m + 1)|, which
# is at least |D(m)| as well, and D(m).
P, OWN, MAGNITUDE, D = range(4)


@njit
def _sweep(state, overlaps, columns, order, free, table, offset, slack, start, changes):
    """Visit order[start:] one by one; returns where it stopped undecided, or len(order)."""
    stored = overlaps.shape[0]
    moving = padded(overlaps, columns.shape[1])
    weights = np.empty(columns.shape[1] * 64)
    sums = np.zeros(4)
    stale = True
    position = start
    while position < order.shape[0]:
        i = order[position]
        if free[i]:
            own = np.int64(state[i])
            if stale or own == 0:
                sums[:] = 0.0
                look_up(moving[:stored], table, weights, sums, offset, D if own == 0 else P)
                stale = own == 0
            of_ones = 2.0 * masked_sum(columns[i], weights)
            field = of_ones - sums[D] if own == 0 else own * sums[OWN] + of_ones - sums[P]
            bound = slack * (sums[MAGNITUDE] + UNDERFLOW)
            new = decided(field, bound, own, slack == 0.0)
            if new == UNDECIDED:
                break
            if new != own:
                add_signs(moving, columns[i], np.int32(new - own))
                state[i] = new
                changes[0] += 1
                stale = True
        position += 1
    overlaps[:] = moving[:stored]
    return position


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], float64[:,::1],"
    " int64[::1], float64, int64[::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def sweep(states, overlaps, columns, orders, free, table, offsets, slack, positions, changes):
    """Sweep each row on from its position, rows in parallel."""
    for c in prange(states.shape[0]):
        positions[c] = _sweep(
            states[c], overlaps[c], columns, orders[c], free[c], table, offsets[c], slack,
            positions[c], changes[c],
        )  # fmt: skip


def operations(visits, stored):
    """Return the cost of so many visits, in elementary operations as threads.py counts them.

    A visit adds 64 weights in 2 ns or more, and every fourth brings a flip, after which all
    weights are looked up anew, in 0.4 ns each.
    """
    return visits * (75 + stored)
