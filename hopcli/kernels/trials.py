"""Trials of random patterns: make them, update their cues once, count the bits that are wrong.

The numbers of a trial are those of a counter, mixed (splitmix64: Steele, Lea and Flood 2014), so
each word of each pattern can be made whenever it is needed, and a trial never holds
its patterns. It goes through them 64 at a time, for cues side by side in the lanes of a vector:
the overlaps give each pattern its weight (dense.py's P), the sums of the weights of 4 patterns, in
all 16 combinations of signs, stand in tables, and a neuron's bits of the patterns choose what to
add to its field (Arlazarov, Dinic, Kronrod and Faradzhev 1970). That is one vector addition for
4 patterns and LANES cues.
"""

import numpy as np
from llvmlite import ir
from numba import prange, types
from numba.extending import intrinsic

from hopcli.kernels.bits import popcount, transpose_square
from hopcli.kernels.compiling import njit
from hopcli.kernels.threads import suit as suit
from hopcli.kernels.vectors import broadcast, data
from hopcli.kernels.visits import ANY_ORDER, UNDERFLOW

# Cues that are updated side by side: one vector of AVX-512 in float32, two in float64.
LANES = 16
# Patterns that are added to the fields at once, by four tables of four.
GO = 16

UNDECIDED = -1

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


@njit
def _mixed(word):
    """Return a bijection of words under which counting looks random."""
    word = (word ^ (word >> np.uint64(30))) * MIX_1
    word = (word ^ (word >> np.uint64(27))) * MIX_2
    return word ^ (word >> np.uint64(31))


@njit
def _random(key, index):
    """Return the random word at an index of the stream of a key."""
    return _mixed(key + (np.uint64(index) + np.uint64(1)) * GOLDEN)


@njit
def _pattern_word(key, k, w, neurons):
    """Return word w of pattern k, its spare bits 0."""
    words = (neurons + 63) >> 6
    word = _random(key, k * words + w)
    return word >> np.uint64(-neurons & 63) if w == words - 1 else word


