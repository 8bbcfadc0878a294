"""The bit error of stability, worked out for networks of far more patterns than can be stored.

Of random patterns it matters only how many fall on each overlap, so the bit error is a sum or an
integral (crosstalk), whatever their number.
"""

import math
from dataclasses import dataclass

from hopcli.binary.interactions import AbstractInteraction
from hopcli.errors import HopError
from hopcli.experiments import theory
from hopcli.experiments.crosstalk import Bounded, Threshold, classes_of, exceeds

# The largest K is 2 to this power: it still is a float, and so are all products of it.
LARGEST_LOG2 = 1000.0
# How closely capacity is found, in log₂ K.
CLOSE = 1e-6
# From so many patterns on a fraction of a pattern does not matter.
MANY = 2.0**30


@dataclass(frozen=True)
class Counted:
    """A bit error that was worked out.

    Attributes:
        bit_error: the probability that one update sets a bit of a cue wrong.
        error: how far the evaluation may be off, at most.
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
    """The probability that one update sets a random bit of a cue wrong.

    The cue is a stored pattern with exactly round(noise · N) bits flipped, all patterns are random,
    and a tie leaves a bit as it is (Krotov and Hopfield 2016, arXiv:1606.01164, in their section
    on capacity, take the crosstalk for Gaussian; here it is what it is). A K that is not whole
    stands for the two beside it, in proportion.

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
    """The K at which the `bit_error` passes `error`, or None where 2^1000 patterns do not reach it.

    By bisection, to 10⁻⁶ in log₂ K or as far as the evaluation tells. Of integer interactions the
    bit error of even and of odd K differ, since only one of the two may tie, and it can pass
    `error` more than once within a few patterns; one of these places is found. Where a pattern
    alone is too much, all is 0.

    Raises:
        HopError: a figure is out of its range.
    """
    _check(neurons, error=error, noise=noise)

    def side(log2_patterns: float) -> int:
        found = bit_error(interaction, neurons, log2_patterns=log2_patterns, noise=noise)
        if abs(found.bit_error - error) <= found.error:
            return 0
        return 1 if found.bit_error > error else -1

    if side(0.0) >= 0:
        return CountedCapacity(0.0, 0.0, 0.0)
    if side(LARGEST_LOG2) <= 0:
        return None
    low, high = 0.0, LARGEST_LOG2
    # All known to lie where the evaluation cannot tell: low < unknown[0] ≤ unknown[1] < high.
    unknown: tuple[float, float] | None = None
    while unknown is None and high - low > CLOSE:
        middle = (low + high) / 2
        match side(middle):
            case 0:
                unknown = middle, middle
            case 1:
                high = middle
            case _:
                low = middle
    if unknown is None:
        return CountedCapacity((low + high) / 2, low, high)
    first, last = unknown
    while first - low > CLOSE:
        middle = (low + first) / 2
        low, first = (middle, first) if side(middle) < 0 else (low, middle)
    while high - last > CLOSE:
        middle = (last + high) / 2
        last, high = (last, middle) if side(middle) > 0 else (middle, high)
    return CountedCapacity((low + high) / 2, low, high)


def _check(neurons: int, *, error: float, noise: float) -> None:
    """Refuse what cannot be worked out."""
    theory.check(neurons, error=error, noise=noise)
    if neurons < 2:
        raise HopError(
            f"--n {neurons} was given, but a neuron alone feels nothing, and it takes 2 or more; "
            f"give --n 100 or so"
        )


def _of_terms(
    interaction: AbstractInteraction, neurons: int, terms: float, noise: float
) -> Counted:
    """The bit error with so many other patterns."""
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
