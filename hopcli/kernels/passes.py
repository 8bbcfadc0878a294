"""Counts of overlaps in one pass over packed patterns, uint64 of shape (K, ceil(N/64))."""

import numpy as np
from numba import prange

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit

# Partitions of the patterns, which are counted in parallel.
TASKS = 8


@njit
def _overlap(pattern, state_bits, known_bits, known):
    """Return Σ_i ξ_i s_i over known neurons."""
    differing = np.uint64(0)
    for w in range(pattern.shape[0]):
        differing += popcount((pattern[w] ^ state_bits[w]) & known_bits[w])
    return known - 2 * np.int64(differing)


@njit(
    "void(uint64[:,::1], uint64[:,::1], uint64[:,::1], int64[::1], int64[:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def survey(patterns, state_bits, known_bits, known, counts, ends):
    """Add the number of patterns at each overlap m to counts[c, m + N], shape (cues, 2N + 1).

    ends[c] is set to the first pattern of the largest overlap, and the first of the smallest one.
    """
    stored, cues = patterns.shape[0], state_bits.shape[0]
    neurons = counts.shape[1] // 2
    numbers = np.zeros((TASKS, cues, counts.shape[1]), dtype=np.int64)
    found = np.zeros((TASKS, cues, 4), dtype=np.int64)
    for task in prange(TASKS):
        found[task, :, 0] = -neurons - 1
        found[task, :, 2] = neurons + 1
        for k in range(stored * task // TASKS, stored * (task + 1) // TASKS):
            for c in range(cues):
                m = _overlap(patterns[k], state_bits[c], known_bits[c], known[c])
                numbers[task, c, m + neurons] += 1
                if m > found[task, c, 0]:
                    found[task, c, 0], found[task, c, 1] = m, k
                if m < found[task, c, 2]:
                    found[task, c, 2], found[task, c, 3] = m, k
    for c in range(cues):
        highest, lowest = 0, 0
        for task in range(TASKS):
            counts[c] += numbers[task, c]
            if found[task, c, 0] > found[highest, c, 0]:
                highest = task
            if found[task, c, 2] < found[lowest, c, 2]:
                lowest = task
        ends[c, 0], ends[c, 1] = found[highest, c, 1], found[lowest, c, 3]
