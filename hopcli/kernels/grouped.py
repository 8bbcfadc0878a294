"""Σ_μ ξ_μi g(m_μ) for all neurons at once, the patterns grouped by their overlap.

Overlaps are integers, so many patterns share one, and with it their weight. Of a group only how
many have a 1 at each neuron matters, and that is counted in bits, 512 neurons at a time: a chain
of carry-save adders turns the rows of GO patterns into the next higher digit of the counts (Harley
and Seal; Muła, Kurz and Lemire 2018). So a pattern costs a few logical operations a word, and a
weight is added once for GO of them. Rows are read as they are stored, without transposing.
"""

import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.masked import add_where

# Patterns that are counted in one go, and binary digits of the counts that a group keeps.
DIGITS = 4
GO = 1 << DIGITS

# Words side by side: 512 bits.
LANES = 8

# Patterns whose fields one task works out; their sums are added in this order, whatever the
# number of threads. It takes them about a millisecond.
PART = 2**17


@intrinsic
def _count(typing_context, rows, chosen, digits, carry):
    """Add GO chosen rows to a group's counts.

    Args:
        typing_context: numba's.
        rows: the patterns, uint64 of shape (K, words).
        chosen: GO of them, int64.
        digits: the counts' binary digits for every neuron, uint64 of shape (DIGITS, words).
        carry: takes what is carried beyond, worth GO, (words,).
    """
    signature = types.void(rows, chosen, digits, carry)

    def generate(context, builder, signature, arguments):
        arrays = [
            context.make_array(kind)(context, builder, array)
            for kind, array in zip(signature.args, arguments, strict=True)
        ]
        rows, chosen, digits, carry = arrays
        words = builder.extract_value(carry.shape, 0)
        taken = [
            builder.gep(
                rows.data,
                [builder.mul(builder.load(builder.gep(chosen.data, [words.type(n)])), words)],
            )
            for n in range(GO)
        ]
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


@njit
def _add_part(rows, overlaps, first, last, weights, offset, ones, counts):
    """Add the weights of patterns first … last − 1 to `ones` where their bits are 1."""
    words = rows.shape[1]
    waiting = np.empty((weights.shape[0], GO), dtype=np.int64)
    numbers = np.zeros(weights.shape[0], dtype=np.int64)
    slots = np.full(weights.shape[0], -1, dtype=np.int64)
    digits = np.empty((min(weights.shape[0], (last - first) // GO), DIGITS, words), dtype=np.uint64)
    carry = np.empty(words, dtype=np.uint64)
    used = 0
    for k in range(first, last):
        place = overlaps[k] + offset
        number = numbers[place]
        numbers[place] = number + 1
        waiting[place, number % GO] = k
        if number % GO == GO - 1:
            if slots[place] < 0:
                slots[place] = used
                digits[used] = 0
                used += 1
            _count(rows, waiting[place], digits[slots[place]], carry)
            add_where(ones, carry, GO * weights[place])
    for place in range(weights.shape[0]):
        counts[place] += numbers[place]
        for n in range(numbers[place] % GO):
            add_where(ones, rows[waiting[place, n]], weights[place])
        if slots[place] >= 0:
            for d in range(DIGITS):
                add_where(ones, digits[slots[place], d], (1 << d) * weights[place])


@njit(
    "void(uint64[:,::1], int32[:,::1], float64[::1], int64[::1], float64[:,::1], int64[:,::1])",
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
        counts: how many patterns of each cue have the overlap of each place of `weights`.
    """
    cues, stored = overlaps.shape
    parts = (stored + PART - 1) // PART
    ones = np.zeros((cues, parts, out.shape[1]))
    numbers = np.zeros((cues, parts, weights.shape[0]), dtype=np.int64)
    for task in prange(cues * parts):
        c, part = task // parts, task % parts
        first = part * PART
        _add_part(
            rows, overlaps[c], first, min(stored, first + PART), weights, offsets[c],
            ones[c, part], numbers[c, part],
        )  # fmt: skip
    for c in range(cues):
        counts[c] = numbers[c].sum(axis=0)
        total = 0.0
        for place in range(weights.shape[0]):
            if counts[c, place]:
                total += counts[c, place] * weights[place]
        out[c] = 2.0 * ones[c].sum(axis=0) - total


def operations(cues, words):
    """What the fields of so many states cost, in elementary operations as threads.py counts them.

    A pattern's words, of which there are so many in all, take about 0.5 ns each.
    """
    return 3 * cues * words
