"""The patterns nearest to states, found without reading all of their words.

The bits in which a pattern differs from a state over some of its words bound those over all of
them from below. So one pass over half of the words leaves only few patterns of which the rest must
be read: those that so far differ in no more bits than the nearest one does altogether, and `reach`
bits more. Distances are numbers of differing bits among the known ones, below 2¹⁶.
"""

from functools import partial

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from hopcli.kernels.bits import popcount
from hopcli.kernels.compiling import njit
from hopcli.kernels.vectors import broadcast, data, folded, prefetch, shuffled

# Words of a vector, and of a line of the cache.
LANES = 8
# How far ahead of the words that are counted others are fetched, in words: 1 to 4 KiB serve.
AHEAD = 512
# Patterns that are laid out by word at once, for all states: 18 KiB of patterns of 1,024 bits, so
# that they stay in the first level of the cache.
BLOCK = 256
# Patterns of which the least distance is kept.
GROUP = 64
# Groups that one task goes through.
TASK = 64
# Patterns of a group that are left, above which the rest of all of them is counted in vectors.
CROWD = 24
# Groups between fetching the patterns of one that are left and reading them.
SOON = 8
# Parts of the patterns from which those within reach are gathered, each into rows of its own.
PARTS = 16

_INDEX = ir.IntType(64)
_VECTOR = ir.VectorType(ir.IntType(64), LANES)


def _words(builder, pointer):
    """A vector of the words from here on."""
    return builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()), align=8)


def _ones(builder, vector):
    """Return the number of ones in each word; llvmlite's own declaration knows no vectors."""
    kind = ir.FunctionType(_VECTOR, [_VECTOR])
    name = "llvm.ctpop.v8i64"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [vector])


def _minimum(builder, one, other):
    return builder.select(builder.icmp_unsigned("<", one, other), one, other)


