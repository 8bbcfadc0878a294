"""Sums over 64 patterns at a time, whose signs are the bits of a word.

Written in LLVM's own vectors: 64 bits are a mask of 64 lanes, and a masked addition is one
instruction for a whole vector where the processor has one (AVX-512), and a few elsewhere. The
order of the additions is the same on all of them.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.compiling import njit
from hopcli.kernels.vectors import arrays, broadcast, folded

WORD = 64


@njit
def padded(overlaps, words):
    """Return the overlaps in whole words; those of no pattern are never looked at."""
    moving = np.zeros(words * 64, dtype=np.int32)
    moving[: overlaps.shape[0]] = overlaps
    return moving


@intrinsic
def masked_sum(typing_context, bits, weights):
    """Return Σ of the weights where the bits are 1, in the type of the weights.

    Bits are (words,), weights at least 64 · words; the caller must rule out an overflow of int32.
    """
    floating = isinstance(weights.dtype, types.Float)
    signature = weights.dtype(bits, weights)

    def generate(context, builder, signature, arguments):
        words, source = arrays(context, builder, signature, arguments)
        element = context.get_value_type(signature.args[1].dtype)
        lanes = ir.VectorType(element, WORD)
        add = builder.fadd if floating else builder.add
        weights = builder.bitcast(source.data, lanes.as_pointer())
        total = cgutils.alloca_once_value(builder, lanes(None))
        with cgutils.for_range(builder, builder.extract_value(words.shape, 0)) as loop:
            mask = _mask(builder, builder.load(builder.gep(words.data, [loop.index])))
            before = builder.load(total)
            block = builder.load(builder.gep(weights, [loop.index]), align=4)
            builder.store(builder.select(mask, add(before, block), before), total)
        return folded(builder, builder.load(total), add)

    return signature, generate


@intrinsic
def add_signs(typing_context, overlaps, bits, change):
    """Add `change` to int32 overlaps where the bits are 1, −change where they are 0."""
    signature = types.void(overlaps, bits, types.int32)

    def generate(context, builder, signature, arguments):
        target, words = arrays(context, builder, signature, arguments[:2])
        lanes = ir.VectorType(ir.IntType(32), WORD)
        start = builder.bitcast(target.data, lanes.as_pointer())
        up = broadcast(builder, arguments[2], lanes)
        down = builder.sub(lanes(None), up)
        with cgutils.for_range(builder, builder.extract_value(words.shape, 0)) as loop:
            mask = _mask(builder, builder.load(builder.gep(words.data, [loop.index])))
            block = builder.gep(start, [loop.index])
            moved = builder.add(builder.load(block, align=4), builder.select(mask, up, down))
            builder.store(moved, block, align=4)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def add_where(typing_context, sums, bits, value):
    """Add a value to sums, float32 or float64, where the bits are 1."""
    signature = types.void(sums, bits, sums.dtype)

    def generate(context, builder, signature, arguments):
        target, words = arrays(context, builder, signature, arguments[:2])
        lanes = ir.VectorType(arguments[2].type, WORD)
        start = builder.bitcast(target.data, lanes.as_pointer())
        value = broadcast(builder, arguments[2], lanes)
        with cgutils.for_range(builder, builder.extract_value(words.shape, 0)) as loop:
            mask = _mask(builder, builder.load(builder.gep(words.data, [loop.index])))
            block = builder.gep(start, [loop.index])
            before = builder.load(block, align=4)
            after = builder.select(mask, builder.fadd(before, value), before)
            builder.store(after, block, align=4)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def add_rows_where(typing_context, sums, rows, chosen, weights, count):
    """Add weights[n] to sums where the bits of rows[chosen[n]] are 1, for n below count.

    Args:
        typing_context: numba's.
        sums: float32 or float64, 64 · words.
        rows: uint64, (K, words).
        chosen: int32.
        weights: like the sums.
        count: int64.
    """
    signature = types.void(sums, rows, chosen, weights, types.int64)

    def generate(context, builder, signature, arguments):
        sums, rows, chosen, weights = arrays(context, builder, signature, arguments[:4])
        lanes = ir.VectorType(context.get_value_type(signature.args[0].dtype), WORD)
        start = builder.bitcast(sums.data, lanes.as_pointer())
        words = builder.extract_value(rows.shape, 1)
        total = cgutils.alloca_once(builder, lanes)
        # Word by word, so that the 64 sums stay in registers while the rows pass.
        with cgutils.for_range(builder, words) as over:
            block = builder.gep(start, [over.index])
            builder.store(builder.load(block, align=4), total)
            with cgutils.for_range(builder, arguments[4]) as loop:
                row = builder.load(builder.gep(chosen.data, [loop.index]))
                row = builder.sext(row, words.type)
                word = builder.add(builder.mul(row, words), over.index)
                mask = _mask(builder, builder.load(builder.gep(rows.data, [word])))
                weight = builder.load(builder.gep(weights.data, [loop.index]))
                before = builder.load(total)
                after = builder.fadd(before, broadcast(builder, weight, lanes))
                builder.store(builder.select(mask, after, before), total)
            builder.store(builder.load(total), block, align=4)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def look_up(typing_context, indices, table, chosen, sums, offset, column):
    """Set chosen[k] to table[indices[k] + offset, column]; add those whole rows to sums.

    Args:
        typing_context: numba's.
        indices: int32.
        table: four float64 in a row, which one load brings, where gathering each takes several.
        chosen: float64, as many as indices.
        sums: four float64.
        offset: int64.
        column: int64.
    """
    signature = types.void(indices, table, chosen, sums, types.int64, types.int64)

    def generate(context, builder, signature, arguments):
        indices, table, chosen, sums = arrays(context, builder, signature, arguments[:4])
        offset, column = arguments[4:]
        double, row = ir.DoubleType(), ir.VectorType(ir.DoubleType(), 4)
        rows = builder.bitcast(table.data, row.as_pointer())
        length = builder.extract_value(indices.shape, 0)
        # Additions to one sum wait for each other, so four are kept.
        totals = [cgutils.alloca_once_value(builder, row(None)) for _ in range(4)]

        def take(k, total):
            index = builder.sext(builder.load(builder.gep(indices.data, [k])), ir.IntType(64))
            index = builder.add(index, offset)
            found = builder.load(builder.gep(rows, [index]), align=8)
            builder.store(builder.fadd(builder.load(total), found), total)
            one = builder.gep(
                builder.bitcast(table.data, double.as_pointer()),
                [builder.add(builder.shl(index, index.type(2)), column)],
            )
            builder.store(builder.load(one), builder.gep(chosen.data, [k]))

        whole = builder.and_(length, length.type(-4))
        with cgutils.for_range_slice(builder, whole.type(0), whole, whole.type(4)) as (first, _):
            for n, total in enumerate(totals):
                take(builder.add(first, first.type(n)), total)
        with cgutils.for_range_slice(builder, whole, length, whole.type(1)) as (k, _):
            take(k, totals[0])
        target = builder.bitcast(sums.data, row.as_pointer())
        total = builder.load(target, align=8)
        for more in totals:
            total = builder.fadd(total, builder.load(more))
        builder.store(total, target, align=8)
        return context.get_dummy_value()

    return signature, generate


def _mask(builder, word):
    """Return a word's bits as lanes."""
    return builder.bitcast(word, ir.VectorType(ir.IntType(1), WORD))
