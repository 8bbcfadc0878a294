"""Capacity: the number of random patterns at which one update sets a given share of bits wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from hopcli.binary.interactions import AbstractInteraction
from hopcli.experiments import stability, theory
from hopcli.experiments.crossing import Crossing, crossing
from hopcli.experiments.intervals import QUANTILE, Tally
from hopcli.experiments.stability import Point, Setting

# The most bits that are stored in one trial, which takes 600 MB, and the most patterns, of which
# each takes 12 bytes more for every cue.
LARGEST_BITS = 2**31
LARGEST_PATTERNS = 2**22

# Trials for a step of the bracket: enough to tell a bit error from that at twice the patterns.
BRACKET_SHARE = 1 / 25

# After the bracket: how far about the crossing points are laid, and for what share of the trials
# that are left. Those far from it tell the slope, those near it the place.
ROUNDS = ((0.25, 0.2), (0.1, 0.4), (0.05, 1.0))

# Called after each point with the point, the trials made so far, and the most there may be.
OnPoint = Callable[[Point, int, int], None]


@dataclass(frozen=True)
class Capacity:
    """The number of patterns at which the bit error reaches what is allowed.

    Attributes:
        patterns: K where the bit error crosses it, in general no whole number; 0 if one pattern
            alone already errs more often; None if the crossing was not found, being beyond what is
            affordable (or given too few trials).
        low: lower end of a 95 % interval of K; where `patterns` is None, the largest K whose bit
            error was certainly lower (0 if none was).
        high: upper end; where `patterns` is None, the smallest K whose bit error was certainly
            higher, or None.
        points: what was measured, by K.
    """

    patterns: float | None
    low: float
    high: float | None
    points: tuple[Point, ...]


def capacity(
    interaction: AbstractInteraction,
    neurons: int,
    *,
    error: float = 0.01,
    noise: float = 0.0,
    trials: int = 200,
    seed: int = 0,
    on_point: OnPoint | None = None,
) -> Capacity:
    """Find the number of patterns at which one update sets the share `error` of bits wrong.

    K is doubled or halved from where theory puts it until the crossing is bracketed, and most
    trials are spent near it. In a small network of an even number of neurons the fields of an even
    number of patterns can be ties, which leave bits as they are, so the bit error goes up and down
    from each K to the next; points come in neighbours, and the crossing is that of their mean.

    Args:
        interaction: F.
        neurons: N, at least 2.
        error: the share of a cue's bits that may be wrong, between 0 and 0.5.
        noise: the share of each cue's bits that is flipped, from 0 to less than 0.5.
        trials: the most networks that are made; fewer than about 50 seldom lead to an interval.
        seed: the same seed gives the same numbers, whatever the number of threads.
        on_point: told of each point as it is measured.

    Raises:
        HopError: a figure is out of its range.
    """
    theory.check(neurons, error=error, noise=noise)
    search = _Search(Setting(interaction, neurons, noise, trials, seed), error, on_point)
    search.bracket(_start(search.setting, error, search.largest))
    if search.above() is None:
        search.confirm_below()
    if search.above() == 1:
        return Capacity(0.0, 0.0, 1.0, search.points())
    found = None
    if search.above() is not None:
        for reach, share in ROUNDS:
            search.refine(reach, math.ceil(share * search.left))
        found = search.crossing()
    if found is None:
        return Capacity(None, *search.certain(), search.points())
    return Capacity(found.patterns, found.low, found.high, search.points())
