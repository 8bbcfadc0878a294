"""Unlearning: a network of explicit weights settles from random states, and what it reaches fades.

Fields are kept up to date: a flip adds a row of the weights to them, which is the same as a column.
The weights would have to be gone through three times for each dream: to work out the fields of its
start, to flip, and to unlearn. So the fields of several starts are worked out together, and several
dreams are unlearned together; what those before it in the block, which the weights do not know of
yet, add to a neuron's field is found from the overlaps with them when it is visited. All numbers
are whole ones over one denominator (binary/grid.py), so sums are exact in any order.
Each state is one thread's, so results do not depend on how many there are.
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit

# Sums of whole numbers are the same in any order, and so by several lanes.
ANY_ORDER = {"reassoc", "contract"}

# Starts whose fields are worked out together, and dreams that are unlearned together.
BLOCK = 16
# Of those, as many at once as the registers hold coefficients of.
FOLD = 4


@njit
def _add(fields, row, amount):
    """Add amount · row to the fields."""
    for j in range(fields.shape[0]):
        fields[j] += amount * row[j]


@njit
def _begin(weights, states, fields):
    """fields[c] ← W s_c for a few states; each row of the weights is fetched once."""
    fields[:] = 0.0
    for j in range(weights.shape[0]):
        for c in range(states.shape[0]):
            _add(fields[c], weights[j], np.float64(states[c, j]))


@njit(fastmath=ANY_ORDER)
def _settle(weights, most, state, order, fields, change, dreams, overlaps):
    """Visit the neurons in this order, again and again, until none changes; returns the sweeps.

    The last sweep, in which nothing changed, is one of them. 0 if `most` sweeps were not enough.
    The weights are yet to lose change · (s sᵀ − 1) for each of the `dreams`, (N, dreams), which
    have these overlaps with the state.
    """
    count = overlaps.shape[0]
    for sweep in range(most):
        changed = False
        for i in order:
            own = np.float64(state[i])
            felt = -count * own
            for d in range(count):
                felt += dreams[i, d] * overlaps[d]
            # At a tie, 0, it stays as it is.
            if own * (fields[i] - change * felt) < 0:
                state[i] = -state[i]
                _add(fields, weights[i], -2.0 * own)
                for d in range(count):
                    overlaps[d] -= 2.0 * own * dreams[i, d]
                changed = True
        if not changed:
            return sweep + 1
    return 0


@njit
def _unlearn(weights, change, states):
    """W −= change · (s sᵀ − 1) for each of these states."""
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
def dream(weights, change, most, states, orders):
    """One after another, settle from each state and take change · (s sᵀ − 1) from the weights.

    Args:
        weights: symmetric, its diagonal 0 and staying so, float64 of shape (N, N); changed.
        change: ε/N.
        most: sweeps of each.
        states: where each starts, ±1, int8 of shape (dreams, N); changed to where it ended.
        orders: of the neurons that are free to change, int32 of shape (dreams, visits).
    """
    neurons = weights.shape[0]
    fields = np.empty((BLOCK, neurons))
    dreams = np.empty((neurons, BLOCK))
    overlaps = np.empty(BLOCK)
    for first in range(0, states.shape[0], BLOCK):
        block = states[first : first + BLOCK]
        _begin(weights, block, fields)
        for d in range(block.shape[0]):
            state = block[d]
            overlaps[:d] = 0.0
            for i in range(neurons):
                for e in range(d):
                    overlaps[e] += dreams[i, e] * state[i]
            _settle(
                weights, most, state, orders[first + d], fields[d], change, dreams, overlaps[:d]
            )
            for i in range(neurons):
                dreams[i, d] = state[i]
        _unlearn(weights, change, block)


@njit(
    "void(float64[:,::1], int64, int8[:,::1], int32[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def settle(weights, most, states, orders, sweeps):
    """Settle each state by its own order, blocks of states in parallel; all as in `dream`.

    `sweeps`, int64 of shape (states,), is set to how many each took, 0 if `most` were not enough.
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
    """What settling so many states costs, in elementary operations as threads.py counts them.

    The fields of the start are N² additions, and flips about half as many; eight go at once.
    """
    return states * neurons * neurons // 4