@njit
def _choose(key, index, neurons, flips, chosen):
    """Set the bits of `flips` of the neurons in `chosen`, each such set being as likely.

    By Floyd's method (Bentley and Floyd 1987), from the words at `index` and after it; 32 random
    bits prefer one number to another of fewer than N by less than N/2³².
    """
    chosen[:] = 0
    for i in range(neurons - flips, neurons):
        word = _random(key, index)
        index += 1
        pick = np.int64(((word >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32))
        if (chosen[pick >> 6] >> np.uint64(pick & 63)) & np.uint64(1):
            pick = i
        chosen[pick >> 6] |= np.uint64(1) << np.uint64(pick & 63)


@njit
def _cue(key, c, stored, neurons, flips, cue):
    """Set `cue` to the words of pattern c with so many bits flipped."""
    words = cue.shape[0]
    _choose(key, stored * words + c * flips, neurons, flips, cue)
    for w in range(words):
        cue[w] ^= _pattern_word(key, c, w, neurons)


@intrinsic
def _tabulate(typing_context, weights, fours, tables):
    """tables[16·fours + e] ← Σ ± weights[4·fours + b], + where bit b of e is 1, for all lanes."""
    signature = types.void(weights, types.int64, tables)

    def generate(context, builder, signature, arguments):
        source, four, target = arguments
        source = _vectors(context, builder, signature.args[0], source)
        target = _vectors(context, builder, signature.args[2], target)
        align = signature.args[0].dtype.bitwidth // 8
        first = builder.mul(four, ir.IntType(64)(4))
        a, b, c, d = (
            builder.load(builder.gep(source, [builder.add(first, first.type(k))]), align=align)
            for k in range(4)
        )
        halves = []
        for one, other in ((a, b), (c, d)):
            both, difference = builder.fadd(one, other), builder.fsub(one, other)
            halves.append((builder.fneg(both), difference, builder.fneg(difference), both))
        first = builder.mul(four, first.type(16))
        for e in range(16):
            total = builder.fadd(halves[0][e & 3], halves[1][e >> 2])
            entry = builder.gep(target, [builder.add(first, first.type(e))])
            builder.store(total, entry, align=align)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _add_chosen(typing_context, sums, i, tables, fours, bits):
    """sums[i] += the entries of four tables, from `fours` on, that 4 bits each of `bits` choose."""
    signature = types.void(sums, types.int64, tables, types.int64, types.uint64)

    def generate(context, builder, signature, arguments):
        target, row, source, four, bits = arguments
        target = _vectors(context, builder, signature.args[0], target)
        source = _vectors(context, builder, signature.args[2], source)
        align = signature.args[0].dtype.bitwidth // 8
        sum_of_row = builder.gep(target, [row])
        total = builder.load(sum_of_row, align=align)
        for n in range(GO // 4):
            entry = builder.and_(builder.lshr(bits, bits.type(4 * n)), bits.type(15))
            table = builder.mul(builder.add(four, four.type(n)), four.type(16))
            chosen = builder.gep(source, [builder.add(table, entry)])
            total = builder.fadd(total, builder.load(chosen, align=align))
        builder.store(total, sum_of_row, align=align)
        return context.get_dummy_value()

    return signature, generate


def _comparison(relation):
    """Make an intrinsic: the lanes, a bit each, where a row of fields has a relation to levels."""

    def compare(typing_context, fields, i, levels, row):
        signature = types.uint64(fields, types.int64, levels, types.int64)

        def generate(context, builder, signature, arguments):
            sides = [
                builder.load(
                    builder.gep(_vectors(context, builder, kind, array), [index]),
                    align=kind.dtype.bitwidth // 8,
                )
                for kind, array, index in zip(
                    signature.args[::2], arguments[::2], arguments[1::2], strict=True
                )
            ]
            return _mask(builder, builder.fcmp_ordered(relation, *sides))

        return signature, generate

    return intrinsic(compare)


_above = _comparison(">")
_below = _comparison("<")


@intrinsic
def _ones(typing_context, words, w, b):
    """Return the lanes, a bit each, whose word w has a 1 at bit b."""
    signature = types.uint64(words, types.int64, types.int64)

    def generate(context, builder, signature, arguments):
        array, w, b = arguments
        words = _vectors(context, builder, signature.args[0], array)
        lanes = builder.load(builder.gep(words, [w]), align=8)
        bit = builder.shl(b.type(1), b)
        masked = builder.and_(lanes, broadcast(builder, bit, lanes.type))
        return _mask(builder, builder.icmp_unsigned("!=", masked, lanes.type(None)))

    return signature, generate


def _mask(builder, lanes):
    """Return one bit a lane, as a uint64."""
    packed = builder.bitcast(lanes, ir.IntType(LANES))
    return builder.zext(packed, ir.IntType(64))


def _vectors(context, builder, array_type, array):
    """Return the rows of an array of shape (rows, LANES) as vectors."""
    vector = ir.VectorType(context.get_value_type(array_type.dtype), LANES)
    return builder.bitcast(data(context, builder, array_type, array), vector.as_pointer())


@njit(fastmath=ANY_ORDER)
def _weigh(planes, count, cues, table, weights, sums):
    """Set P of `count` patterns for each lane's cue; add ΣD(m−1)−D(m+1) and magnitudes to sums."""
    differing = np.empty(64, dtype=np.uint64)
    # Whole vectors of words; what is counted after `count` is not looked at.
    full = (count + 7) & ~7
    for v in range(LANES):
        differing[:full] = 0
        for w in range(planes.shape[0]):
            cue = cues[w, v]
            for k in range(full):
                differing[k] += popcount(planes[w, k] ^ cue)
        own_part = sums[0, v]
        magnitude = sums[1, v]
        for k in range(count):
            both = table[0, differing[k]]
            difference = table[1, differing[k]]
            weights[k, v] = both
            own_part += difference
            magnitude += abs(both) + abs(difference)
        sums[0, v] = own_part
        sums[1, v] = magnitude
    weights[count:] = 0


@njit
def _add_fields(columns, count, tables, fields):
    """Add to each neuron's field the terms of the 64 patterns whose signs its column holds."""
    for i in range(columns.shape[0]):
        for go in range((count + GO - 1) // GO):
            bits = columns[i] >> np.uint64(GO * go)
            _add_chosen(fields, i, tables, go * (GO // 4), bits)


@njit
def _wrong_bits(cues, wanted, count, fields, sums, slack, limit):
    """Return how many bits the update of so many cues sets wrong, or UNDECIDED."""
    levels = np.empty((4, LANES), dtype=fields.dtype)
    inexact = np.uint64(0)
    for v in range(count):
        bound = 0.0
        if not sums[1, v] < limit:
            bound = slack * (sums[1, v] + UNDERFLOW)
            inexact |= np.uint64(1) << np.uint64(v)
        levels[0, v] = bound - sums[0, v]
        levels[1, v] = bound + sums[0, v]
        levels[2, v] = -bound - sums[0, v]
        levels[3, v] = -bound + sums[0, v]
    lanes = (np.uint64(1) << np.uint64(count)) - np.uint64(1)
    wrong = np.uint64(0)
    undecided = np.uint64(0)
    for i in range(fields.shape[0]):
        own = _ones(cues, i >> 6, i & 63)
        right = _ones(wanted, i >> 6, i & 63)
        up = own & _above(fields, i, levels, 0) | ~own & _above(fields, i, levels, 1)
        down = own & _below(fields, i, levels, 2) | ~own & _below(fields, i, levels, 3)
        wrong += popcount(((up | own & ~down) ^ right) & lanes)
        undecided |= ~(up | down) & inexact
    return UNDECIDED if undecided else np.int64(wrong)


@njit
def _trial(key, stored, probes, flips, table, slack, limit):
    """Make one trial; return the wrong bits of all its cues."""
    neurons = table.shape[1] - 1
    words = (neurons + 63) >> 6
    groups = (probes + LANES - 1) // LANES
    cues = np.zeros((groups, words, LANES), dtype=np.uint64)
    wanted = np.zeros((words, LANES), dtype=np.uint64)
    cue = np.empty(words, dtype=np.uint64)
    planes = np.zeros((words, 64), dtype=np.uint64)
    square = np.empty(64, dtype=np.uint64)
    columns = np.empty(words * 64, dtype=np.uint64)
    weights = np.empty((64, LANES), dtype=table.dtype)
    tables = np.empty((256, LANES), dtype=table.dtype)
    fields = np.zeros((groups, neurons, LANES), dtype=table.dtype)
    sums = np.zeros((groups, 2, LANES), dtype=table.dtype)
    for c in range(probes):
        _cue(key, c, stored, neurons, flips, cue)
        cues[c // LANES, :, c % LANES] = cue
    for first in range(0, stored, 64):
        count = min(64, stored - first)
        for w in range(words):
            for k in range(count):
                planes[w, k] = _pattern_word(key, first + k, w, neurons)
            square[:] = planes[w]
            transpose_square(square)
            columns[w * 64 : w * 64 + 64] = square
        for g in range(groups):
            _weigh(planes, count, cues[g], table, weights, sums[g])
            for fours in range((count + GO - 1) // GO * (GO // 4)):
                _tabulate(weights, fours, tables)
            _add_fields(columns[:neurons], count, tables, fields[g])
    wrong = 0
    for g in range(groups):
        lanes = min(LANES, probes - g * LANES)
        for v in range(lanes):
            for w in range(words):
                wanted[w, v] = _pattern_word(key, g * LANES + v, w, neurons)
        found = _wrong_bits(cues[g], wanted, lanes, fields[g], sums[g], slack, limit)
        if found == UNDECIDED:
            return UNDECIDED
        wrong += found
    return wrong


def operations(neurons, stored, probes):
    """Return the cost of a trial, in elementary operations as threads.py counts them.

    Weighing a pattern costs as much as adding it to about 100 neurons, and an addition an eighth.
    """
    return -(-probes // LANES) * LANES * stored * (neurons + 100) // 8


@njit(
    [
        f"void(uint64, int64[::1], int64, int64, int64, {real}[:,::1], float64, float64,"
        f" int64[::1])"
        for real in ("float32", "float64")
    ],
    parallel=True,
    cache=True,
)
def wrong_bits(key, numbers, stored, probes, flips, table, slack, limit, out):
    """Count the wrong bits of each trial's `probes` cues; UNDECIDED where floats do not decide.

    Args:
        key: of all these trials; a trial's own key depends on it and on its number.
        numbers: of the trials.
        stored: K.
        probes: how many of the patterns serve as cues.
        flips: how many bits of a cue are flipped.
        table: D(m−1) + D(m+1) and D(m−1) − D(m+1) at m = N − 2d, shape (2, N + 1).
        slack: a sum has its true sign where it is larger than slack · (sum of the magnitudes),
        limit: and every sum is exact where the latter is below this.
        out: one number a trial.
    """
    for t in prange(numbers.shape[0]):
        own_key = _mixed(key + np.uint64(numbers[t]) * GOLDEN)
        out[t] = _trial(own_key, stored, probes, flips, table, slack, limit)


@njit("void(uint64, int64, int64, int64, uint64[:,::1], uint64[:,::1])", cache=True)
def write(key, number, neurons, flips, patterns, cues):
    """Set the patterns, (K, words), and cues, (probes, words), to those of a trial."""
    own_key = _mixed(key + np.uint64(number) * GOLDEN)
    for k in range(patterns.shape[0]):
        for w in range(patterns.shape[1]):
            patterns[k, w] = _pattern_word(own_key, k, w, neurons)
    for c in range(cues.shape[0]):
        _cue(own_key, c, patterns.shape[0], neurons, flips, cues[c])
