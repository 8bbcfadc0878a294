"""The memories that matter on the way of a recall, and no others.

The energy −(1/β) log Σ_μ exp(−(β/2) d²_μ) and its softmax see of a memory only what is left of
exp(−(β/2)(d²_μ − min d²)). All memories farther than the nearest by a reach of 2 ln(K/10⁻¹²)/β, in
squared distance, have together less than 10⁻¹² of the nearest's weight. Left out, they move a state
by less than 10⁻¹² of the full range, and the energy by less than 10⁻¹²/β.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns

# What all memories that are left out may weigh together, in parts of the nearest's weight.
LEFT_OUT = 1e-12
# Where more than this share of the memories matters, they are not copied, but all of them taken.
MOST = 0.25


def reach(memories: int, beta: float) -> float:
    """By how much the squared distance of a memory that matters may surpass the nearest's."""
    return 2 * math.log(memories / LEFT_OUT) / beta


@dataclass(frozen=True)
class Ball:
    """Where all memories are known: around a state, shape (N,), as far as a distance."""

    centre: NDArray[np.float64]
    radius: float


@dataclass(frozen=True)
class Neighbourhood:
    """Memories that matter at some states.

    Attributes:
        patterns: all memories.
        reach: in the unit of d².
        rows: those that matter, in ascending order.
        chosen: the same as patterns of their own; None if there are none yet.
        balls: where there are no others.
    """

    patterns: AbstractPatterns
    reach: float
    rows: NDArray[np.intp]
    chosen: AbstractPatterns | None
    balls: tuple[Ball, ...] = ()

    @classmethod
    def empty(cls, patterns: AbstractPatterns, beta: float) -> "Neighbourhood":
        """No memory, to begin with."""
        return cls(patterns, reach(len(patterns), beta), np.empty(0, np.intp), None)

    @classmethod
    def whole(cls, patterns: AbstractPatterns) -> "Neighbourhood":
        """All memories, for networks in which every one matters."""
        return cls(patterns, math.inf, np.arange(len(patterns)), patterns)

    @property
    def memories(self) -> AbstractPatterns:
        """The memories that matter."""
        assert self.chosen is not None
        return self.chosen

    @property
    def is_whole(self) -> bool:
        """Whether no memory is left out."""
        return self.chosen is self.patterns

    def around(self, x: NDArray[np.float64]) -> "Neighbourhood":
        """The same, with all memories that matter at another state, NaN where unknown.

        It is the same object if there are no others.
        """
        if self.is_whole:
            return self
        known = ~np.isnan(x)
        squares = None if self.chosen is None else self.chosen.squared_distances(x)
        if known.all() and squares is not None and self._covers(x, float(squares.min())):
            return self
        likely = self.rows[:0] if squares is None else self.rows[[squares.argmin()]]
        # Over fewer pixels distances are smaller, and recall takes a larger β for them.
        reach = self.reach * np.count_nonzero(known) / known.size
        rows, radius = self.patterns.within(x, reach, likely)
        # Distances over some pixels say nothing of those over all.
        balls = (*self.balls, Ball(x, radius)) if known.all() else self.balls
        rows = np.union1d(self.rows, rows)
        if len(rows) > MOST * len(self.patterns):
            return Neighbourhood.whole(self.patterns)
        if len(rows) == len(self.rows):
            return replace(self, balls=balls)
        return replace(self, rows=rows, chosen=self.patterns.among(rows), balls=balls)

    def _covers(self, x: NDArray[np.float64], nearest: float) -> bool:
        """Whether all that matter at a state are here, one of them at a squared distance.

        By the triangle inequality, with a millionth for rounding errors.
        """
        needed = math.sqrt(nearest + self.reach) * (1 + 1e-6)
        return any(needed + np.linalg.norm(x - ball.centre) <= ball.radius for ball in self.balls)
