"""How well explicit weights hold patterns: stable patterns, basins, and spurious minima.

All are measured on states that are drawn once, so that two networks are compared on the same.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from hopcli.binary.arrays import Mask, Orders, States, Whole
from hopcli.binary.unlearning import FIELDS_AT_ONCE, UnlearningNetwork, stability_of

# Patterns whose basins are measured, cues of each, and how many of them must return.
SAMPLE = 20
TRIES = 10
RETURNING = 9
# Shares of a cue's bits that may be flipped: hundredths, up to the half that leaves nothing of it.
LEVELS = 100
# Random states that are followed.
STARTS = 200


@dataclass(frozen=True)
class Condition:
    """How well a network holds its patterns.

    Attributes:
        stable: the share of all patterns that are fixed points.
        basin: the largest share of a pattern's bits, in hundredths, at which nine of ten cues come
            back to the pattern itself; the mean over a sample of the patterns. 0 for one that is
            not stable.
        spurious: the share of random states that lead to no pattern, and no pattern's negative.
    """

    stable: float
    basin: float
    spurious: float


@dataclass(frozen=True, eq=False)
class Examination:
    """Patterns, and the states by which networks are examined that should hold them.

    Attributes:
        patterns: ±1, int8 of shape (K, N).
        sample: indices of the patterns whose basins are measured, shape (samples,).
        flips: the neurons in the order in which they are flipped, (samples · TRIES, N), so that a
            cue with more noise has the flipped bits of one with less.
        visits: an order of visits for each cue, of the same shape.
        starts: random states, and an order of visits for each.
    """

    patterns: States
    sample: Whole
    flips: Orders
    visits: Orders
    starts: tuple[States, Orders]

    @classmethod
    def of(cls, patterns: States, rng: np.random.Generator) -> Self:
        """Draw the states."""
        stored, neurons = patterns.shape
        sample = np.sort(rng.permutation(stored)[:SAMPLE])
        rows = np.tile(np.arange(neurons, dtype=np.int32), (len(sample) * TRIES, 1))
        flips, visits = (rng.permuted(rows, axis=1) for _ in range(2))
        starts = 2 * rng.integers(2, size=(STARTS, neurons), dtype=np.int8) - 1
        orders = rng.permuted(np.tile(rows[0], (STARTS, 1)), axis=1)
        return cls(patterns, sample, flips, visits, (starts, orders))

    def condition(self, network: UnlearningNetwork) -> Condition:
        """Measure all three."""
        return Condition(self.stable(network), self.basin(network), self.spurious(network))

    def stable(self, network: UnlearningNetwork) -> float:
        """Return the share of patterns with ξ_i h_i ≥ 0 at every neuron."""
        return stability_of(network, self.patterns).stable

    def basin(self, network: UnlearningNetwork) -> float:
        """Return the mean basin, by bisection for all patterns of the sample at once.

        More flips are assumed to return no more often than fewer.
        """
        low = np.full(len(self.sample), -1)
        high = np.full(len(self.sample), LEVELS // 2 + 1)
        while (high - low > 1).any():
            middle = (low + high) // 2
            returned = self._returned(network, middle)
            low, high = np.where(returned, middle, low), np.where(returned, high, middle)
        return float(np.maximum(low, 0).mean()) / LEVELS

    def _returned(self, network: UnlearningNetwork, levels: Whole) -> Mask:
        """Return whether nine of ten cues return, for each sampled pattern and its share."""
        neurons = self.patterns.shape[1]
        wanted = np.repeat(self.patterns[self.sample], TRIES, axis=0)
        flips = np.repeat((levels * neurons + LEVELS // 2) // LEVELS, TRIES)
        rank = np.arange(neurons) < flips[:, None]
        flipped = np.zeros(wanted.shape, dtype=bool)
        np.put_along_axis(flipped, self.flips, rank, axis=1)
        ends = network.settle(np.where(flipped, -wanted, wanted), self.visits)
        back = (ends == wanted).all(axis=1).reshape(-1, TRIES)
        return back.sum(axis=1) >= RETURNING

    def spurious(self, network: UnlearningNetwork) -> float:
        """Return the share of random states that end at no pattern and no negative of one."""
        ends = network.settle(*self.starts).astype(np.float32)
        stored, neurons = self.patterns.shape
        elsewhere = np.ones(len(ends), dtype=bool)
        rows = max(1, FIELDS_AT_ONCE // neurons)
        for start in range(0, stored, rows):
            # Sums of ±1, exact in float32.
            overlaps = ends @ self.patterns[start : start + rows].T.astype(np.float32)
            elsewhere &= (np.abs(overlaps) < neurons).all(axis=1)
        return float(elsewhere.mean())
