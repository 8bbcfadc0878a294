"""Bits of packed patterns: counting, overlaps, transposing."""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.extending import intrinsic

from hopcli.kernels.compiling import njit

# Patterns whose overlaps one task computes: enough to repay its start, few enough to share out.
PATTERN_BLOCK = 1024

# Words side by side: 512 bits.
LANES = 8
# Words that one line of the cache holds.
LINE = 8


@intrinsic
def popcount(typing_context, word):
    """Return the number of ones in a uint64, by LLVM's own instruction, which vectorises."""
    signature = types.uint64(types.uint64)

    def generate(context, builder, signature, arguments):
        count = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(count, arguments)

    return signature, generate


@njit("void(uint64[:,::1], uint64[:,::1], uint64[:,::1], int32[:,::1])", parallel=True, cache=True)
def overlaps(patterns, state_bits, known_bits, out):
    """Set m_cμ to known_c − 2 · |(ξ_μ ⊕ s_c) ∧ known_c|, for (cues, words) and (K, words)."""
    cues, words = state_bits.shape
    stored = patterns.shape[0]
    known = np.zeros(cues, dtype=np.int64)
    for c in range(cues):
        for w in range(words):
            known[c] += np.int64(popcount(known_bits[c, w]))
    for block in prange((stored + PATTERN_BLOCK - 1) // PATTERN_BLOCK):
        last = min(stored, (block + 1) * PATTERN_BLOCK)
        for c in range(cues):
            for k in range(block * PATTERN_BLOCK, last):
                differing = np.uint64(0)
                for w in range(words):
                    differing += popcount((patterns[k, w] ^ state_bits[c, w]) & known_bits[c, w])
                out[c, k] = known[c] - 2 * np.int64(differing)


@njit
def transpose_square(square):
    """Transpose 64 × 64 bits, a row a word, by swapping ever smaller quarters."""
    half = 32
    mask = np.uint64(0x00000000FFFFFFFF)
    while half:
        shift = np.uint64(half)
        for first in range(0, 64, 2 * half):
            for a in range(first, first + half):
                swapped = ((square[a] >> shift) ^ square[a + half]) & mask
                square[a] ^= swapped << shift
                square[a + half] ^= swapped
        half >>= 1
        mask ^= mask << np.uint64(half)


@njit("void(int32[::1], int64, int64[::1])", cache=True)
def count(overlaps, lowest, counts):
    """Add to counts[m − lowest] how many of the overlaps, shape (K,), are m."""
    # Patterns one after another often share an overlap, and would wait for the same count.
    several = np.zeros((4, counts.shape[0]), dtype=np.int64)
    whole = overlaps.shape[0] & ~3
    for k in range(0, whole, 4):
        for n in range(4):
            several[n, overlaps[k + n] - lowest] += 1
    for k in range(whole, overlaps.shape[0]):
        several[0, overlaps[k] - lowest] += 1
    for n in range(4):
        counts += several[n]


def _rounds(step):
    """Make an intrinsic: three of six rounds of transposing, of rows first + step · (0 … 7)."""

    def rounds(typing_context, squares, first):
        signature = types.void(squares, types.int64)

        def generate(context, builder, signature, arguments):
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            word = ir.IntType(64)
            lanes = ir.VectorType(word, LANES)
            rows = builder.bitcast(array.data, lanes.as_pointer())
            pointers = [
                builder.gep(rows, [builder.add(arguments[1], word(n * step))]) for n in range(8)
            ]
            held = [builder.load(pointer, align=8) for pointer in pointers]
            for half in (4, 2, 1):
                shift = ir.Constant(lanes, [half * step] * LANES)
                kept = sum(1 << bit for bit in range(64) if not bit & half * step)
                mask = ir.Constant(lanes, [kept] * LANES)
                for a in range(8):
                    if not a & half:
                        one, other = held[a], held[a + half]
                        moved = builder.xor(builder.lshr(one, shift), other)
                        moved = builder.and_(moved, mask)
                        held[a] = builder.xor(one, builder.shl(moved, shift))
                        held[a + half] = builder.xor(other, moved)
            for pointer, row in zip(pointers, held, strict=True):
                builder.store(row, pointer, align=8)
            return context.get_dummy_value()

        return signature, generate

    return intrinsic(rounds)


_far_rounds = _rounds(8)
_near_rounds = _rounds(1)


@njit
def _transpose_squares(squares):
    """Transpose LANES squares of 64 × 64 bits side by side, row r of square v at [r, v]."""
    for first in range(8):
        _far_rounds(squares, first)
    for first in range(0, 64, 8):
        _near_rounds(squares, first)


@njit("void(uint64[:,::1], uint64[:,::1])", parallel=True, cache=True)
def transpose(rows, columns):
    """Set bit k of columns[i] to bit i of rows[k]; rows are (K, ⌈N/64⌉), columns (N, ⌈K/64⌉).

    A task takes as many words of columns as a line of the cache holds, and LANES of rows at once.
    """
    stored, words = rows.shape
    neurons, column_words = columns.shape
    for block in prange((column_words + LINE - 1) // LINE):
        squares = np.empty((64, LANES), dtype=np.uint64)
        for w in range(0, words, LANES):
            lanes = min(LANES, words - w)
            for kw in range(block * LINE, min(column_words, (block + 1) * LINE)):
                count = min(64, stored - kw * 64)
                if count < 64 or lanes < LANES:
                    squares[:] = 0
                for b in range(count):
                    for v in range(lanes):
                        squares[b, v] = rows[kw * 64 + b, w + v]
                _transpose_squares(squares)
                for v in range(lanes):
                    first = (w + v) * 64
                    for b in range(min(64, neurons - first)):
                        columns[first + b, kw] = squares[b, v]
