"""Distances of states to patterns of bytes, which stay bytes: a quarter of float32's traffic.

Sums are made in float32, sixteen or more of them side by side, so that none has many terms:
distances are good to about one part in 10⁶.
"""

import numpy as np
from numba import njit, prange

from hopcli.kernels.threads import suit as suit

# Additions may be made in any order.
ANY_ORDER = {"reassoc", "nsz", "contract"}


@njit(fastmath=ANY_ORDER)
def _squared(pattern, state, counts):
    """Σ_i counts_i (θ_i − x_i)²."""
    total = np.float32(0)
    for i in range(pattern.shape[0]):
        difference = np.float32(pattern[i]) - state[i]
        total += counts[i] * difference * difference
    return total


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
    "void(uint8[:,::1], float32[:,::1], float32[:,::1], float64[:,::1])",
    parallel=True,
    cache=True,
)
def squared_distances(patterns, states, counts, out):
    """out_cμ = Σ_i counts_ci (θ_μi − x_ci)², for (K, N) patterns and (states, N) states."""
    for k in prange(patterns.shape[0]):
        for c in range(states.shape[0]):
            out[c, k] = _squared(patterns[k], states[c], counts[c])


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
