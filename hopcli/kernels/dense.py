"""Dense associative memories: h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i), from D's table.

With weights P_μ = D(m_μ − 1) + D(m_μ + 1), twice the field of a known neuron is
s_i Σ_μ [D(m_μ − 1) − D(m_μ + 1)] + Σ_μ ξ_μi P_μ, and the second sum is that of P over the ones of
a column of bits: K additions and no look-up. A sum that is not larger than its rounding error may
be is left to the caller, so the order of additions is free.
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit

# Sums may be added in any order; infinities and their differences must stay what they are.
ANY_ORDER = {"reassoc", "nsz", "contract"}

UNDECIDED = 2
# As in binary/dynamics.py: keeps table entries that underflowed from deciding anything.
UNDERFLOW = 1e-270


@njit(fastmath=ANY_ORDER, inline="never")
def _masked_sum(bits, weights):
    """Σ of the weights where the bits are 1."""
    total = weights[0] * 0
    for w in range(bits.shape[0]):
        word = bits[w]
        block = weights[w * 64 : w * 64 + 64]
        for b in range(64):
            if (word >> np.uint64(b)) & np.uint64(1):
                total += block[b]
    return total


@njit(fastmath=ANY_ORDER)
def _weigh(overlaps, values, offset, weights):
    """P of each pattern into `weights`; returns ΣP, Σ[D(m−1) − D(m+1)], the sum of magnitudes."""
    total = 0.0
    own_part = 0.0
    magnitude = 0.0
    for k in range(overlaps.shape[0]):
        place = overlaps[k] + offset
        below = values[place - 1]
        above = values[place + 1]
        weights[k] = below + above
        total += below + above
        own_part += below - above
        magnitude += abs(below) + abs(above)
    return total, own_part, magnitude


@njit(fastmath=ANY_ORDER)
def _unknown_field(bits, overlaps, values, offset):
    """H of a neuron in state 0, Σ_μ ξ_μi D(m_μ), and the sum of magnitudes."""
    field = 0.0
    magnitude = 0.0
    for k in range(overlaps.shape[0]):
        difference = values[overlaps[k] + offset]
        magnitude += abs(difference)
        if (bits[k >> 6] >> np.uint64(k & 63)) & np.uint64(1):
            field += difference
        else:
            field -= difference
    return field, magnitude


@njit
def _after_visit(field, bound, own, exact):
    """The new state in this field, or UNDECIDED where it is no larger than its possible error."""
    if field > bound:
        return 1
    if field < -bound:
        return -1
    if not exact:
        return UNDECIDED
    return own if own != 0 else 1


@njit
def _shift_overlaps(overlaps, bits, change):
    """m_μ += ξ_μi · change, for the change of one neuron (int32)."""
    twice = 2 * change
    for w in range(bits.shape[0]):
        word = bits[w]
        block = overlaps[w * 64 : w * 64 + 64]
        for b in range(block.shape[0]):
            block[b] += np.int32((word >> np.uint64(b)) & np.uint64(1)) * twice - change


@njit
def _sweep(state, overlaps, columns, order, free, values, offset, slack, start, changes):
    """Visit order[start:] one by one; returns where it stopped undecided, or len(order)."""
    weights = np.zeros(columns.shape[1] * 64)
    total, own_part, magnitude = 0.0, 0.0, 0.0
    stale = True
    for position in range(start, order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        own = state[i]
        if own == 0:
            field, size = _unknown_field(columns[i], overlaps, values, offset)
        else:
            if stale:
                total, own_part, magnitude = _weigh(overlaps, values, offset, weights)
                stale = False
            field = own * own_part + 2.0 * _masked_sum(columns[i], weights) - total
            size = magnitude
        new = _after_visit(field, slack * (size + UNDERFLOW), own, slack == 0.0)
        if new == UNDECIDED:
            return position
        if new != own:
            _shift_overlaps(overlaps, columns[i], np.int32(new - own))
            state[i] = new
            changes[0] += 1
            stale = True
    return order.shape[0]


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], int32[:,::1], boolean[:,::1], float64[::1],"
    " int64[::1], float64, int64[::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def sweep(states, overlaps, columns, orders, free, values, offsets, slack, positions, changes):
    """Sweep each row on from its position, rows in parallel."""
    for c in prange(states.shape[0]):
        positions[c] = _sweep(
            states[c], overlaps[c], columns, orders[c], free[c], values, offsets[c], slack,
            positions[c], changes[c],
        )  # fmt: skip


@njit(
    "void(int8[:,::1], int32[:,::1], uint64[:,::1], float64[::1], int64[::1], float64,"
    " int8[:,::1])",
    parallel=True,
    cache=True,
)
def step(states, overlaps, columns, values, offsets, slack, new):
    """What every neuron of every row would become if it were visited now, or UNDECIDED."""
    cues, neurons = states.shape
    weights = np.zeros((cues, columns.shape[1] * 64))
    sums = np.zeros((cues, 3))
    for c in prange(cues):
        sums[c] = _weigh(overlaps[c], values, offsets[c], weights[c])
    for i in prange(neurons):
        for c in range(cues):
            own = states[c, i]
            if own == 0:
                field, size = _unknown_field(columns[i], overlaps[c], values, offsets[c])
            else:
                total, own_part, size = sums[c]
                field = own * own_part + 2.0 * _masked_sum(columns[i], weights[c]) - total
            new[c, i] = _after_visit(field, slack * (size + UNDERFLOW), own, slack == 0.0)
