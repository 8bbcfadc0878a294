"""Sums over a segment of pixels, written out in vectors.

The compiler turns a loop over whole numbers of one and two bytes into vectors half as wide as they
could be, and spends as much again on where the loop begins and ends: 35 pixels a nanosecond, where
this reaches 65. The vectors are LLVM's own and fit any processor; it splits what is too wide.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# Pixels of a segment.
SEGMENT = 256
# Pixels of a vector.
LANES = 32
# States lie within ± so many levels: 256 squares of differences then add up to less than 2³¹, and
# 8 magnitudes to less than 2¹⁵.
FARTHEST = 2047

BYTE, SHORT, INT, LONG = (ir.IntType(bits) for bits in (8, 16, 32, 64))


def _address(context, builder, kind, array, indices):
    """Where an element is."""
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, indices, wraparound=False)


def _vectors(builder, first, element):
    """The vectors of a segment."""
    kind = ir.VectorType(element, LANES).as_pointer()
    for place in range(0, SEGMENT, LANES):
        at = builder.bitcast(builder.gep(first, [LONG(place)]), kind)
        yield builder.load(at, align=1)


def _sum(builder, terms):
    """The terms of all vectors added up, as a 64-bit number."""
    total = terms[0]
    for more in terms[1:]:
        total = builder.add(total, more)
    total = builder.sext(total, ir.VectorType(INT, LANES))
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(INT, [total.type]), f"llvm.vector.reduce.add.v{LANES}i32"
    )
    return builder.sext(builder.call(function, [total]), LONG)


def _square(builder, difference):
    """A vector of squares; the compiler knows a single instruction that adds pairs of them."""
    wide = builder.sext(difference, ir.VectorType(INT, LANES))
    return builder.mul(wide, wide)


def _magnitude(builder, difference):
    """A vector of magnitudes."""
    zero = ir.Constant(difference.type, None)
    negative = builder.icmp_signed("<", difference, zero)
    return builder.select(negative, builder.sub(zero, difference), difference)


def _summing(term):
    """Σ term(θ_i − x_i) over the segment of a pattern, and of a state, that begins at a pixel."""

    @intrinsic
    def over_all(_context, patterns, k, states, c, start):
        def generate(context, builder, signature, arguments):
            pattern, row, state, cue, column = arguments
            theta = _address(context, builder, signature.args[0], pattern, [row, column])
            x = _address(context, builder, signature.args[2], state, [cue, column])
            return _sum(builder, [
                term(builder, builder.sub(builder.zext(one, other.type), other))
                for one, other in zip(
                    _vectors(builder, theta, BYTE), _vectors(builder, x, SHORT), strict=True
                )
            ])  # fmt: skip

        return types.int64(patterns, k, states, c, start), generate

    return over_all


def _summing_known(term):
    """The same over the pixels that are known, 255 and not 0."""

    @intrinsic
    def over_known(_context, patterns, k, states, known, c, start):
        def generate(context, builder, signature, arguments):
            pattern, row, state, mask, cue, column = arguments
            theta = _address(context, builder, signature.args[0], pattern, [row, column])
            x = _address(context, builder, signature.args[2], state, [cue, column])
            given = _address(context, builder, signature.args[3], mask, [cue, column])
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


squares, known_squares = _summing(_square), _summing_known(_square)
magnitudes, known_magnitudes = _summing(_magnitude), _summing_known(_magnitude)


@intrinsic
def prefetch(_context, array, row, column):
    """Ask for the cache line of an element. Only the processor's foresight depends on it."""

    def generate(context, builder, signature, arguments):
        element = _address(context, builder, signature.args[0], arguments[0], arguments[1:])
        address = BYTE.as_pointer()
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [address, INT, INT, INT]),
            "llvm.prefetch.p0",
        )
        # To be read, kept in all caches, data.
        builder.call(function, [builder.bitcast(element, address), INT(0), INT(3), INT(1)])
        return context.get_dummy_value()

    return types.void(array, row, column), generate