def _sums(builder, rows):
    """One vector of the sums of eight vectors, in their order, by halving."""
    for width in (1, 2, 4):
        low = [lane + LANES * (lane // width % 2) - lane // width % 2 * width for lane in range(8)]
        high = [lane + width for lane in low]
        rows = [
            builder.add(shuffled(builder, a, b, low), shuffled(builder, a, b, high))
            for a, b in zip(rows[::2], rows[1::2], strict=True)
        ]
    return rows[0]


@intrinsic
def _fetch(typing_context, patterns, k):
    """Have the first and the last words of pattern k fetched."""
    signature = types.void(patterns, types.int64)

    def generate(context, builder, signature, arguments):
        patterns, k = arguments
        array = context.make_array(signature.args[0])(context, builder, patterns)
        width = builder.extract_value(array.shape, 1)
        pointer = builder.gep(array.data, [builder.mul(k, width)])
        prefetch(builder, pointer)
        prefetch(builder, builder.gep(pointer, [builder.sub(width, width.type(1))]))
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _eight_distances(typing_context, patterns, k, first, octets, bits, known, c, out, index, shift):
    """Set out.flat[index:index+8] to the distances of patterns[k:k+8] from state c.

    They are those of 8·octets words from `first` on, in units of 2^shift bits, rounded down, and at
    most 255.
    """
    signature = types.void(
        patterns, types.int64, types.int64, types.int64, bits, known, types.int64, out, types.int64,
        types.int64,
    )  # fmt: skip

    def generate(context, builder, signature, arguments):
        patterns, k, first, octets, bits, known, c, out, index, shift = arguments
        kinds = signature.args
        shape = context.make_array(kinds[0])(context, builder, patterns).shape
        width = builder.extract_value(shape, 1)
        source = data(context, builder, kinds[0], patterns)
        state = data(context, builder, kinds[4], bits)
        mask = data(context, builder, kinds[5], known)
        target = data(context, builder, kinds[7], out)
        own = builder.add(builder.mul(c, width), first)
        base = builder.add(builder.mul(k, width), first)
        totals = [cgutils.alloca_once_value(builder, _VECTOR(None)) for _ in range(LANES)]
        with cgutils.for_range(builder, octets) as loop:
            octet = builder.mul(loop.index, _INDEX(LANES))
            here = builder.add(own, octet)
            s, known_words = (_words(builder, builder.gep(a, [here])) for a in (state, mask))
            for row, total in enumerate(totals):
                start = builder.add(builder.add(base, octet), builder.mul(width, _INDEX(row)))
                pointer = builder.gep(source, [start])
                prefetch(builder, builder.gep(pointer, [_INDEX(AHEAD)]))
                differing = builder.xor(_words(builder, pointer), s)
                count = _ones(builder, builder.and_(differing, known_words))
                builder.store(builder.add(builder.load(total), count), total)
        counts = _sums(builder, [builder.load(total) for total in totals])
        counts = builder.lshr(counts, broadcast(builder, shift, _VECTOR))
        counts = _minimum(builder, counts, _VECTOR([255] * LANES))
        short = builder.trunc(counts, ir.VectorType(ir.IntType(8), LANES))
        target = builder.gep(target, [index])
        builder.store(short, builder.bitcast(target, short.type.as_pointer()), align=1)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _least_distance(typing_context, planes, words, group, bits, known, c):
    """Return the least distance of 64 patterns, planes[group], (words, 64), from state c."""
    signature = types.uint64(planes, types.int64, types.int64, bits, known, types.int64)

    def generate(context, builder, signature, arguments):
        planes, words, group, bits, known, c = arguments
        kinds = signature.args
        shape = context.make_array(kinds[3])(context, builder, bits).shape
        width = builder.extract_value(shape, 1)
        source = data(context, builder, kinds[0], planes)
        state = data(context, builder, kinds[3], bits)
        mask = data(context, builder, kinds[4], known)
        own = builder.mul(c, width)
        totals = [cgutils.alloca_once_value(builder, _VECTOR(None)) for _ in range(GROUP // LANES)]
        with cgutils.for_range(builder, words) as loop:
            here = builder.add(own, loop.index)
            s, known_word = (
                broadcast(builder, builder.load(builder.gep(a, [here])), _VECTOR)
                for a in (state, mask)
            )
            row = builder.add(builder.mul(group, words), loop.index)
            base = builder.mul(row, _INDEX(GROUP))
            for v, total in enumerate(totals):
                pointer = builder.gep(source, [builder.add(base, _INDEX(LANES * v))])
                differing = builder.and_(builder.xor(_words(builder, pointer), s), known_word)
                builder.store(builder.add(builder.load(total), _ones(builder, differing)), total)
        least = [builder.load(total) for total in totals]
        while len(least) > 1:
            least = [_minimum(builder, a, b) for a, b in zip(least[::2], least[1::2], strict=True)]
        return folded(builder, least[0], partial(_minimum, builder))

    return signature, generate


@intrinsic
def _distance_in_octets(typing_context, patterns, k, octets, bits, known, c):
    """Return the distance of pattern k from state c in the first 8·octets words."""
    signature = types.int64(patterns, types.int64, types.int64, bits, known, types.int64)

    def generate(context, builder, signature, arguments):
        patterns, k, octets, bits, known, c = arguments
        kinds = signature.args
        shape = context.make_array(kinds[0])(context, builder, patterns).shape
        width = builder.extract_value(shape, 1)
        rows = [
            builder.gep(data(context, builder, kind, array), [builder.mul(row, width)])
            for kind, array, row in (
                (kinds[0], patterns, k), (kinds[3], bits, c), (kinds[4], known, c)
            )
        ]  # fmt: skip
        total = cgutils.alloca_once_value(builder, _VECTOR(None))
        with cgutils.for_range(builder, octets) as loop:
            word = builder.mul(loop.index, _INDEX(LANES))
            words, s, mask = (_words(builder, builder.gep(row, [word])) for row in rows)
            count = _ones(builder, builder.and_(builder.xor(words, s), mask))
            builder.store(builder.add(builder.load(total), count), total)
        kind = ir.FunctionType(_INDEX, [_VECTOR])
        name = "llvm.vector.reduce.add.v8i64"
        add = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(add, [builder.load(total)])

    return signature, generate


def _group(context, builder, kind, array, index):
    """Return the octets of a group, as a vector."""
    octets = ir.VectorType(ir.IntType(8), GROUP)
    pointer = builder.gep(data(context, builder, kind, array), [index])
    return builder.load(builder.bitcast(pointer, octets.as_pointer()), align=1)


@intrinsic
def _least_of_group(typing_context, octets, index):
    """Return the least of 64 octets of a row."""
    signature = types.int64(octets, types.int64)

    def generate(context, builder, signature, arguments):
        lanes = _group(context, builder, signature.args[0], *arguments)
        return builder.zext(folded(builder, lanes, partial(_minimum, builder)), _INDEX)

    return signature, generate


@intrinsic
def _not_above(typing_context, octets, index, limit):
    """Return which of 64 octets of a row are not above a limit, a bit each."""
    signature = types.uint64(octets, types.int64, types.int64)

    def generate(context, builder, signature, arguments):
        array, index, limit = arguments
        lanes = _group(context, builder, signature.args[0], array, index)
        short = builder.trunc(limit, ir.IntType(8))
        limits = broadcast(builder, short, lanes.type)
        return builder.bitcast(builder.icmp_unsigned("<=", lanes, limits), _INDEX)

    return signature, generate


@njit(inline="always")
def _distance(patterns, k, bits, known, c):
    """Return how many known bits of pattern k differ from state c."""
    words = patterns.shape[1]
    octets = words // LANES
    distance = np.int64(0)
    if octets:
        distance += _distance_in_octets(patterns, k, octets, bits, known, c)
    if words % LANES:
        distance += _differing(patterns[k], bits[c], known[c], octets * LANES, words)
    return distance


@njit
def _differing(pattern, bits, known, first, last):
    """Return how many known bits differ in the words from `first` to before `last`."""
    differing = np.uint64(0)
    for w in range(first, last):
        differing += popcount((pattern[w] ^ bits[w]) & known[w])
    return np.int64(differing)


@njit
def _lowest(bits):
    """Return the index of the lowest one."""
    return np.int64(popcount(~bits & (bits - np.uint64(1))))


@njit
def _gather(k, distance, part, indices, distances, found):
    """Record a pattern that is within reach, while the row has space; count it in any case."""
    position = found[part]
    if position < indices.shape[1]:
        indices[part, position] = k
        distances[part, position] = distance
    found[part] += 1


@njit(
    "void(uint64[:,::1], int64, int64, uint64[:,::1], uint64[:,::1], int64, uint8[:,::1],"
    " int64[::1], int64[:,:,::1], int64[:,:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def of_few(patterns, first, octets, bits, known, reach, partial, limits, indices, distances, found):
    """Find all patterns within `reach` of the nearest to each of a few states.

    Args:
        patterns: (K, words).
        first: the word from which on 8·octets are counted of every pattern,
        octets: or 0: all words are.
        bits: the states, (cues, words).
        known: the known bits, (cues, words).
        reach: in differing bits.
        partial: working array for those counts, (cues, K rounded up to 64).
        limits: out, (cues,): every pattern that differs in so many bits, or fewer, is found.
        indices: out, (cues, PARTS, size): those patterns.
        distances: out, alike: their whole distances.
        found: in, 0; out, (cues, PARTS): how many there are, also where more than fit.
    """
    stored, words = patterns.shape
    cues = bits.shape[0]
    groups = partial.shape[1] // GROUP
    tasks = (groups + TASK - 1) // TASK
    least = np.empty((cues, tasks), dtype=np.int64)
    last = first + LANES * octets if octets else words
    # Vectors of words that are left, where these are all behind those that have been counted.
    rest = (words - last) // LANES if first == 0 and words % LANES == 0 else 0
    # A byte holds a count of so many bits in units of 2^shift.
    shift = 1
    while ((last - first) * 64) >> shift > 256:
        shift += 1
    for task in prange(tasks):
        start = task * TASK * GROUP
        end = min(groups * GROUP, start + TASK * GROUP)
        whole = min(stored, end) // LANES * LANES if octets else start
        for c in range(cues):
            for k in range(start, whole, LANES):
                index = c * groups * GROUP + k
                _eight_distances(patterns, k, first, octets, bits, known, c, partial, index, shift)
            for k in range(whole, end):
                partial[c, k] = 255
                if k < stored:
                    differing = _differing(patterns[k], bits[c], known[c], first, last)
                    partial[c, k] = min(255, differing >> shift)
            nearest = np.int64(255)
            for k in range(start, end, GROUP):
                nearest = min(nearest, _least_of_group(partial, c * groups * GROUP + k))
            least[c, task] = nearest
    for c in range(cues):
        task = np.argmin(least[c])
        k = task * TASK * GROUP
        while partial[c, k] != least[c, task]:
            k += 1
        limits[c] = _distance(patterns, k, bits, known, c) + reach
    for part in prange(PARTS):
        more = np.empty((1, GROUP), dtype=np.uint8)
        for c in range(cues):
            limit = min(255, limits[c] >> shift)
            for task in range(part, tasks, PARTS):
                if least[c, task] > limit:
                    continue
                start, end = task * TASK, min(groups, (task + 1) * TASK)
                for group in range(start, end + SOON):
                    if group < end:
                        soon = _not_above(partial, (c * groups + group) * GROUP, limit)
                        while soon and not (rest and popcount(soon) > CROWD):
                            _fetch(patterns, group * GROUP + _lowest(soon))
                            soon &= soon - np.uint64(1)
                    if group < start + SOON:
                        continue
                    first_of_group = (group - SOON) * GROUP
                    some = _not_above(partial, c * groups * GROUP + first_of_group, limit)
                    if rest and popcount(some) > CROWD and first_of_group + GROUP <= stored:
                        for k in range(0, GROUP, LANES):
                            _eight_distances(
                                patterns, first_of_group + k, last, rest, bits, known, c, more, k,
                                shift,
                            )  # fmt: skip
                        for k in range(GROUP):
                            more[0, k] = min(
                                255, np.int64(partial[c, first_of_group + k]) + more[0, k]
                            )
                        some = _not_above(more, 0, limit)
                    while some:
                        k = first_of_group + _lowest(some)
                        some &= some - np.uint64(1)
                        if k < stored:
                            distance = _distance(patterns, k, bits, known, c)
                            if distance <= limits[c]:
                                _gather(k, distance, part, indices[c], distances[c], found[c])


@njit(
    "void(uint64[:,::1], int64, uint64[:,::1], uint64[:,::1], int64, uint16[:,::1],"
    " int64[::1], int64[:,:,::1], int64[:,:,::1], int64[:,::1])",
    parallel=True,
    cache=True,
)
def of_many(patterns, some, bits, known, reach, least, limits, indices, distances, found):
    """Find all patterns within `reach` of the nearest to each of many states.

    As `of_few`, but the first `some` words of a block of patterns are laid out by word for all
    states, and `least`, (cues, ceil(K/64)), takes the least distance in each group.
    """
    stored = patterns.shape[0]
    cues = bits.shape[0]
    for block in prange((stored + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        end = min(stored, start + BLOCK)
        planes = np.empty((BLOCK // GROUP, some, GROUP), dtype=np.uint64)
        for k in range(start, end):
            for w in range(some):
                planes[(k - start) // GROUP, w, k % GROUP] = patterns[k, w]
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
            nearest = min(nearest, _distance(patterns, k, bits, known, c))
        limits[c] = nearest + reach
        for group in range(least.shape[1]):
            if least[c, group] > limits[c]:
                continue
            for k in range(group * GROUP, min(stored, (group + 1) * GROUP)):
                distance = _distance(patterns, k, bits, known, c)
                if distance <= limits[c]:
                    part = group // TASK % PARTS
                    _gather(k, distance, part, indices[c], distances[c], found[c])
