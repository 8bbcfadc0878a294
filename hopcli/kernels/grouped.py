"""Σ_μ ξ_μi g(m_μ) for all neurons at once, the patterns grouped by their overlap.

Overlaps are integers, so many patterns share one, and with it their weight. Of a group only how
many have a 1 at each neuron matters, and that is counted in bits, 512 neurons at a time: a chain
of carry-save adders turns the rows of GO patterns into the next higher digit of the counts (Harley
and Seal; Muła, Kurz and Lemire 2018). So a pattern costs a few logical operations a word, and a
weight is added once for GO of them. Rows are read as they are stored, without transposing.
"""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.bits import LANES, LINE
from hopcli.kernels.compiling import njit
from hopcli.kernels.masked import add_rows_where, add_where
from hopcli.kernels.vectors import arrays, prefetch

# Patterns that are counted in one go, and binary digits of the counts that a group keeps.
DIGITS = 5
GO = 1 << DIGITS

# Patterns whose fields one task works out; their sums are added in this order, whatever the
# number of threads. It takes them about a millisecond.
PART = 2**17


@intrinsic
def _count(typing_context, rows, chosen, digits, carry):
    """Add GO chosen rows to a group's counts.

    Args:
        typing_context: numba's.
        rows: the patterns, uint64 of shape (K, words).
        chosen: GO of them, int32.
        digits: the counts' binary digits for every neuron, uint64 of shape (DIGITS, words).
        carry: takes what is carried beyond, worth GO, (words,).
    """
    signature = types.void(rows, chosen, digits, carry)

    def generate(context, builder, signature, arguments):
        rows, chosen, digits, carry = arrays(context, builder, signature, arguments)
        words = builder.extract_value(carry.shape, 0)
        taken = []
        for n in range(GO):
            row = builder.load(builder.gep(chosen.data, [words.type(n)]))
            start = builder.mul(builder.sext(row, words.type), words)
            taken.append(builder.gep(rows.data, [start]))
        kept = [
            builder.gep(digits.data, [builder.mul(words, words.type(n))]) for n in range(DIGITS)
        ]

        def add(w, kind):
            def at(start):
                return builder.bitcast(builder.gep(start, [w]), kind.as_pointer())

            numbers = [builder.load(at(start), align=8) for start in taken]
            for start in kept:
                digit, carried = builder.load(at(start), align=8), []
                for one, other in zip(numbers[::2], numbers[1::2], strict=True):
                    differing = builder.xor(one, other)
                    carried.append(
                        builder.or_(builder.and_(one, other), builder.and_(differing, digit))
                    )
                    digit = builder.xor(differing, digit)
                builder.store(digit, at(start), align=8)
                numbers = carried
            builder.store(numbers[0], at(carry.data), align=8)

        word = ir.IntType(64)
        whole = builder.and_(words, words.type(-LANES))
        with cgutils.for_range_slice(builder, whole.type(0), whole, words.type(LANES)) as (w, _):
            add(w, ir.VectorType(word, LANES))
        with cgutils.for_range_slice(builder, whole, words, words.type(1)) as (w, _):
            add(w, word)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _fetch(typing_context, rows, k):
    """Have a row fetched into the cache, to be read soon."""
    signature = types.void(rows, types.int64)

    def generate(context, builder, signature, arguments):
        (rows,) = arrays(context, builder, signature, arguments[:1])
        words = builder.extract_value(rows.shape, 1)
        start = builder.gep(rows.data, [builder.mul(arguments[1], words)])
        with cgutils.for_range_slice(builder, words.type(0), words, words.type(LINE)) as (w, _):
            prefetch(builder, builder.gep(start, [w]), locality=2)
        return context.get_dummy_value()

    return signature, generate


@njit
def _add_part(rows, overlaps, weights, offset, ones, counts):
    """Add the weights of these patterns to `ones` where their bits are 1; count the indices."""
    stored, words = rows.shape
    indices = weights.shape[0]
    groups = np.zeros(indices, dtype=np.int32)
    waiting = np.empty((min(indices, stored) + 1, GO), dtype=np.int32)
    digits = np.empty((min(indices, stored // GO) + 1, DIGITS, words), dtype=np.uint64)
    # Where a group's counts stand among the digits, for those that had GO patterns.
    slots = np.zeros(waiting.shape[0], dtype=np.int32)
    carry = np.empty(words, dtype=np.uint64)
    # Groups and slots count from 1, as 0 stands for none.
    last_group, last_slot = 0, 0
    for k in range(stored):
        _fetch(rows, k)
        index = overlaps[k] + offset
        number = counts[index]
        counts[index] = number + 1
        if number == 0:
            last_group += 1
            groups[index] = last_group
        group = groups[index]
        waiting[group, number % GO] = k
        if number % GO == GO - 1:
            if slots[group] == 0:
                last_slot += 1
                slots[group] = last_slot
                digits[last_slot] = 0
            _count(rows, waiting[group], digits[slots[group]], carry)
            add_where(ones, carry, GO * weights[index])
    rest = np.empty(stored, dtype=np.int32)
    rest_weights = np.empty(stored, dtype=weights.dtype)
    left = 0
    for index in range(indices):
        group = groups[index]
        for n in range(counts[index] % GO):
            rest[left] = waiting[group, n]
            rest_weights[left] = weights[index]
            left += 1
        if slots[group] > 0:
            for d in range(DIGITS):
                add_where(ones, digits[slots[group], d], (1 << d) * weights[index])
    add_rows_where(ones, rows, rest, rest_weights, left)


@njit(
    [
        f"void(uint64[:,::1], int32[:,::1], {real}[::1], int64[::1], {real}[:,::1], int64[:,::1])"
        for real in ("float32", "float64")
    ],
    parallel=True,
    cache=True,
)
def fields(rows, overlaps, weights, offsets, out, counts):
    """out[c, i] = Σ_μ ξ_μi g(m_cμ), infinite or no number where g overflows.

    Args:
        rows: the patterns, (K, words).
        overlaps: m, (cues, K).
        weights: g, that of overlap m at m + offsets[c].
        offsets: one a cue.
        out: (cues, 64 · words); spare neurons are like those that all patterns have at −1.
        counts: how many patterns of each cue have the overlap at each index of `weights`.
    """
    cues, stored = overlaps.shape
    parts = (stored + PART - 1) // PART
    ones = np.zeros((cues, parts, out.shape[1]), dtype=weights.dtype)
    numbers = np.zeros((cues, parts, weights.shape[0]), dtype=np.int64)
    for task in prange(cues * parts):
        c, part = task // parts, task % parts
        some = slice(part * PART, min(stored, (part + 1) * PART))
        _add_part(
            rows[some], overlaps[c, some], weights, offsets[c], ones[c, part], numbers[c, part]
        )
    for c in range(cues):
        counts[c] = numbers[c, 0]
        out[c] = ones[c, 0]
        for part in range(1, parts):
            counts[c] += numbers[c, part]
            out[c] += ones[c, part]
        total = weights[0] * 0
        for index in range(weights.shape[0]):
            if counts[c, index]:
                total += counts[c, index] * weights[index]
        for i in range(out.shape[1]):
            out[c, i] += out[c, i] - total


def operations(cues, words):
    """Return the cost of fields of so many states, in elementary operations as in threads.py.

    A pattern's words, of which there are so many in all, take about 0.5 ns each.
    """
    return 3 * cues * words
