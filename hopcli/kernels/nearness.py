"""Distances of patterns of bytes to states, given up where a partial sum exceeds a limit.

Sums are of whole numbers, so they are exact, and the same on any number of threads. A pattern's
pixels are taken a segment at a time, in a given order; squares and magnitudes only add up, so a
pattern whose sum is above a limit is beyond it, whatever pixels are left.

A segment is written out in vectors. The compiler turns a loop over whole numbers of one and two
bytes into vectors half as wide as they could be, and spends as much again on where the loop begins
and ends: 35 pixels a nanosecond, where this reaches 65. The vectors are LLVM's own and fit any
processor; it splits what is too wide.
"""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit
from hopcli.kernels.vectors import prefetch

# Pixels of a segment.
SEGMENT = 256
# Pixels of a vector.
LANES = 32
# States lie within ± so many levels: 256 squares of differences then add up to less than 2³¹, and
# 8 magnitudes to less than 2¹⁵.
FARTHEST = 2047
# Patterns that are compared with one state before the next: their segments stay in cache.
TILE = 8
# The processor does not foresee reads of rows that are not read to their end. So segments are
# fetched this many patterns ahead: a quarter of each of 50,000 rows of 3,072 bytes then takes
# 2.0 ms on one thread, not 4.6, which is as long as all of it.
AHEAD = 8
LINE = 64

# Each call that is not inlined costs as much as a segment: arrays' references are counted.
INLINE = {"inline": "always"}

BYTE, SHORT, INT, LONG = (ir.IntType(bits) for bits in (8, 16, 32, 64))


def _pointer(context, builder, kind, array, indices):
    """Return a pointer to an element."""
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, indices, wraparound=False)


def _vectors(builder, first, element):
    """Yield the vectors of a segment."""
    kind = ir.VectorType(element, LANES).as_pointer()
    for pixel in range(0, SEGMENT, LANES):
        at = builder.bitcast(builder.gep(first, [LONG(pixel)]), kind)
        yield builder.load(at, align=1)


def _sum(builder, terms):
    """Return the sum of the terms of all vectors, as a 64-bit number."""
    total = terms[0]
    for more in terms[1:]:
        total = builder.add(total, more)
    total = builder.sext(total, ir.VectorType(INT, LANES))
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(INT, [total.type]), f"llvm.vector.reduce.add.v{LANES}i32"
    )
    return builder.sext(builder.call(function, [total]), LONG)


def _square(builder, difference):
    """Return a vector of squares; one instruction adds pairs of them."""
    wide = builder.sext(difference, ir.VectorType(INT, LANES))
    return builder.mul(wide, wide)


def _magnitude(builder, difference):
    """Return a vector of magnitudes."""
    zero = ir.Constant(difference.type, None)
    negative = builder.icmp_signed("<", difference, zero)
    return builder.select(negative, builder.sub(zero, difference), difference)


def _summing(term):
    """Make an intrinsic: Σ term(θ_i − x_i) over the segment that begins at a pixel."""

    @intrinsic
    def over_all(_context, patterns, k, states, c, start):
        def generate(context, builder, signature, arguments):
            pattern, row, state, cue, column = arguments
            theta = _pointer(context, builder, signature.args[0], pattern, [row, column])
            x = _pointer(context, builder, signature.args[2], state, [cue, column])
            return _sum(builder, [
                term(builder, builder.sub(builder.zext(one, other.type), other))
                for one, other in zip(
                    _vectors(builder, theta, BYTE), _vectors(builder, x, SHORT), strict=True
                )
            ])  # fmt: skip

        return types.int64(patterns, k, states, c, start), generate

    return over_all


def _summing_known(term):
    """Make an intrinsic: Σ term(θ_i − x_i) over the pixels of a segment whose `known` is 255."""

    @intrinsic
    def over_known(_context, patterns, k, states, known, c, start):
        def generate(context, builder, signature, arguments):
            pattern, row, state, mask, cue, column = arguments
            theta = _pointer(context, builder, signature.args[0], pattern, [row, column])
            x = _pointer(context, builder, signature.args[2], state, [cue, column])
            given = _pointer(context, builder, signature.args[3], mask, [cue, column])
            return _sum(builder, [
                term(builder, builder.sub(builder.zext(builder.and_(one, bits), other.type), other))
                for one, other, bits in zip(
                    _vectors(builder, theta, BYTE),
                    _vectors(builder, x, SHORT),
                    _vectors(builder, given, BYTE),
                    strict=True,
                )
            ])  # fmt: skip

        return types.int64(patterns, k, states, known, c, start), generate

    return over_known


