"""Networks of explicit weights: fields that are kept up to date as neurons flip.

The numbers are whole ones over one denominator (binary/grid.py), so that every sum is exact.
"""

from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.visits import after_visit


@njit
def _set(state, fields, weights, i, new):
    """Set a neuron, and move the fields."""
    change = float(new - state[i])
    row = weights[i]
    for j in range(row.shape[0]):
        fields[j] += change * row[j]
    state[i] = new


@njit
def _sweep(state, fields, weights, order, free):
    """Visit one row's neurons in order; returns how many changed."""
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        if not free[i]:
            continue
        new = after_visit(fields[i], state[i])
        if new != state[i]:
            _set(state, fields, weights, i, new)
            changes += 1
    return changes


@njit(
    "void(int8[:,::1], float64[:,::1], float64[:,::1], int32[:,::1], boolean[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def sweep(states, fields, weights, orders, free, changes):
    """Visit each row's neurons in order, rows in parallel; h = Ws + b, W symmetric."""
    for c in prange(states.shape[0]):
        changes[c] = _sweep(states[c], fields[c], weights, orders[c], free[c])


@njit
def _thermal_sweep(state, fields, weights, order, free, thresholds):
    """Visit one row's neurons in order at a temperature; returns how many changed."""
    changes = 0
    for position in range(order.shape[0]):
        i = order[position]
        new = 1 if fields[i] > thresholds[position] else -1
        if free[i] and new != state[i]:
            _set(state, fields, weights, i, new)
            changes += 1
    return changes


@njit(
    "void(int8[:,::1], float64[:,::1], float64[:,::1], int32[:,::1], boolean[:,::1],"
    " float64[:,::1], int64[::1])",
    parallel=True,
    cache=True,
)
def thermal_sweep(states, fields, weights, orders, free, thresholds, changes):
    """Visit neurons; they become +1 where their field exceeds their threshold, else −1."""
    for c in prange(states.shape[0]):
        changes[c] = _thermal_sweep(
            states[c], fields[c], weights, orders[c], free[c], thresholds[c]
        )


def operations(visits, neurons):
    """Return the cost of visits for threads.py: a quarter of them flip, 0.15 ns a weight."""
    return visits * (10 + neurons // 5)
