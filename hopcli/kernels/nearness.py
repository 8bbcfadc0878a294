"""Which patterns of bytes are near a state: sums over pixels that are given up when too large.

Sums are of whole numbers, so they are exact, and the same on any number of threads. A pattern's
pixels are taken a segment at a time, in a given order; squares and magnitudes only add up, so a
pattern whose sum is above a limit is beyond it, whatever pixels are left.
"""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit

# Pixels of a segment; what is left at the end of a row is one too.
SEGMENT = 256
# States lie within ± so many levels: squares of a segment then add up to less than 2³¹.
FARTHEST = 2047
# Patterns that are held against one state before the next: their segments stay in cache.
TILE = 8
# Rows that are not read to their end break the processor's own foresight. It is told so many
# patterns ahead what will be needed: a quarter of each of 50,000 rows of 3,072 bytes then takes
# 2.0 ms on one thread, not 4.6, which is as long as all of it.
AHEAD = 8
LINE = 64


@intrinsic
def _prefetch(_context, array, row, column):
    """Ask for the cache line of an element. Only the processor's foresight depends on it."""

    def generate(context, builder, signature, arguments):
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        at = cgutils.get_item_pointer(
            context, builder, signature.args[0], view, arguments[1:], wraparound=False
        )
        number, address = ir.IntType(32), ir.IntType(8).as_pointer()
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [address, number, number, number]),
            "llvm.prefetch.p0",
        )
        # To be read, kept in all caches, data.
        how = [ir.Constant(number, value) for value in (0, 3, 1)]
        builder.call(function, [builder.bitcast(at, address), *how])
        return context.get_dummy_value()

    return types.void(array, row, column), generate


@njit
def _squares(pattern, state):
    """Σ_i (θ_i − x_i)²."""
    total = np.int32(0)
    for i in range(pattern.shape[0]):
        difference = np.int16(np.int16(pattern[i]) - state[i])
        total = np.int32(total + np.int32(difference) * np.int32(difference))
    return total


@njit
def _known_squares(pattern, state, known):
    """Σ_i (θ_i − x_i)² where known_i is 255, not 0; x_i is 0 elsewhere."""
    total = np.int32(0)
    for i in range(pattern.shape[0]):
        difference = np.int16(np.int16(pattern[i] & known[i]) - state[i])
        total = np.int32(total + np.int32(difference) * np.int32(difference))
    return total


@njit
def _magnitudes(pattern, state):
    """Σ_i |θ_i − x_i|."""
    total = np.int32(0)
    for i in range(pattern.shape[0]):
        difference = np.int16(np.int16(pattern[i]) - state[i])
        total = np.int32(total + abs(np.int32(difference)))
    return total


@njit
def _known_magnitudes(pattern, state, known):
    """Σ_i |θ_i − x_i| where known_i is 255, not 0; x_i is 0 elsewhere."""
    total = np.int32(0)
    for i in range(pattern.shape[0]):
        difference = np.int16(np.int16(pattern[i] & known[i]) - state[i])
        total = np.int32(total + abs(np.int32(difference)))
    return total


@njit
def _foresee(patterns, row, order, first, last):
    """Ask for some segments of a row."""
    for place in range(first, last):
        start = order[place] * SEGMENT
        for column in range(start, min(start + SEGMENT, patterns.shape[1]), LINE):
            _prefetch(patterns, row, column)


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_squares(patterns, states, known, order, span, limits, sums):
    """sums_cμ += Σ_i (θ_μi − x_ci)² over segments order[span[0]:span[1]], while within limits_c.

    What is foreseen of each pattern is span[0] to span[2]. known is of shape (states, N), or (0, 0)
    where all is known.
    """
    count, neurons = patterns.shape
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                if k + AHEAD < count and sums[c, k + AHEAD] <= limits[c]:
                    _foresee(patterns, k + AHEAD, order, span[0], span[2])
                place = span[0]
                while place < span[1] and sums[c, k] <= limits[c]:
                    start = order[place] * SEGMENT
                    stop = min(start + SEGMENT, neurons)
                    if known.shape[0] == 0:
                        sums[c, k] += _squares(patterns[k, start:stop], states[c, start:stop])
                    else:
                        sums[c, k] += _known_squares(
                            patterns[k, start:stop], states[c, start:stop], known[c, start:stop]
                        )
                    place += 1


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_magnitudes(patterns, states, known, order, span, limits, sums):
    """The same of Σ_i |θ_μi − x_ci|."""
    count, neurons = patterns.shape
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                if k + AHEAD < count and sums[c, k + AHEAD] <= limits[c]:
                    _foresee(patterns, k + AHEAD, order, span[0], span[2])
                place = span[0]
                while place < span[1] and sums[c, k] <= limits[c]:
                    start = order[place] * SEGMENT
                    stop = min(start + SEGMENT, neurons)
                    if known.shape[0] == 0:
                        sums[c, k] += _magnitudes(patterns[k, start:stop], states[c, start:stop])
                    else:
                        sums[c, k] += _known_magnitudes(
                            patterns[k, start:stop], states[c, start:stop], known[c, start:stop]
                        )
                    place += 1
