"""The patterns nearest to states, found without reading all of their words.

The bits in which a pattern differs from a state over some of its words bound those over all of
them from below. So one pass over half of the words leaves only few patterns of which the rest must
be read: those that so far differ in no more bits than the nearest one does altogether, and `reach`
bits more. Distances are numbers of differing bits among the known ones, below 2¹⁶.
"""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit

# Words of a vector, and of a line of the cache.
LANES = 8
# How far ahead of the words that are counted others are asked for, in words: 1 to 4 KiB serve.
AHEAD = 512
# Patterns that one task goes through.
TASK = 4096
# Patterns that are laid out by word at once, for all states: up to 128 KiB of 1,024 bits each.
BLOCK = 1024
# Patterns of which the least distance is kept.
GROUP = 64
# Parts of the patterns from which those within reach are gathered, each in room of its own.
PARTS = 16

_INDEX = ir.IntType(64)
_VECTOR = ir.VectorType(ir.IntType(64), LANES)


def _data(context, builder, array_type, array):
    return context.make_array(array_type)(context, builder, array).data


def _words(builder, pointer):
    """A vector of the words from here on."""
    return builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()), align=8)


def _ones(builder, vector):
    """The number of ones in each word; llvmlite's own declaration knows no vectors."""
    kind = ir.FunctionType(_VECTOR, [_VECTOR])
    name = "llvm.ctpop.v8i64"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [vector])


def _minimum(builder, one, other):
    return builder.select(builder.icmp_unsigned("<", one, other), one, other)


def _picked(builder, one, other, places):
    kind = ir.VectorType(ir.IntType(32), len(places))
    return builder.shuffle_vector(one, other, ir.Constant(kind, places))


