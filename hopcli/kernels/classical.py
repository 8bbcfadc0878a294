"""The classical network in integers: N h_i = Σ_μ ξ_μi m_μ − K s_i, kept up to date at flips."""

import numpy as np
from numba import prange

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit


@njit
def _after_visit(field, own):
    """The sign of the field; at a tie the own state, or +1 where that is unknown."""
    if field > 0:
        return 1
    if field < 0:
        return -1
    return own if own != 0 else 1


@njit("void(int8[:,::1], int32[:,::1], uint64[:,::1], int64[:,::1])", parallel=True, cache=True)
def fields_from_patterns(states, overlaps, columns, fields):
    """N h for every neuron of every row, from columns of pattern bits, shape (N, ceil(K/64))."""
    cues, neurons = states.shape
    stored = overlaps.shape[1]
    padded = np.zeros((cues, columns.shape[1] * 64), dtype=np.int64)
    padded[:, :stored] = overlaps
    totals = padded.sum(axis=1)
    for i in prange(neurons):
        for c in range(cues):
            positive = np.int64(0)
            for w in range(columns.shape[1]):
                word = columns[i, w]
                block = padded[c, w * 64 : w * 64 + 64]
                for b in range(64):
                    if (word >> np.uint64(b)) & np.uint64(1):
                        positive += block[b]
            fields[c, i] = 2 * positive - totals[c] - stored * states[c, i]


@njit("void(uint64[:,::1], int64, int32[:,::1])", parallel=True, cache=True)
def weights(columns, stored, out):
    """N W_ij = Σ_μ ξ_μi ξ_μj for i ≠ j and 0 on the diagonal, shape (N, N)."""
    neurons, words = columns.shape
    for i in prange(neurons):
        for j in range(neurons):
            differing = np.uint64(0)
            for w in range(words):
                differing += popcount(columns[i, w] ^ columns[j, w])
            out[i, j] = stored - 2 * np.int64(differing)
        out[i, i] = 0


@njit("void(int8[:,::1], int32[:,::1], int64[:,::1])", parallel=True, cache=True)
def fields_from_weights(states, weights, fields):
    """N h = (N W) s for every row."""
    cues, neurons = states.shape
    for i in prange(neurons):
        for c in range(cues):
            field = np.int64(0)
            for j in range(neurons):
                field += np.int64(weights[i, j]) * states[c, j]
            fields[c, i] = field


@njit(
    "void(int8[:,::1], int64[:,::1], uint64[:,::1], int64, int32[:,::1], boolean[:,::1],"
    " int64[::1])",
    parallel=True,
    cache=True,
)
def sweep_from_patterns(states, fields, columns, stored, orders, free, changes):
    """Visit each row's neurons in order; a flip shifts all fields by a column of W, counted."""
    neurons, words = columns.shape
    for c in prange(states.shape[0]):
        for position in range(orders.shape[1]):
            i = orders[c, position]
            if not free[c, i]:
                continue
            change = _after_visit(fields[c, i], states[c, i]) - states[c, i]
            if change == 0:
                continue
            for j in range(neurons):
                differing = np.uint64(0)
                for w in range(words):
                    differing += popcount(columns[i, w] ^ columns[j, w])
                fields[c, j] += change * (stored - 2 * np.int64(differing))
            fields[c, i] -= change * stored
            states[c, i] += change
            changes[c] += 1


@njit(
    "void(int8[:,::1], int64[:,::1], int32[:,::1], int32[:,::1], boolean[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def sweep_from_weights(states, fields, weights, orders, free, changes):
    """Visit each row's neurons in order; a flip shifts all fields by one row of the weights."""
    neurons = weights.shape[0]
    for c in prange(states.shape[0]):
        for position in range(orders.shape[1]):
            i = orders[c, position]
            if not free[c, i]:
                continue
            change = _after_visit(fields[c, i], states[c, i]) - states[c, i]
            if change == 0:
                continue
            for j in range(neurons):
                fields[c, j] += change * np.int64(weights[i, j])
            states[c, i] += change
            changes[c] += 1
