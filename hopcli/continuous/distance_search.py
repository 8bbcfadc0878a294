"""Search among patterns of bytes for those near a state, without reading all pixels of each.

A state is rounded to whole levels, so that sums over its pixels are exact. Once one pattern is
known to be near, the pixels of another are read only until their partial sum exceeds the limit. The
result depends neither on the order in which pixels are read nor on the number of threads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.kernels import nearness as kernels

# Larger than any sum.
NO_LIMIT = 2**62
# Patterns, spread evenly, from which it is estimated which pixels differ most and how many have to
# be read.
SAMPLE = 16
# Parts of the memory; the pattern of each with the least partial sum is compared first.
PARTS = 8
# Pixels compared in the time of one operation of `kernels.suit`, which sets the number of threads.
CHEAP = 4
# States compared at once.
TOGETHER = 8
FARTHEST = kernels.FARTHEST
EVERYTHING_KNOWN = np.empty((0, 0), np.uint8)


@dataclass(frozen=True)
class Measure:
    """A distance of a pattern θ and a state r: a sum over pixels.

    Attributes:
        add: the kernel that adds up segments of the sum.
        of: from θ − r to the terms of the sum.
    """

    add: Callable[..., None]
    of: Callable[[NDArray[np.int32]], NDArray[np.int32]]


SQUARES = Measure(kernels.add_squares, np.square)
MAGNITUDES = Measure(kernels.add_magnitudes, np.abs)


@dataclass(frozen=True)
class Rounded:
    """A state in whole levels out of 255.

    Attributes:
        levels: r, 0 where unknown, int16 of shape (N,).
        known: 255, or 0 where unknown, uint8 of shape (N,).
        moved: x − r in the same unit, 0 where unknown, shape (N,).
    """

    levels: NDArray[np.int16]
    known: NDArray[np.uint8]
    moved: NDArray[np.float64]

    @classmethod
    def of(cls, x: NDArray[np.float64]) -> "Rounded":
        """Round a state in levels out of 255, NaN where unknown, shape (N,)."""
        known = ~np.isnan(x)
        given = np.where(known, x, 0.0)
        # What is cut off from levels far outside the range counts as part of `moved`.
        whole = np.clip(np.rint(given), -kernels.FARTHEST, kernels.FARTHEST)
        return cls(whole.astype(np.int16), np.where(known, 255, 0).astype(np.uint8), given - whole)

    def terms(self, patterns: NDArray[np.uint8], measure: Measure) -> NDArray[np.int32]:
        """Compute the terms of the sums over known pixels, shape (patterns, N)."""
        return measure.of((patterns & self.known) - self.levels.astype(np.int32))


def search(
    values: NDArray[np.uint8],
    state: Rounded,
    measure: Measure,
    limit: Callable[[int], float],
    likely: NDArray[np.integer],
) -> tuple[NDArray[np.intp], int]:
    """Find all patterns whose sum is at most limit(the least sum).

    Args:
        values: the patterns, shape (K, N).
        state: r.
        measure: the distance.
        limit: increasing, and at least its argument.
        likely: patterns one of which may be the nearest; none if nothing is known.

    Returns:
        The patterns, in ascending order, and the least sum.
    """
    known = EVERYTHING_KNOWN if state.known.all() else state.known[None]
    order, growth = _plan(state.terms(values[_spread(values)], measure), state.known)
    sums = np.zeros((1, len(values)), np.int64)

    def add(start: int, stop: int, most: int) -> None:
        span = _span(start, stop, growth, most)
        kernels.suit(len(values) * kernels.SEGMENT * int(span[2] - start) // CHEAP)
        measure.add(values, state.levels[None], known, order, span, np.array([most]), sums)

    begun = 0
    if not len(likely):
        begun = min(1, len(order))
        add(0, begun, NO_LIMIT)
        likely = _leasts(sums[0])
    bound = int(state.terms(values[likely], measure).sum(axis=1, dtype=np.int64).min())
    most = int(min(limit(bound), NO_LIMIT))
    add(begun, len(order), most)
    read = np.flatnonzero(sums[0] <= most)
    found = sums[0, read]
    least = int(found.min())
    return read[found <= limit(least)], least


def squares_to_others(
    values: NDArray[np.uint8], rows: NDArray[np.integer], rank: int
) -> NDArray[np.int64]:
    """Compute squared distances from some patterns to the nearest that is not the same.

    The `rank` smallest are exact; the others may be too small, but not smaller than these. Where
    there is no other pattern the distance is NO_LIMIT.

    Args:
        values: all patterns, shape (K, N).
        rows: indices of some patterns, shape (n,).
        rank: 1 … n.
    """
    asked = [Rounded.of(row) for row in values[rows].astype(np.float64)]
    levels = np.array([state.levels for state in asked])
    sample = values[_spread(values)]
    terms = np.mean([state.terms(sample, SQUARES) for state in asked], axis=0)
    order, growth = _plan(terms, asked[0].known)
    sums = np.zeros((len(rows), len(values)), np.int64)

    def add(start: int, stop: int, most: int) -> None:
        span = _span(start, stop, growth, most)
        kernels.suit(len(rows) * len(values) * kernels.SEGMENT * int(span[2] - start) // CHEAP)
        limits = np.full(len(rows), most)
        SQUARES.add(values, levels, EVERYTHING_KNOWN, order, span, limits, sums)

    add(0, 1, NO_LIMIT)
    bounds = []
    for state, begun in zip(asked, sums, strict=True):
        likely = _leasts(np.where(begun > 0, begun, NO_LIMIT))
        squares = state.terms(values[likely], SQUARES).sum(axis=1, dtype=np.int64)
        bounds.append(int(squares[squares > 0].min(initial=NO_LIMIT)))
    most = sorted(bounds)[rank - 1]
    add(1, len(order), most)
    return np.where((sums > 0) & (sums < most), sums, most).min(axis=1)


def add_all_squares(
    values: NDArray[np.uint8],
    states: NDArray[np.float64],
    known: NDArray[np.uint8],
    out: NDArray[np.float64],
) -> None:
    """Compute out_cμ = Σ_i (θ_μi − r_ci)² over known i, for whole levels r up to FARTHEST."""
    segments = -(-values.shape[1] // kernels.SEGMENT)
    order, span = np.arange(segments), np.array([0, segments, 0])
    for start in range(0, len(states), TOGETHER):
        some = slice(start, start + TOGETHER)
        levels = states[some].astype(np.int16)
        given = EVERYTHING_KNOWN if known[some].all() else known[some]
        sums = np.zeros((len(levels), len(values)), np.int64)
        kernels.suit(len(levels) * values.size // CHEAP)
        limits = np.full(len(levels), NO_LIMIT)
        SQUARES.add(values, levels, given, order, span, limits, sums)
        out[some] = sums


def _plan(
    terms: NDArray[Any], known: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Choose the order in which segments are read, and estimate how sums grow with each.

    Reading begins with the quarter of the segments in which a sample differs most, and wraps
    around, since consecutive memory is read fastest. Segments without a known pixel are left out.

    Args:
        terms: of the sums to some patterns, shape (sample, N).
        known: 255 or 0, shape (N,).
    """
    starts = np.arange(0, len(known), kernels.SEGMENT)
    used = np.flatnonzero(np.maximum.reduceat(known, starts))
    if not len(used):
        return used.astype(np.int64), np.empty(0)
    mean = np.add.reduceat(terms.mean(axis=0, dtype=np.float64), starts)[used]
    window = -(-len(used) // 4)
    quarters = np.convolve(np.append(mean, mean[: window - 1]), np.ones(window), "valid")
    shift = -int(quarters.argmax())
    return np.roll(used, shift).astype(np.int64), np.roll(mean, shift).cumsum()


def _span(start: int, stop: int, growth: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Return the first segment, the end, and how far pixels are likely to be read.

    The estimate is one segment above that of the sample: a segment that is read without having
    been prefetched costs more than one that is prefetched in vain.
    """
    expected = 2 + int(np.searchsorted(growth, most))
    return np.array([start, stop, max(start, min(stop, expected))])


def _leasts(sums: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the index of the least sum in each of a few parts."""
    edges = np.linspace(0, len(sums), min(PARTS, len(sums)) + 1).astype(np.intp)
    return edges[:-1] + [sums[a:b].argmin() for a, b in pairwise(edges)]


def _spread(values: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Choose some patterns, spread evenly."""
    return np.linspace(0, len(values) - 1, min(len(values), SAMPLE)).round().astype(np.intp)