def _sums(builder, rows):
    """One vector of the sums of eight vectors, in their order, by halving."""
    for width in (1, 2, 4):
        low = [lane + LANES * (lane // width % 2) - lane // width % 2 * width for lane in range(8)]
        high = [lane + width for lane in low]
        rows = [
            builder.add(_picked(builder, a, b, low), _picked(builder, a, b, high))
            for a, b in zip(rows[::2], rows[1::2], strict=True)
        ]
    return rows[0]


@intrinsic
def _eight_distances(typing_context, patterns, k, first, octets, bits, known, c, out):
    """out[c, k:k+8] ← how patterns[k:k+8] differ from state c in 8·octets words from `first` on."""
    signature = types.void(
        patterns, types.int64, types.int64, types.int64, bits, known, types.int64, out
    )

    def generate(context, builder, signature, arguments):
        patterns, k, first, octets, bits, known, c, out = arguments
        kinds = signature.args
        shape = context.make_array(kinds[0])(context, builder, patterns).shape
        width = builder.extract_value(shape, 1)
        stored = builder.extract_value(shape, 0)
        source = _data(context, builder, kinds[0], patterns)
        state = _data(context, builder, kinds[4], bits)
        mask = _data(context, builder, kinds[5], known)
        target = _data(context, builder, kinds[7], out)
        own = builder.add(builder.mul(c, width), first)
        base = builder.add(builder.mul(k, width), first)
        octet_pointer = ir.IntType(8).as_pointer()
        prefetch = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [octet_pointer] + [ir.IntType(32)] * 3),
            "llvm.prefetch.p0i8",
        )
        totals = [cgutils.alloca_once_value(builder, _VECTOR(None)) for _ in range(LANES)]
        with cgutils.for_range(builder, octets) as loop:
            place = builder.mul(loop.index, _INDEX(LANES))
            here = builder.add(own, place)
            s, known_words = (_words(builder, builder.gep(a, [here])) for a in (state, mask))
            for row, total in enumerate(totals):
                start = builder.add(builder.add(base, place), builder.mul(width, _INDEX(row)))
                pointer = builder.gep(source, [start])
                ahead = builder.bitcast(builder.gep(pointer, [_INDEX(AHEAD)]), octet_pointer)
                builder.call(prefetch, [ahead, *(ir.IntType(32)(n) for n in (0, 3, 1))])
                differing = builder.xor(_words(builder, pointer), s)
                count = _ones(builder, builder.and_(differing, known_words))
                builder.store(builder.add(builder.load(total), count), total)
        counts = _sums(builder, [builder.load(total) for total in totals])
        short = builder.trunc(counts, ir.VectorType(ir.IntType(16), LANES))
        target = builder.gep(target, [builder.add(builder.mul(c, stored), k)])
        builder.store(short, builder.bitcast(target, short.type.as_pointer()), align=2)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _least_distance(typing_context, planes, words, group, bits, known, c):
    """The least that patterns 64·group … of planes (words, BLOCK) differ from state c."""
    signature = types.uint64(planes, types.int64, types.int64, bits, known, types.int64)

    def generate(context, builder, signature, arguments):
        planes, words, group, bits, known, c = arguments
        kinds = signature.args
        shape = context.make_array(kinds[3])(context, builder, bits).shape
        width = builder.extract_value(shape, 1)
        source = _data(context, builder, kinds[0], planes)
        state = _data(context, builder, kinds[3], bits)
        mask = _data(context, builder, kinds[4], known)
        own = builder.mul(c, width)
        totals = [cgutils.alloca_once_value(builder, _VECTOR(None)) for _ in range(GROUP // LANES)]
        with cgutils.for_range(builder, words) as loop:
            here = builder.add(own, loop.index)
            s, known_word = (
                _splat(builder, builder.load(builder.gep(a, [here]))) for a in (state, mask)
            )
            base = builder.add(
                builder.mul(loop.index, _INDEX(BLOCK)), builder.mul(group, _INDEX(GROUP))
            )
            for v, total in enumerate(totals):
                pointer = builder.gep(source, [builder.add(base, _INDEX(LANES * v))])
                differing = builder.and_(builder.xor(_words(builder, pointer), s), known_word)
                builder.store(builder.add(builder.load(total), _ones(builder, differing)), total)
        least = [builder.load(total) for total in totals]
        while len(least) > 1:
            least = [_minimum(builder, a, b) for a, b in zip(least[::2], least[1::2], strict=True)]
        (lanes,) = least
        for width in (4, 2, 1):
            other = _picked(builder, lanes, lanes, [(lane + width) % LANES for lane in range(8)])
            lanes = _minimum(builder, lanes, other)
        return builder.extract_element(lanes, ir.IntType(32)(0))

    return signature, generate


def _splat(builder, word):
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.IntType(32)(0))
    return _picked(builder, first, first, [0] * LANES)


@njit
def _differing(pattern, bits, known, first, last):
    """How many known bits differ in the words from `first` to before `last`."""
    differing = np.uint64(0)
    for w in range(first, last):
        differing += popcount((pattern[w] ^ bits[w]) & known[w])
    return np.int64(differing)


@njit
def _gather(k, distance, part, indices, distances, found):
    """Note a pattern that is within reach, where there is room; count it in any case."""
    place = found[part]
    if place < indices.shape[1]:
        indices[part, place] = k
        distances[part, place] = distance
    found[part] += 1


@njit(
    "void(uint64[:,::1], int64, int64, uint64[:,::1], uint64[:,::1], int64, uint16[:,::1],"
    " int64[::1], int64[:,:,::1], int64[:,:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def of_few(patterns, first, octets, bits, known, reach, partial, limits, indices, distances, found):
    """All patterns within `reach` of the nearest to each of a few states.

    Args:
        patterns: (K, words).
        first: the word from which on 8·octets are counted of every pattern,
        octets: or 0: all words are.
        bits: the states, (cues, words).
        known: the known bits, (cues, words).
        reach: in differing bits.
        partial: room for those distances, (cues, K).
        limits: out, (cues,): every pattern that differs in so many bits, or fewer, is found.
        indices: out, (cues, PARTS, room): those patterns.
        distances: out, alike: their whole distances.
        found: in, 0; out, (cues, PARTS): how many there are, whether they had room or not.
    """
    stored, words = patterns.shape
    cues = bits.shape[0]
    tasks = (stored + TASK - 1) // TASK
    least = np.empty((cues, tasks), dtype=np.int64)
    last = first + LANES * octets if octets else words
    for task in prange(tasks):
        end = min(stored, (task + 1) * TASK)
        for c in range(cues):
            k = task * TASK
            if octets:
                while k + LANES <= end:
                    _eight_distances(patterns, k, first, octets, bits, known, c, partial)
                    k += LANES
            while k < end:
                partial[c, k] = _differing(patterns[k], bits[c], known[c], first, last)
                k += 1
            nearest = np.uint16(65535)
            some = partial[c, task * TASK : end]
            for j in range(some.shape[0]):
                nearest = min(nearest, some[j])
            least[c, task] = nearest
    for c in range(cues):
        task = np.argmin(least[c])
        k = task * TASK
        while partial[c, k] != least[c, task]:
            k += 1
        limits[c] = _differing(patterns[k], bits[c], known[c], 0, words) + reach
    for part in prange(PARTS):
        for c in range(cues):
            limit = limits[c]
            for task in range(part, tasks, PARTS):
                if least[c, task] > limit:
                    continue
                for k in range(task * TASK, min(stored, (task + 1) * TASK)):
                    if partial[c, k] > limit:
                        continue
                    distance = (
                        np.int64(partial[c, k])
                        + _differing(patterns[k], bits[c], known[c], 0, first)
                        + _differing(patterns[k], bits[c], known[c], last, words)
                    )
                    if distance <= limit:
                        _gather(k, distance, part, indices[c], distances[c], found[c])


@njit(
    "void(uint64[:,::1], int64, uint64[:,::1], uint64[:,::1], int64, uint16[:,::1],"
    " int64[::1], int64[:,:,::1], int64[:,:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def of_many(patterns, some, bits, known, reach, least, limits, indices, distances, found):
    """All patterns within `reach` of the nearest to each of many states.

    As `of_few`, but the first `some` words of a block of patterns are laid out by word for all
    states, and `least`, (cues, ceil(K/64)), is room for the least distance in each group.
    """
    stored, words = patterns.shape
    cues = bits.shape[0]
    for block in prange((stored + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        end = min(stored, start + BLOCK)
        planes = np.empty((some, BLOCK), dtype=np.uint64)
        for k in range(start, end):
            for w in range(some):
                planes[w, k - start] = patterns[k, w]
        whole = (end - start) // GROUP
        for c in range(cues):
            for group in range(whole):
                least[c, start // GROUP + group] = _least_distance(
                    planes, some, group, bits, known, c
                )
            nearest = 65535
            for k in range(start + whole * GROUP, end):
                nearest = min(nearest, _differing(patterns[k], bits[c], known[c], 0, some))
            if start + whole * GROUP < end:
                least[c, start // GROUP + whole] = nearest
    for c in prange(cues):
        group = np.argmin(least[c])
        nearest = 65535
        for k in range(group * GROUP, min(stored, (group + 1) * GROUP)):
            nearest = min(nearest, _differing(patterns[k], bits[c], known[c], 0, words))
        limits[c] = nearest + reach
        for group in range(least.shape[1]):
            if least[c, group] > limits[c]:
                continue
            for k in range(group * GROUP, min(stored, (group + 1) * GROUP)):
                distance = _differing(patterns[k], bits[c], known[c], 0, words)
                if distance <= limits[c]:
                    part = k // TASK % PARTS
                    _gather(k, distance, part, indices[c], distances[c], found[c])
