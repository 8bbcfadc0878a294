"""Which patterns of bytes are near a state: sums over pixels that are given up when too large.

Sums are of whole numbers, so they are exact, and the same on any number of threads. A pattern's
pixels are taken a segment at a time, in a given order; squares and magnitudes only add up, so a
pattern whose sum is above a limit is beyond it, whatever pixels are left.
"""

import numpy as np
from numba import prange

from hopcli.kernels import segments
from hopcli.kernels.compiling import njit
from hopcli.kernels.segments import FARTHEST as FARTHEST
from hopcli.kernels.segments import SEGMENT
from hopcli.kernels.threads import suit as suit

# Patterns that are held against one state before the next: their segments stay in cache.
TILE = 8
# Rows that are not read to their end break the processor's own foresight. It is told so many
# patterns ahead what will be needed: a quarter of each of 50,000 rows of 3,072 bytes then takes
# 2.0 ms on one thread, not 4.6, which is as long as all of it.
AHEAD = 8
LINE = 64

# Each call that is not written out costs as much as a segment: arrays' references are counted.
INLINE = {"inline": "always"}

squares, known_squares = segments.squares, segments.known_squares
magnitudes, known_magnitudes = segments.magnitudes, segments.known_magnitudes
prefetch = segments.prefetch


@njit(**INLINE)
def _difference(patterns, k, states, known, c, i):
    """θ_μi − x_ci, 0 where unknown."""
    level = np.int64(patterns[k, i])
    if known.shape[0] and not known[c, i]:
        level = np.int64(0)
    return level - np.int64(states[c, i])


@njit(**INLINE)
def _squares(patterns, k, states, known, c, start):
    """Σ_i (θ_μi − x_ci)² over the known pixels of the segment that begins at a pixel."""
    if start + SEGMENT > patterns.shape[1]:
        total = np.int64(0)
        for i in range(start, patterns.shape[1]):
            total += _difference(patterns, k, states, known, c, i) ** 2
        return total
    if known.shape[0] == 0:
        return squares(patterns, k, states, c, start)
    return known_squares(patterns, k, states, known, c, start)


@njit(**INLINE)
def _magnitudes(patterns, k, states, known, c, start):
    """Σ_i |θ_μi − x_ci| over the known pixels of the segment that begins at a pixel."""
    if start + SEGMENT > patterns.shape[1]:
        total = np.int64(0)
        for i in range(start, patterns.shape[1]):
            total += abs(_difference(patterns, k, states, known, c, i))
        return total
    if known.shape[0] == 0:
        return magnitudes(patterns, k, states, c, start)
    return known_magnitudes(patterns, k, states, known, c, start)


@njit(**INLINE)
def _foresee(patterns, row, order, first, last):
    """Ask for some segments of a row, unless it is nearly all of it, which goes without saying."""
    if 4 * (last - first) > 3 * order.shape[0]:
        return
    for place in range(first, last):
        start = order[place] * SEGMENT
        for column in range(start, min(start + SEGMENT, patterns.shape[1]), LINE):
            prefetch(patterns, row, column)


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_squares(patterns, states, known, order, span, limits, sums):
    """sums_cμ += Σ_i (θ_μi − x_ci)² over segments order[span[0]:span[1]], while within limits_c.

    What is foreseen of each pattern is span[0] to span[2]. known is 255 or 0, where the state is 0
    too, and of shape (states, N), or (0, 0) where all is known.
    """
    count = patterns.shape[0]
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                if k + AHEAD < count and sums[c, k + AHEAD] <= limits[c]:
                    _foresee(patterns, k + AHEAD, order, span[0], span[2])
                total, place = sums[c, k], span[0]
                while place < span[1] and total <= limits[c]:
                    total += _squares(patterns, k, states, known, c, order[place] * SEGMENT)
                    place += 1
                sums[c, k] = total


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_magnitudes(patterns, states, known, order, span, limits, sums):
    """The same of Σ_i |θ_μi − x_ci|."""
    count = patterns.shape[0]
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                if k + AHEAD < count and sums[c, k + AHEAD] <= limits[c]:
                    _foresee(patterns, k + AHEAD, order, span[0], span[2])
                total, place = sums[c, k], span[0]
                while place < span[1] and total <= limits[c]:
                    total += _magnitudes(patterns, k, states, known, c, order[place] * SEGMENT)
                    place += 1
                sums[c, k] = total
