"""Exponential memories of which only the patterns near each state are looked at.

h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i) over those, and what all others add to it lies below
`others` · D(bound + 1), with `bound` the largest overlap that any of them may have: it grows by as
much as the state changes. A neuron is decided where its field is larger than that, and than its
rounding error. The patterns near state c are rows starts[c] to starts[c + 1].
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.visits import UNDECIDED, UNDERFLOW, decided

# The bound's own rounding.
ABOVE = 1.001


@njit
def _bit(words, k, i):
    """Return ξ_ki, ±1."""
    return 2 * np.int64((words[k, i >> 6] >> np.uint64(i & 63)) & np.uint64(1)) - 1


@njit
def _new_state(words, first, last, overlaps, i, own, values, offset, slack, rest):
    """Return the state of neuron i after a visit, or UNDECIDED."""
    field = 0.0
    size = 0.0
    for k in range(first, last):
        xi = _bit(words, k, i)
        difference = values[overlaps[k] - xi * own + offset]
        field += xi * difference
        size += difference
    return decided(field, slack * (size + UNDERFLOW) + rest, own, False)


@njit
def _rest(others, bound, values, offset):
    """Return a bound of what all other patterns may add to a field."""
    return ABOVE * others * values[bound + 1 + offset] if others else 0.0


@njit(
    "void(int8[:,::1], uint64[:,::1], int64[::1], int32[::1], int64[::1], int64[::1],"
    " int32[:,::1], boolean[:,::1], float64[::1], int64, float64, int64[::1], int64[::1])",
    parallel=True,
    cache=True,
)
def sweep(
    states, words, starts, overlaps, others, bounds, orders, free, values, origin, slack,
    positions, changes,
):  # fmt: skip
    """Visit each row's neurons from its position on, until one cannot be decided."""
    neurons = states.shape[1]
    for c in prange(states.shape[0]):
        first, last = starts[c], starts[c + 1]
        offset = origin - overlaps[first:last].max()
        rest = _rest(others[c], bounds[c], values, offset)
        while positions[c] < orders.shape[1]:
            i = orders[c, positions[c]]
            own = np.int64(states[c, i])
            new = own
            if free[c, i]:
                new = _new_state(words, first, last, overlaps, i, own, values, offset, slack, rest)
            if new == UNDECIDED:
                break
            if new != own:
                change = new - own
                for k in range(first, last):
                    overlaps[k] += np.int32(change * _bit(words, k, i))
                states[c, i] = new
                changes[c] += 1
                bounds[c] = min(neurons, bounds[c] + abs(change))
                offset = origin - overlaps[first:last].max()
                rest = _rest(others[c], bounds[c], values, offset)
            positions[c] += 1


@njit(
    "void(int8[:,::1], uint64[:,::1], int64[::1], int32[::1], int64[::1], int64[::1],"
    " float64[::1], int64, float64, int8[:,::1])",
    parallel=True,
    cache=True,
)
def step(states, words, starts, overlaps, others, bounds, values, origin, slack, new):
    """Set `new` to what every neuron would become if it were visited now, or UNDECIDED."""
    for c in prange(states.shape[0]):
        first, last = starts[c], starts[c + 1]
        offset = origin - overlaps[first:last].max()
        rest = _rest(others[c], bounds[c], values, offset)
        for i in range(states.shape[1]):
            own = np.int64(states[c, i])
            new[c, i] = _new_state(
                words, first, last, overlaps, i, own, values, offset, slack, rest
            )
