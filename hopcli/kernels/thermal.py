"""Sweeps at a temperature: a neuron becomes +1 where its field exceeds a threshold, else −1.

Fields and thresholds are those of binary/interactions/_thermal.py; the caller draws a threshold for
each visit. Overlaps are kept up to date, and terms are looked up again after a flip. The terms of
the patterns with a 1 at the neuron and of those with a 0 are added up separately, so that no
difference is lost in the rounding of larger terms.
"""

import numpy as np
from numba import prange

from hopcli.kernels.classical import sum_of_ones, sum_of_signs
from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_signs, masked_sum, padded

# Far more than rounding moves a logarithm by, far less than the step of an overlap.
ROUNDING = 1e-3
# The field where all patterns have the same value, as in binary/interactions/_thermal.py.
FINITE = 1.7e308


@njit
def _visit(state, i, field, threshold, moving, bits):
    """Set a neuron and move the overlaps; return whether it changed."""
    new = 1 if field > threshold else -1
    change = new - state[i]
    if change == 0:
        return False
    add_signs(moving, bits, np.int32(change))
    state[i] = new
    return True


@njit
def _sweep_integers(state, overlaps, columns, order, free, thresholds):
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
        field = 2 * sum_of_ones(columns[i], moving, state.shape[0]) - total - stored * own
        if _visit(state, i, field, thresholds[position], moving, columns[i]):
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
def integers(states, overlaps, columns, orders, free, thresholds, changes):
    """Visit neurons of the classical network by N h_i = Σ_μ ξ_μi m_μ − K s_i, rows in parallel."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep_integers(
            states[c], overlaps[c], columns, orders[c], free[c], thresholds[c]
        )


@njit
def _look_up(overlaps, offset, values, weights):
    """Set weights[k] to the value of each overlap."""
    for k in range(overlaps.shape[0]):
        # Unsigned: an index that may count from the end keeps the loop from being vectorised.
        weights[k] = values[np.uint64(overlaps[k] + offset)]


@njit
def _invert(bits, inverse):
    """Set `inverse` to the bits that are 0."""
    for w in range(bits.shape[0]):
        inverse[w] = ~bits[w]


@njit
def _sweep_differences(state, overlaps, columns, order, free, thresholds, values):
    stored, length = overlaps.shape[0], columns.shape[1] * 64
    origin = values.shape[0] // 2
    moving = padded(overlaps, columns.shape[1])
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
            field = masked_sum(columns[i], unknown) - masked_sum(zeros, unknown)
        else:
            if stale:
                _look_up(moving[:stored], origin - 1, values, agreeing)
                _look_up(moving[:stored], origin + 1, values, differing)
                stale = False
            if own == 1:
                field = masked_sum(columns[i], agreeing) - masked_sum(zeros, differing)
            else:
                field = masked_sum(columns[i], differing) - masked_sum(zeros, agreeing)
        if _visit(state, i, field, thresholds[position], moving, columns[i]):
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
def differences(states, overlaps, columns, orders, free, thresholds, values, changes):
    """Visit neurons by Σ_μ ξ_μi values(y_μ), y_μ = m_μ − ξ_μi s_i; y = 0 is in the middle."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep_differences(
            states[c], overlaps[c], columns, orders[c], free[c], thresholds[c], values
        )


@njit
def _log(total, beta, tabulated):
    """Return log Σ exp(β (m − top)) from the sum at the tabulated β."""
    logarithm = np.log(total)
    if beta == tabulated or total == 0.0:
        return logarithm
    return logarithm + (beta - tabulated) * np.floor(logarithm / tabulated + ROUNDING)


@njit
def _sweep_ratios(state, overlaps, columns, order, free, thresholds, values, beta, tabulated):
    stored = overlaps.shape[0]
    moving = padded(overlaps, columns.shape[1])
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
        field = min(max(up - down - 2.0 * beta * state[i], -FINITE), FINITE)
        if _visit(state, i, field, thresholds[position], moving, columns[i]):
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
def ratios(states, overlaps, columns, orders, free, thresholds, values, beta, tabulated, changes):
    """Visit neurons by log Σ exp(βy) over the ones, less the same over the zeros.

    The values are exp(tabulated · (m − top)), with `top` the largest overlap, which comes last.
    """
    for c in prange(states.shape[0]):
        changes[c] = _sweep_ratios(
            states[c],
            overlaps[c],
            columns,
            orders[c],
            free[c],
            thresholds[c],
            values,
            beta,
            tabulated,
        )


def operations(visits, stored):
    """Return the cost of so many visits, in elementary operations as threads.py counts them."""
    return visits * (100 + stored)
