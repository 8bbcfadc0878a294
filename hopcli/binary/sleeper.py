"""A network that dreams: what it reaches from random states, it unlearns.

Settle from a random state to s*, then W_ij −= (ε/N) s*_i s*_j, and W_ii stays 0 (Hopfield,
Feinstein and Palmer 1983, Nature 304:158). Random states end in spurious minima more often than in
stored patterns, so it is those that are raised; too many dreams raise the patterns as well.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hopcli.kernels import unlearning

# Random states are drawn so many at a time, so that those of fewer dreams begin those of more.
AT_ONCE = 16
# The energy falls with every flip, so every state settles; none took as many sweeps.
MOST_SWEEPS = 10_000
# Whole numbers up to 2⁵³ are exact in float64; up to this they also come back from a division.
EXACT = 2.0**50
# Fields that are worked out at once.
FIELDS_AT_ONCE = 2**22


@dataclass(frozen=True, eq=False)
class Sleeper:
    """Explicit weights, which dreams change, in whole numbers, so that all sums are exact.

    A bias is the weight from a neuron, the last, that is always on.

    Attributes:
        weights: W times the denominator, float64 of shape (N, N), or (N + 1, N + 1) with a bias;
            symmetric, without a diagonal.
        neurons: N.
        denominator: what the weights are to be divided by.
        change: what a dream takes from a weight, ε/N, times the denominator.
    """

    weights: NDArray[np.float64]
    neurons: int
    denominator: float
    change: float

    @classmethod
    def of(
        cls,
        weights: NDArray[np.float64],
        denominator: float,
        *,
        neurons: int,
        rate: float,
        dreams: int,
    ) -> "Sleeper":
        """Go over to a denominator of which the change is a multiple as well.

        If fields of up to so many dreams would be too large for it, the weights and the change are
        rounded, to fractions of 2⁵⁰ of the largest field at most.

        Args:
            weights: in whole numbers, as above; not changed.
            denominator: what they are to be divided by.
            neurons: N.
            rate: ε, above 0.
            dreams: how many there will be at most.
        """
        exact = Fraction(str(rate)) * Fraction(denominator) / neurons
        largest = float(np.abs(weights).sum(axis=1).max(initial=0.0))
        largest += float(exact) * dreams * len(weights)
        factor = float(exact.denominator)
        if factor * largest >= EXACT:
            factor = 2.0 ** math.floor(math.log2(EXACT / largest))
        change = float(round(exact * Fraction(factor)))
        return cls(np.rint(weights * factor), neurons, denominator * factor, change)

    def dream(self, count: int, rng: np.random.Generator) -> None:
        """Settle from so many random states, one after the other, and unlearn what is reached."""
        for first in range(0, count, AT_ONCE):
            states, orders = self.starts(AT_ONCE, rng)
            some = slice(min(AT_ONCE, count - first))
            unlearning.dream(self.weights, self.change, MOST_SWEEPS, states[some], orders[some])

    def starts(
        self, count: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
        """Random states, with the neuron that is always on, and an order of visits for each."""
        states = 2 * rng.integers(2, size=(count, len(self.weights)), dtype=np.int8) - 1
        states[:, self.neurons :] = 1
        return states, self.orders(count, rng)

    def orders(self, count: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """So many permutations of the neurons."""
        return rng.permuted(np.tile(np.arange(self.neurons, dtype=np.int32), (count, 1)), axis=1)

    def settle(self, states: NDArray[np.int8], orders: NDArray[np.int32]) -> NDArray[np.int8]:
        """Where states, (rows, N), lead, each by its own order of visits."""
        ends = self._with_bias(states)
        sweeps = np.empty(len(ends), dtype=np.int64)
        unlearning.suit(unlearning.operations(len(self.weights), len(ends)))
        unlearning.settle(self.weights, MOST_SWEEPS, ends, orders, sweeps)
        return ends[:, : self.neurons]

    def bearings(self, patterns: NDArray[np.int8]) -> Iterator[NDArray[np.float64]]:
        """Block by block of patterns, (rows, N): ξ_i h_i times the denominator.

        A pattern is a fixed point if none is below 0.
        """
        rows = max(1, FIELDS_AT_ONCE // self.neurons)
        for start in range(0, len(patterns), rows):
            some = self._with_bias(patterns[start : start + rows]).astype(np.float64)
            yield (some @ self.weights * some)[:, : self.neurons]

    def _with_bias(self, states: NDArray[np.int8]) -> NDArray[np.int8]:
        """A copy of states, with the neuron that is always on where there is a bias."""
        whole = np.ones((len(states), len(self.weights)), dtype=np.int8)
        whole[:, : self.neurons] = states
        return whole