_all_squares, _known_squares = _summing(_square), _summing_known(_square)
_all_magnitudes, _known_magnitudes = _summing(_magnitude), _summing_known(_magnitude)


@intrinsic
def _fetch(_context, array, row, column):
    """Have the cache line of an element fetched, to be read soon."""

    def generate(context, builder, signature, arguments):
        element = _pointer(context, builder, signature.args[0], arguments[0], arguments[1:])
        prefetch(builder, element)
        return context.get_dummy_value()

    return types.void(array, row, column), generate


@njit(**INLINE)
def _difference(patterns, k, states, known, c, i):
    """Return θ_μi − x_ci, 0 where unknown."""
    level = np.int64(patterns[k, i])
    if known.shape[0] and not known[c, i]:
        level = np.int64(0)
    return level - np.int64(states[c, i])


@njit(**INLINE)
def _squares(patterns, k, states, known, c, start):
    """Return Σ_i (θ_μi − x_ci)² over the known pixels of the segment that begins at a pixel."""
    if start + SEGMENT > patterns.shape[1]:
        total = np.int64(0)
        for i in range(start, patterns.shape[1]):
            total += _difference(patterns, k, states, known, c, i) ** 2
        return total
    if known.shape[0] == 0:
        return _all_squares(patterns, k, states, c, start)
    return _known_squares(patterns, k, states, known, c, start)


@njit(**INLINE)
def _magnitudes(patterns, k, states, known, c, start):
    """Return Σ_i |θ_μi − x_ci| over the known pixels of the segment that begins at a pixel."""
    if start + SEGMENT > patterns.shape[1]:
        total = np.int64(0)
        for i in range(start, patterns.shape[1]):
            total += abs(_difference(patterns, k, states, known, c, i))
        return total
    if known.shape[0] == 0:
        return _all_magnitudes(patterns, k, states, c, start)
    return _known_magnitudes(patterns, k, states, known, c, start)


@njit(**INLINE)
def _look_ahead(patterns, k, order, span, sums, limit):
    """Have the next segments of pattern k fetched, unless its sum is above the limit already.

    Where nearly all of a row is read, the processor itself foresees it.
    """
    first, last = span[0], span[2]
    if k >= patterns.shape[0] or sums[k] > limit or 4 * (last - first) > 3 * order.shape[0]:
        return
    for position in range(first, last):
        start = order[position] * SEGMENT
        for column in range(start, min(start + SEGMENT, patterns.shape[1]), LINE):
            _fetch(patterns, k, column)


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_squares(patterns, states, known, order, span, limits, sums):
    """Add Σ_i (θ_μi − x_ci)² over segments order[span[0]:span[1]] to sums_cμ, up to limits_c.

    Of each pattern the segments span[0] to span[2] are fetched ahead. `known`, 255 or 0, where the
    state is 0 too, has shape (states, N), or (0, 0) where all is known.
    """
    count = patterns.shape[0]
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                _look_ahead(patterns, k + AHEAD, order, span, sums[c], limits[c])
                total, position = sums[c, k], span[0]
                while position < span[1] and total <= limits[c]:
                    total += _squares(patterns, k, states, known, c, order[position] * SEGMENT)
                    position += 1
                sums[c, k] = total


@njit(
    "void(uint8[:,::1], int16[:,::1], uint8[:,::1], int64[::1], int64[::1], int64[::1],"
    " int64[:,::1])",
    parallel=True,
    cache=True,
)
def add_magnitudes(patterns, states, known, order, span, limits, sums):
    """Add Σ_i |θ_μi − x_ci|, otherwise as `add_squares`."""
    count = patterns.shape[0]
    for tile in prange((count + TILE - 1) // TILE):
        for c in range(states.shape[0]):
            for k in range(tile * TILE, min(tile * TILE + TILE, count)):
                _look_ahead(patterns, k + AHEAD, order, span, sums[c], limits[c])
                total, position = sums[c, k], span[0]
                while position < span[1] and total <= limits[c]:
                    total += _magnitudes(patterns, k, states, known, c, order[position] * SEGMENT)
                    position += 1
                sums[c, k] = total
