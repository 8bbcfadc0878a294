"""Dreaming until a network is at its best.

Too few dreams leave spurious minima as deep as the patterns, too many take the patterns away. What
tells the best is the share of patterns that are stable, and among equals the margin, with which the
basins grow: the mean over patterns of min_i ξ_i h_i / |W_i| (Gardner 1988; that unlearning widens
it: Benedetti, Ventura, Marinari, Ruocco and Zamponi 2022, arXiv:2201.00032).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.sleeper import AT_ONCE, Sleeper

# How often a network is looked at while it takes ε times the dreams to reach the load: so many
# times, as the best is at about two thirds of that and is flat.
LOOKS = 50
# It has clearly worsened when at so many looks one after the other a tenth of the patterns, or a
# fifth of the margin, is gone.
PATIENCE = 3
STABLE_LOST = 0.1
MARGIN_LOST = 0.2

# Called with the dreams so far, and the share of patterns that are stable.
OnLook = Callable[[int, float], None]


@dataclass(frozen=True)
class Look:
    """What is seen of a network; the larger one is the better.

    Attributes:
        stable: the share of patterns that are fixed points.
        margin: as above.
    """

    stable: float
    margin: float

    def beats(self, other: "Look") -> bool:
        """Whether this is better: more patterns are stable, or as many by a larger margin."""
        return (self.stable, self.margin) > (other.stable, other.margin)

    def is_far_below(self, best: "Look") -> bool:
        """Whether this is clearly worse."""
        fewer = self.stable < best.stable - STABLE_LOST
        narrower = self.margin < best.margin - MARGIN_LOST * abs(best.margin)
        # Where nothing is stable yet, there is nothing to lose.
        return fewer or (self.stable <= best.stable and best.stable > 0 and narrower)


@dataclass(frozen=True, eq=False)
class Dreamt:
    """What a night came to.

    Attributes:
        sleeper: the network at its best.
        best: after how many dreams that was.
        dreams: how many it had.
    """

    sleeper: Sleeper
    best: int
    dreams: int


def default_steps(patterns: int, rate: float) -> int:
    """Return how many unlearning steps lead beyond the optimum: K / ε, rounded, at least one."""
    return max(1, round(patterns / rate))


def dreams_between_looks(patterns: int, rate: float) -> int:
    """How many dreams pass from one look to the next, a multiple of those drawn at once."""
    return AT_ONCE * max(1, round(patterns / (rate * LOOKS * AT_ONCE)))


def dream(
    sleeper: Sleeper,
    patterns: NDArray[np.int8],
    *,
    steps: int,
    every: int,
    rng: np.random.Generator,
    on_look: OnLook | None = None,
) -> Dreamt:
    """Dream, look every so often, and return the network as it was at its best.

    Args:
        sleeper: the network; its weights are changed.
        patterns: what it should hold, ±1, int8 of shape (K, N).
        steps: the most dreams.
        every: dreams from one look to the next, a multiple of sleeper.AT_ONCE.
        rng: of the random states; more dreams begin as fewer do.
        on_look: told of each look.
    """
    best, at, weights = look(sleeper, patterns), 0, sleeper.weights.copy()
    done, worse = 0, 0
    while done < steps and worse < PATIENCE:
        count = min(every, steps - done)
        sleeper.dream(count, rng)
        done += count
        seen = look(sleeper, patterns)
        worse = worse + 1 if seen.is_far_below(best) else 0
        if seen.beats(best):
            best, at = seen, done
            weights[:] = sleeper.weights
        if on_look is not None:
            on_look(done, seen.stable)
    return Dreamt(replace(sleeper, weights=weights), at, done)


def look(sleeper: Sleeper, patterns: NDArray[np.int8]) -> Look:
    """See how stable the patterns are."""
    lengths = np.sqrt(np.square(sleeper.weights).sum(axis=1))[: sleeper.neurons]
    lengths[lengths == 0] = 1.0
    fixed, margin = 0, 0.0
    for bearing in sleeper.bearings(patterns):
        fixed += int((bearing >= 0).all(axis=1).sum())
        margin += float((bearing / lengths).min(axis=1).sum())
    return Look(fixed / len(patterns), margin / len(patterns))
