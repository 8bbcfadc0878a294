"""Unlearning: explicit weights settle from random states, and the end states are subtracted.

Fields are kept up to date: a flip adds a row of the weights, which equals a column. One unlearning
step would read all weights three times: for the fields of the start, for the flips, and to subtract
the end state. So the fields of a block of starts are computed together, and the end states of the
block are subtracted together. Until then a visit corrects a neuron's field for the earlier end
states of the block, by the overlaps with them. All numbers are whole ones over one denominator
(binary/grid.py), so sums are exact in any order. Each state is updated by one thread, so results do
not depend on the number of threads.
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit

# Sums of whole numbers are the same in any order, and so by several lanes.
ANY_ORDER = {"reassoc", "contract"}

# Starts whose fields are computed together, and end states that are subtracted together.
BLOCK = 16
# End states whose coefficients fit into registers.
FOLD = 4


@njit
def _add(fields, row, amount):
    """Add amount · row to the fields."""
    for j in range(fields.shape[0]):
        fields[j] += amount * row[j]


@njit
def _begin(weights, states, fields):
    """Set fields[c] to W s_c for a few states; each row of the weights is fetched once."""
    fields[:] = 0.0
    for j in range(weights.shape[0]):
        for c in range(states.shape[0]):
            _add(fields[c], weights[j], np.float64(states[c, j]))


@njit(fastmath=ANY_ORDER)
def _settle(weights, most, state, order, fields, change, ends, overlaps):
    """Sweep in this order until no neuron changes; return the number of sweeps.

    The last sweep, in which nothing changed, counts. Return 0 if `most` sweeps were not enough.
    change · (s sᵀ − 1) is still to be subtracted from the weights for each of the `ends`,
    (N, ends), whose overlaps with the state are given.
    """
    count = overlaps.shape[0]
    for sweep in range(most):
        changed = False
        for i in order:
            own = np.float64(state[i])
            unlearned = -count * own
            for d in range(count):
                unlearned += ends[i, d] * overlaps[d]
            # At a tie, 0, it stays as it is.
            if own * (fields[i] - change * unlearned) < 0:
                state[i] = -state[i]
                _add(fields, weights[i], -2.0 * own)
                for d in range(count):
                    overlaps[d] -= 2.0 * own * ends[i, d]
                changed = True
        if not changed:
            return sweep + 1
    return 0


@njit
def _unlearn(weights, change, states):
    """Subtract change · (s sᵀ − 1) from W for each of these states."""
    neurons = weights.shape[0]
    padded = np.zeros((BLOCK, neurons))
    padded[: states.shape[0]] = states
    for i in range(neurons):
        row = weights[i]
        for d in range(0, states.shape[0], FOLD):
            a, b, c, e = padded[d], padded[d + 1], padded[d + 2], padded[d + 3]
            at_a, at_b, at_c, at_e = a[i], b[i], c[i], e[i]
            for j in range(neurons):
                row[j] -= change * (at_a * a[j] + at_b * b[j] + at_c * c[j] + at_e * e[j])
        row[i] = 0.0


@njit("void(float64[:,::1], float64, int64, int8[:,::1], int32[:,::1])", cache=True)
def unlearn(weights, change, most, states, orders):
    """Settle from each state in turn, and subtract change · (s sᵀ − 1) from the weights.

    Args:
        weights: symmetric, its diagonal 0 and staying so, float64 of shape (N, N); changed.
        change: ε/N.
        most: sweeps from each state at most.
        states: where each starts, ±1, int8 of shape (steps, N); changed to the end state.
        orders: of the neurons that are free to change, int32 of shape (steps, visits).
    """
    neurons = weights.shape[0]
    fields = np.empty((BLOCK, neurons))
    ends = np.empty((neurons, BLOCK))
    overlaps = np.empty(BLOCK)
    for first in range(0, states.shape[0], BLOCK):
        block = states[first : first + BLOCK]
        _begin(weights, block, fields)
        for d in range(block.shape[0]):
            state = block[d]
            overlaps[:d] = 0.0
            for i in range(neurons):
                for e in range(d):
                    overlaps[e] += ends[i, e] * state[i]
            order = orders[first + d]
            _settle(weights, most, state, order, fields[d], change, ends, overlaps[:d])
            for i in range(neurons):
                ends[i, d] = state[i]
        _unlearn(weights, change, block)


@njit(
    "void(float64[:,::1], int64, int8[:,::1], int32[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def settle(weights, most, states, orders, sweeps):
    """Settle each state by its own order, as `unlearn` does, blocks of states in parallel.

    `sweeps`, int64 of shape (states,), is set to the number of sweeps, 0 if `most` were not enough.
    """
    for block in prange((states.shape[0] + BLOCK - 1) // BLOCK):
        first = block * BLOCK
        some = states[first : first + BLOCK]
        fields = np.empty((some.shape[0], weights.shape[0]))
        none = np.empty((weights.shape[0], 0))
        nothing = np.empty(0)
        _begin(weights, some, fields)
        for c in range(some.shape[0]):
            sweeps[first + c] = _settle(
                weights, most, some[c], orders[first + c], fields[c], 0.0, none, nothing
            )


def operations(neurons, states):
    """Return the cost of settling so many states, in elementary operations as in threads.py.

    The fields of the start are N² additions, and flips about half as many; eight go at once.
    """
    return states * neurons * neurons // 4
