"""What one pass over packed patterns tells of states: where overlaps lie, and what neurons feel.

Patterns are uint64 of shape (K, ceil(N/64)). They are gone through in a fixed number of tasks, each
of which adds up for itself, so the number of threads changes no sum.
"""

import numpy as np
from numba import prange

from hopcli.kernels.bits import popcount, transpose_square
from hopcli.kernels.compiling import njit

TASKS = 8
# Patterns that are laid out by neuron at a time: of 1,024 neurons, a quarter of a megabyte.
BLOCK = 2048
# Sums may be added in any order; infinities and their differences must stay what they are.
ANY_ORDER = {"reassoc", "nsz", "contract"}


@njit
def _overlap(pattern, state_bits, known_bits, known):
    """Σ_i ξ_i s_i."""
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
    """How many patterns are at each overlap m, counts[c, m + N], N being (counts.shape[1] − 1)/2.

    ends[c] ← the first pattern of the largest overlap, and the first of the smallest one.
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


@njit
def _columns(patterns, first, last, columns):
    """Bit k of columns[i] ← bit i of patterns[first + k]; 0 from `last` on."""
    for kw in range(columns.shape[1]):
        square = np.empty(64, dtype=np.uint64)
        for w in range(patterns.shape[1]):
            for b in range(64):
                k = first + kw * 64 + b
                square[b] = patterns[k, w] if k < last else np.uint64(0)
            transpose_square(square)
            for b in range(min(64, columns.shape[0] - w * 64)):
                columns[w * 64 + b, kw] = square[b]


@njit(fastmath=ANY_ORDER, inline="never")
def _masked_sum(bits, weights):
    """Σ of the weights where the bits are 1."""
    total = 0.0
    for w in range(bits.shape[0]):
        word = bits[w]
        block = weights[w * 64 : w * 64 + 64]
        for b in range(64):
            if (word >> np.uint64(b)) & np.uint64(1):
                total += block[b]
    return total


@njit(
    "void(uint64[:,::1], int8[:,::1], uint64[:,::1], uint64[:,::1], int64[::1], float64[::1],"
    " int64[::1], float64[:,::1], float64[:,::1])",
    parallel=True,
    cache=True,
)
def fields(patterns, states, state_bits, known_bits, known, values, offsets, out, sizes):
    """A multiple of h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i), and the sum of the terms' magnitudes.

    D(y) stands in values[y + offsets[c]]. For a known neuron it is 2h_i = s_i Σ_μ [D(m_μ − 1) −
    D(m_μ + 1)] + Σ_μ ξ_μi [D(m_μ − 1) + D(m_μ + 1)], the second sum being over the ones of a column
    of bits; for an unknown one h_i = Σ_μ ξ_μi D(m_μ).
    """
    stored, (cues, neurons) = patterns.shape[0], states.shape
    blocks = (stored + BLOCK - 1) // BLOCK
    sums = np.zeros((TASKS, cues, neurons))
    magnitudes = np.zeros((TASKS, cues, 2))
    for task in prange(TASKS):
        columns = np.empty((neurons, BLOCK // 64), dtype=np.uint64)
        weights = np.empty(BLOCK)
        at = np.empty(BLOCK)
        for block in range(blocks * task // TASKS, blocks * (task + 1) // TASKS):
            first, last = block * BLOCK, min(stored, (block + 1) * BLOCK)
            _columns(patterns, first, last, columns)
            for c in range(cues):
                total, own_part, total_at, size, size_at = 0.0, 0.0, 0.0, 0.0, 0.0
                weights[:] = 0.0
                at[:] = 0.0
                for k in range(first, last):
                    place = offsets[c] + _overlap(
                        patterns[k], state_bits[c], known_bits[c], known[c]
                    )
                    below, above = values[place - 1], values[place + 1]
                    weights[k - first] = below + above
                    total += below + above
                    own_part += below - above
                    size += abs(below) + abs(above)
                    if known[c] < neurons:
                        at[k - first] = values[place]
                        total_at += values[place]
                        size_at += abs(values[place])
                magnitudes[task, c, 0] += size
                magnitudes[task, c, 1] += size_at
                for i in range(neurons):
                    own = states[c, i]
                    if own == 0:
                        sums[task, c, i] += 2.0 * _masked_sum(columns[i], at) - total_at
                    else:
                        of_ones = _masked_sum(columns[i], weights)
                        sums[task, c, i] += own * own_part + 2.0 * of_ones - total
    for c in range(cues):
        for i in range(neurons):
            unknown = 1 if states[c, i] == 0 else 0
            for task in range(TASKS):
                out[c, i] += sums[task, c, i]
                sizes[c, i] += magnitudes[task, c, unknown]
