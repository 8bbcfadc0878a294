"""Sweeps at a temperature: a neuron becomes +1 where what patterns pull it up by exceeds a lead.

The leads are drawn by the caller, one a visit (binary/glauber.py). As in a cold sweep, overlaps are
kept up to date, weights are looked up where they have moved, and a visit adds up those of the
patterns that have a 1 at the neuron, and of those that have none: each sum by itself, so that no
difference is lost in the rounding of larger terms.
"""

import numpy as np
from numba import prange

from hopcli.kernels.classical import sum_of_ones, sum_of_signs
from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_signs, masked_sum

# Far more than rounding moves a logarithm by, far less than the step of an overlap.
ROUNDING = 1e-3
# As in binary/interactions/pulls.py: the lean of patterns against none.
FINITE = 1.7e308


@njit
def _padded(overlaps, words):
    """Overlaps in whole words; those of no pattern are never looked at."""
    moving = np.zeros(words * 64, dtype=np.int32)
    moving[: overlaps.shape[0]] = overlaps
    return moving


@njit
def _visited(state, i, lean, lead, moving, bits):
    """Set a neuron by its lean, and move the overlaps; returns whether it changed."""
    new = 1 if lean > lead else -1
    change = new - state[i]
    if change == 0:
        return False
    add_signs(moving, bits, np.int32(change))
    state[i] = new
    return True


@njit
def _sweep_integers(state, overlaps, columns, order, free, leads):
    stored = overlaps.shape[0]
    moving = _padded(overlaps, columns.shape[1])
    total = np.int64(0)
    for k in range(stored):
        total += moving[k]
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        own = np.int64(state[i])
        lean = 2 * sum_of_ones(columns[i], moving, state.shape[0]) - total - stored * own
        if _visited(state, i, lean, leads[position], moving, columns[i]):
            total += (state[i] - own) * sum_of_signs(columns[i], stored)
            changes += 1
    overlaps[:] = moving[:stored]
    return changes


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], float64[:,::1],"
    " int64[::1])",
    parallel=True,
    cache=True,
)
def integers(states, overlaps, columns, orders, free, leads, changes):
    """The classical network: the lean is N h_i = Σ_μ ξ_μi m_μ − K s_i. Rows in parallel."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep_integers(states[c], overlaps[c], columns, orders[c], free[c], leads[c])


@njit
def _look_up(overlaps, offset, values, weights):
    for k in range(overlaps.shape[0]):
        # Unsigned: an index that may count from the end keeps the loop from being vectorised.
        weights[k] = values[np.uint64(overlaps[k] + offset)]


@njit
def _invert(bits, inverse):
    for w in range(bits.shape[0]):
        inverse[w] = ~bits[w]


@njit
def _sweep_differences(state, overlaps, columns, order, free, leads, values):
    stored, length = overlaps.shape[0], columns.shape[1] * 64
    origin = values.shape[0] // 2
    moving = _padded(overlaps, columns.shape[1])
    agreeing, differing, unknown = np.zeros(length), np.zeros(length), np.zeros(length)
    zeros = np.empty(columns.shape[1], dtype=np.uint64)
    stale = True
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        _invert(columns[i], zeros)
        own = state[i]
        if own == 0:
            _look_up(moving[:stored], origin, values, unknown)
            lean = masked_sum(columns[i], unknown) - masked_sum(zeros, unknown)
        else:
            if stale:
                _look_up(moving[:stored], origin - 1, values, agreeing)
                _look_up(moving[:stored], origin + 1, values, differing)
                stale = False
            if own == 1:
                lean = masked_sum(columns[i], agreeing) - masked_sum(zeros, differing)
            else:
                lean = masked_sum(columns[i], differing) - masked_sum(zeros, agreeing)
        if _visited(state, i, lean, leads[position], moving, columns[i]):
            stale = True
            changes += 1
    overlaps[:] = moving[:stored]
    return changes


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], float64[:,::1],"
    " float64[::1], int64[::1])",
    parallel=True,
    cache=True,
)
def differences(states, overlaps, columns, orders, free, leads, values, changes):
    """The lean is a difference of sums of values, that of y = m_μ − ξ_μi s_i = 0 in the middle."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep_differences(
            states[c], overlaps[c], columns, orders[c], free[c], leads[c], values
        )


@njit
def _log(total, beta, tabulated):
    """The logarithm of a sum of exp(β (m − top)) over patterns, from one at the tabulated β."""
    logarithm = np.log(total)
    if beta == tabulated or total == 0.0:
        return logarithm
    return logarithm + (beta - tabulated) * np.floor(logarithm / tabulated + ROUNDING)


@njit
def _sweep_ratios(state, overlaps, columns, order, free, leads, values, beta, tabulated):
    stored = overlaps.shape[0]
    moving = _padded(overlaps, columns.shape[1])
    weights = np.zeros(columns.shape[1] * 64)
    zeros = np.empty(columns.shape[1], dtype=np.uint64)
    stale = True
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        if stale:
            top = moving[0]
            for k in range(1, stored):
                top = max(top, moving[k])
            _look_up(moving[:stored], values.shape[0] - 1 - np.int64(top), values, weights)
            stale = False
        _invert(columns[i], zeros)
        up = _log(masked_sum(columns[i], weights), beta, tabulated)
        down = _log(masked_sum(zeros, weights), beta, tabulated)
        # y is m − s for the ones, and m + s for the zeros.
        lean = min(max(up - down - 2.0 * beta * state[i], -FINITE), FINITE)
        if _visited(state, i, lean, leads[position], moving, columns[i]):
            stale = True
            changes += 1
    overlaps[:] = moving[:stored]
    return changes


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], float64[:,::1],"
    " float64[::1], float64, float64, int64[::1])",
    parallel=True,
    cache=True,
)
def ratios(states, overlaps, columns, orders, free, leads, values, beta, tabulated, changes):
    """The lean is log Σ exp(βy) over the ones, less that over the zeros.

    The values are exp(tabulated · (m − top)), top the largest overlap, that of m = top at the end.
    """
    for c in prange(states.shape[0]):
        changes[c] = _sweep_ratios(
            states[c], overlaps[c], columns, orders[c], free[c], leads[c], values, beta, tabulated
        )


def operations(visits, stored):
    """What so many visits cost, in elementary operations as threads.py counts them."""
    return visits * (100 + stored)
