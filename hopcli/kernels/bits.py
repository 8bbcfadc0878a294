"""Bits of packed patterns: counting, overlaps, transposing."""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.extending import intrinsic

from hopcli.kernels.compiling import njit

# Patterns whose overlaps one task works out: enough to repay its start, few enough to share out.
PATTERN_BLOCK = 1024


@intrinsic
def popcount(typing_context, word):
    """The number of ones in a uint64, by LLVM's own instruction, which vectorises."""
    signature = types.uint64(types.uint64)

    def generate(context, builder, signature, arguments):
        count = builder.module.declare_intrinsic("llvm.ctpop", [ir.IntType(64)])
        return builder.call(count, arguments)

    return signature, generate


@njit("void(uint64[:,::1], uint64[:,::1], uint64[:,::1], int32[:,::1])", parallel=True, cache=True)
def overlaps(patterns, state_bits, known_bits, out):
    """m_cμ = known_c − 2 · |(ξ_μ ⊕ s_c) ∧ known_c|, for (cues, words) against (K, words)."""
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


@njit("void(uint64[:,::1], uint64[:,::1])", parallel=True, cache=True)
def transpose(rows, columns):
    """Bit k of columns[i] ← bit i of rows[k], for (K, N/64) rows and (N, K/64) columns, rounded up.

    Blocks of 64 × 64 bits.
    """
    stored, words = rows.shape
    neurons, column_words = columns.shape
    for kw in prange(column_words):
        square = np.empty(64, dtype=np.uint64)
        for w in range(words):
            for b in range(64):
                k = kw * 64 + b
                square[b] = rows[k, w] if k < stored else np.uint64(0)
            transpose_square(square)
            for b in range(min(64, neurons - w * 64)):
                columns[w * 64 + b, kw] = square[b]
