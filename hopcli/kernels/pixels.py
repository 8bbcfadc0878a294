"""Distances of states to patterns of bytes, which stay bytes: a quarter of float32's traffic.

Squares are added up in double precision, and weighted levels too. Other sums are made in float32,
sixteen or more of them side by side, so that none has many terms: they are good to about one part
in 10⁶. The order of every sum is the same on any number of threads.
"""

import numpy as np
from numba import prange

from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit
from hopcli.kernels.visits import ANY_ORDER


@njit(fastmath=ANY_ORDER)
def _squared(pattern, state, known):
    """Σ_i (θ_i − x_i)² where known_i is 255, not 0; x_i is 0 elsewhere."""
    total = 0.0
    for i in range(pattern.shape[0]):
        difference = np.float64(pattern[i] & known[i]) - state[i]
        total += difference * difference
    return total


@njit(fastmath=ANY_ORDER)
def _add(sums, pattern, weight):
    """sums_i += weight θ_i."""
    for i in range(sums.shape[0]):
        sums[i] += weight * np.float64(pattern[i])


@njit(fastmath=ANY_ORDER)
def _absolute(pattern, state, counts):
    """Σ_i counts_i |θ_i − x_i|."""
    total = np.float32(0)
    for i in range(pattern.shape[0]):
        total += counts[i] * abs(np.float32(pattern[i]) - state[i])
    return total


@njit(fastmath=ANY_ORDER)
def _dot(pattern, state):
    """Σ_i θ_i x_i."""
    total = np.float32(0)
    for i in range(pattern.shape[0]):
        total += np.float32(pattern[i]) * state[i]
    return total


@njit(
    "void(uint8[:,::1], float64[:,::1], uint8[:,::1], float64[:,::1])",
    parallel=True,
    cache=True,
)
def squared_distances(patterns, states, known, out):
    """out_cμ = Σ_i (θ_μi − x_ci)² over the known i, for (K, N) patterns and (states, N) states.

    known is 255 or 0; where it is 0, the state is.
    """
    for k in prange(patterns.shape[0]):
        for c in range(states.shape[0]):
            out[c, k] = _squared(patterns[k], states[c], known[c])


@njit(
    "void(uint8[:,::1], float32[:,::1], float32[:,::1], float64[:,::1])",
    parallel=True,
    cache=True,
)
def absolute_distances(patterns, states, counts, out):
    """out_cμ = Σ_i counts_ci |θ_μi − x_ci|."""
    for k in prange(patterns.shape[0]):
        for c in range(states.shape[0]):
            out[c, k] = _absolute(patterns[k], states[c], counts[c])


@njit("void(uint8[:,::1], float32[:,::1], float64[:,::1])", parallel=True, cache=True)
def dots(patterns, states, out):
    """out_cμ = Σ_i θ_μi x_ci."""
    for k in prange(patterns.shape[0]):
        for c in range(states.shape[0]):
            out[c, k] = _dot(patterns[k], states[c])


@njit("void(uint8[:,::1], int64[::1], float64[::1], float64[:,::1])", parallel=True, cache=True)
def mix(patterns, rows, weights, out):
    """out_gi += Σ_r weights_r θ_(rows_r)i over the g-th part of the rows, in their order."""
    parts, count = out.shape[0], rows.shape[0]
    for part in prange(parts):
        for r in range(count * part // parts, count * (part + 1) // parts):
            _add(out[part], patterns[rows[r]], weights[r])
