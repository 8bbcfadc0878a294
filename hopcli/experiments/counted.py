"""The bit error of stability, computed for networks of far more patterns than can be stored.

Of random patterns it matters only how many fall on each overlap, so the bit error is a sum or an
integral (crosstalk), whatever their number.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from hopcli.binary.interactions import AbstractInteraction
from hopcli.errors import HopError
from hopcli.experiments import theory
from hopcli.experiments.crosstalk import Bounded, Threshold, classes_of, exceeds

# The largest K is 2 to this power: it still is a float, and so are all products of it.
LARGEST_LOG2 = 1000.0
# How closely capacity is found, in log₂ K.
CLOSE = 1e-6
# Ends of a bracket, in log₂ K, between which the probit is nearly straight.
NEAR = 4.0
# From so many patterns on a fraction of a pattern does not matter.
MANY = 2.0**20
# From so many on, as log₂ K, neighbouring K are alike.
SIMILAR = 10.0


@dataclass(frozen=True)
class Counted:
    """A computed bit error.

    Attributes:
        bit_error: the probability that one update sets a bit of a cue wrong.
        error: a bound of the absolute error of `bit_error`.
    """

    bit_error: float
    error: float


@dataclass(frozen=True)
class CountedCapacity:
    """The number of patterns at which the bit error passes a given share.

    Attributes:
        log2_patterns: log₂ K.
        low: here it is below the share for certain.
        high: here it is above it for certain.
    """

    log2_patterns: float
    low: float
    high: float


def bit_error(
    interaction: AbstractInteraction, neurons: int, *, log2_patterns: float, noise: float
) -> Counted:
    """Compute the probability that one update sets a random bit of a cue wrong.

    The cue is a stored pattern with exactly round(noise · N) bits flipped, all patterns are random,
    and a tie leaves a bit as it is. Krotov and Hopfield 2016 (arXiv:1606.01164, section on
    capacity) take the crosstalk for Gaussian; here its exact distribution is used. For a K that is
    not whole, the results of the two neighbouring numbers are interpolated.

    Args:
        interaction: F.
        neurons: N, at least 2.
        log2_patterns: log₂ K, from 0 to 1000.
        noise: the share of the cue's bits that are flipped, from 0 to less than 0.5.

    Raises:
        HopError: a figure is out of its range.
    """
    _check(neurons, error=0.25, noise=noise)
    if not 0 <= log2_patterns <= LARGEST_LOG2:
        raise HopError(
            f"2^{log2_patterns:g} patterns were given, but it takes 1 to 2^{LARGEST_LOG2:g}; give "
            f"a log₂ of 20 or so"
        )
    terms = math.expm1(log2_patterns * math.log(2))
    whole = math.floor(terms + 1e-11 * (terms + 1))
    part = terms - whole
    if terms > MANY or part <= 1e-11 * (terms + 1):
        return _of_terms(interaction, neurons, float(whole), noise)
    fewer = _of_terms(interaction, neurons, float(whole), noise)
    more = _of_terms(interaction, neurons, whole + 1.0, noise)
    return Counted(
        (1 - part) * fewer.bit_error + part * more.bit_error,
        (1 - part) * fewer.error + part * more.error,
    )


def capacity(
    interaction: AbstractInteraction, neurons: int, *, error: float, noise: float
) -> CountedCapacity | None:
    """Compute the K at which the `bit_error` passes `error`; None beyond 2^1000 patterns.

    To 10⁻⁶ in log₂ K, or as far as the evaluation tells. Of integer interactions the bit error of
    even and of odd K differ, since only one of the two may tie; with few patterns it would pass
    `error` more than once, so the mean over neighbouring K is followed, as it is where patterns
    are stored (capacity.py). Where a pattern alone is too much, all is 0.

    Raises:
        HopError: a figure is out of its range.
    """
    _check(neurons, error=error, noise=noise)

    def above(log2_patterns: float) -> _Side:
        found = _among_neighbours(interaction, neurons, log2_patterns, noise)
        least, most = found.bit_error - found.error, found.bit_error + found.error
        certain = not least <= error <= most
        return _Side(_probit(found.bit_error) - _probit(error), certain)

    start, end = above(0.0), above(LARGEST_LOG2)
    if start.height >= 0 or not start.certain:
        return CountedCapacity(0.0, 0.0, 0.0)
    if end.height <= 0 or not end.certain:
        return None
    low, high = _crossing(above, (0.0, start), (LARGEST_LOG2, end))
    return CountedCapacity((low + high) / 2, low, high)


@dataclass(frozen=True)
class _Side:
    """The probit of a bit error minus that of the allowed one, and whether its sign is certain."""

    height: float
    certain: bool


def _probit(share: float) -> float:
    """Φ⁻¹, which is nearly straight in log K, held to finite values."""
    return NormalDist().inv_cdf(min(max(share, 1e-300), 0.5))


def _crossing(
    above: Callable[[float], _Side], below: tuple[float, _Side], beyond: tuple[float, _Side]
) -> tuple[float, float]:
    """Return two log₂ K as near as possible, certainly below and certainly above the crossing.

    By bisection, and once the ends are near by straight lines; a line that does not halve the
    bracket is followed by a bisection. Where the evaluation cannot decide at some K, both ends move
    towards it by bisection.
    """
    (low, bottom), (high, top) = below, beyond
    halving = False
    while high - low > CLOSE:
        middle, width = (low + high) / 2, high - low
        if width < NEAR and not halving:
            crossed = low + width * bottom.height / (bottom.height - top.height)
            # A little further than the line says, so that the other end moves as well.
            further = CLOSE / 3 if crossed < middle else -CLOSE / 3
            middle = min(max(crossed + further, low + CLOSE / 3), high - CLOSE / 3)
        found = above(middle)
        if not found.certain:
            return _towards(above, middle, low), _towards(above, middle, high)
        if found.height < 0:
            low, bottom = middle, found
        else:
            high, top = middle, found
        halving = high - low > width / 2
    return low, high


def _towards(above: Callable[[float], _Side], unknown: float, certain: float) -> float:
    """Return a log₂ K with a certain sign, near the interval in which the sign is uncertain."""
    first = unknown
    while abs(certain - unknown) > max(CLOSE, abs(unknown - first) / 8):
        middle = (unknown + certain) / 2
        if above(middle).certain:
            certain = middle
        else:
            unknown = middle
    return certain


def _among_neighbours(
    interaction: AbstractInteraction, neurons: int, log2_patterns: float, noise: float
) -> Counted:
    """Return the mean bit error of K − ½ and K + ½ where K is small, else that of K."""
    around = [log2_patterns]
    if log2_patterns < SIMILAR:
        around = [math.log2(max(1.0, 2**log2_patterns + half)) for half in (-0.5, 0.5)]
    found = [bit_error(interaction, neurons, log2_patterns=k, noise=noise) for k in around]
    return Counted(
        sum(each.bit_error for each in found) / len(found), max(each.error for each in found)
    )


def _check(neurons: int, *, error: float, noise: float) -> None:
    """Check that the bit error is defined."""
    theory.check(neurons, error=error, noise=noise)
    theory.check_fields(neurons)


@lru_cache(maxsize=64)
def _of_terms(
    interaction: AbstractInteraction, neurons: int, terms: float, noise: float
) -> Counted:
    """Compute the bit error with `terms` other patterns."""
    flips = round(noise * neurons)
    thresholds = [Threshold(neurons - 1 - 2 * flips, ties=False)]
    if flips:
        thresholds.append(Threshold(neurons + 1 - 2 * flips, ties=True))
    found = exceeds(classes_of(interaction, neurons), terms, thresholds)
    right, flipped = found[0], found[-1] if flips else Bounded(0.0, 0.0)
    share = flips / neurons
    return Counted(
        (1 - share) * right.value + share * flipped.value,
        (1 - share) * right.error + share * flipped.error,
    )
