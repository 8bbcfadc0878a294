"""The stored patterns that are near enough to a state to influence a recall by squared distances.

In the energy −(1/β) log Σ_μ exp(−(β/2) d²_μ) a pattern has the weight exp(−(β/2)(d²_μ − min d²)),
relative to the nearest. All patterns whose squared distance exceeds the least one by more than a
reach of 2 ln(K/10⁻¹²)/β have together a weight below 10⁻¹². To leave them out changes a state by
less than 10⁻¹² of the full range, and the energy by less than 10⁻¹²/β.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns

# Largest weight of all patterns left out together, relative to that of the nearest.
LEFT_OUT = 1e-12
# If more than this share of the patterns matters, all are taken, which saves copying them.
MOST = 0.25


def reach(memories: int, beta: float) -> float:
    """Compute by how much the squared distance of a relevant pattern may exceed the least one.

    Args:
        memories: K.
        beta: sharpness of the softmax.
    """
    return 2 * math.log(memories / LEFT_OUT) / beta


@dataclass(frozen=True)
class Neighbourhood:
    """The patterns that are relevant at some states.

    Attributes:
        patterns: all stored patterns.
        reach: in the unit of d².
        rows: indices of the relevant ones, in ascending order.
        chosen: the same as patterns of their own; None if there are none yet.
        balls: in which no relevant pattern is missing, each by its centre, shape (N,), and radius.
    """

    patterns: AbstractPatterns
    reach: float
    rows: NDArray[np.intp]
    chosen: AbstractPatterns | None
    balls: tuple[tuple[NDArray[np.float64], float], ...] = ()

    @classmethod
    def empty(cls, patterns: AbstractPatterns, beta: float) -> "Neighbourhood":
        """Begin without any pattern."""
        return cls(patterns, reach(len(patterns), beta), np.empty(0, np.intp), None)

    @classmethod
    def whole(cls, patterns: AbstractPatterns) -> "Neighbourhood":
        """Take all patterns, for networks in which each is relevant."""
        return cls(patterns, math.inf, np.arange(len(patterns)), patterns)

    @property
    def memories(self) -> AbstractPatterns:
        """The relevant patterns."""
        assert self.chosen is not None
        return self.chosen

    @property
    def is_whole(self) -> bool:
        """Whether no pattern is left out."""
        return self.chosen is self.patterns

    def around(self, x: NDArray[np.float64]) -> "Neighbourhood":
        """Add the patterns that are relevant at another state.

        Args:
            x: the state, NaN where unknown, shape (N,).

        Returns:
            The neighbourhood itself if there are no others.
        """
        if self.is_whole:
            return self
        known = ~np.isnan(x)
        squares = None if self.chosen is None else self.chosen.squared_distances(x)
        if known.all() and squares is not None and self._covers(x, float(squares.min())):
            return self
        likely = self.rows[:0] if squares is None else self.rows[[squares.argmin()]]
        # Over fewer pixels distances are smaller, and a recall scales β up accordingly.
        reach = self.reach * np.count_nonzero(known) / known.size
        rows, radius = self.patterns.within(x, reach, likely)
        # Distances over some pixels do not bound those over all.
        balls = (*self.balls, (x, radius)) if known.all() else self.balls
        rows = np.union1d(self.rows, rows)
        if len(rows) > MOST * len(self.patterns):
            return Neighbourhood.whole(self.patterns)
        if len(rows) == len(self.rows):
            return replace(self, balls=balls)
        return replace(self, rows=rows, chosen=self.patterns.among(rows), balls=balls)

    def _covers(self, x: NDArray[np.float64], nearest: float) -> bool:
        """Tell whether all patterns relevant at a state are here, by the triangle inequality.

        Args:
            x: the state, shape (N,).
            nearest: the least squared distance of a pattern here.
        """
        # A millionth allows for rounding errors.
        needed = math.sqrt(nearest + self.reach) * (1 + 1e-6)
        return any(needed + np.linalg.norm(x - centre) <= r for centre, r in self.balls)
