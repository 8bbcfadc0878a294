"""Unlearning of spurious minima: settle from random states, and subtract where they end.

Settle from a random state to s*, then W_ij −= (ε/N) s*_i s*_j, and W_ii stays 0 (Hopfield,
Feinstein and Palmer 1983, Nature 304:158). Random states end in spurious minima more often than in
stored patterns, so spurious minima are raised; too many steps raise the patterns as well. The best
network is the one in which most patterns are stable, and among equals the one with the largest
margin, with which the basins grow: the mean over patterns of min_i ξ_i h_i / |W_i| (Gardner 1988;
that unlearning widens it: Benedetti, Ventura, Marinari, Ruocco and Zamponi 2022, arXiv:2201.00032).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from hopcli.binary.arrays import Orders, Real, States
from hopcli.kernels import unlearning as kernels

# Random states drawn in one call, so that the states of fewer steps are the first of more steps.
AT_ONCE = 16
# Sweeps from one random state at most; the energy falls with every flip, so every state settles.
MOST_SWEEPS = 10_000
# Whole numbers up to 2⁵³ are exact in float64; up to this, dividing and multiplying restores them.
EXACT = 2.0**50
# Fields that are computed at once.
FIELDS_AT_ONCE = 2**22


# Evaluations per load/ε unlearning steps. The optimum is near two thirds of these steps, and flat.
CHECKS = 50
# Unlearning stops where at so many evaluations in a row a tenth of the patterns, or a fifth of the
# margin, is lost.
PATIENCE = 3
STABLE_LOST = 0.1
MARGIN_LOST = 0.2

# Called with the number of steps so far, and the share of patterns that are stable.
OnCheck = Callable[[int, float], None]


@dataclass(frozen=True, eq=False)
class UnlearningNetwork:
    """Explicit weights that unlearning changes, in whole numbers, so that all sums are exact.

    A bias is the weight from a neuron, the last, that is always on.

    Attributes:
        weights: W times the denominator, float64 of shape (N, N), or (N + 1, N + 1) with a bias;
            symmetric, without a diagonal.
        neurons: N.
        denominator: what the weights are to be divided by.
        change: what a step subtracts from a weight, ε/N, times the denominator.
    """

    weights: Real
    neurons: int
    denominator: float
    change: float

    @classmethod
    def of(
        cls, weights: Real, denominator: float, *, neurons: int, rate: float, steps: int
    ) -> "UnlearningNetwork":
        """Choose a denominator for which the change is a whole number, too.

        If fields would become too large for it, weights and change are rounded, to 2⁻⁵⁰ of the
        largest field at most.

        Args:
            weights: whole numbers, as the attribute; not changed.
            denominator: what the weights are to be divided by.
            neurons: N.
            rate: ε, above 0.
            steps: how many there will be at most.
        """
        exact = Fraction(str(rate)) * Fraction(denominator) / neurons
        largest = float(np.abs(weights).sum(axis=1).max(initial=0.0))
        largest += float(exact) * steps * len(weights)
        factor = float(exact.denominator)
        if factor * largest >= EXACT:
            factor = 2.0 ** math.floor(math.log2(EXACT / largest))
        change = float(round(exact * Fraction(factor)))
        return cls(np.rint(weights * factor), neurons, denominator * factor, change)

    def unlearn(self, count: int, rng: np.random.Generator) -> None:
        """Settle from so many random states, one after the other, and unlearn where each ends."""
        for first in range(0, count, AT_ONCE):
            states, orders = self.starts(AT_ONCE, rng)
            some = slice(min(AT_ONCE, count - first))
            kernels.unlearn(self.weights, self.change, MOST_SWEEPS, states[some], orders[some])

    def starts(self, count: int, rng: np.random.Generator) -> tuple[States, Orders]:
        """Draw random states, with the neuron that is always on, and orders of visits."""
        states = 2 * rng.integers(2, size=(count, len(self.weights)), dtype=np.int8) - 1
        states[:, self.neurons :] = 1
        return states, self.orders(count, rng)

    def orders(self, count: int, rng: np.random.Generator) -> Orders:
        """Draw permutations of the neurons, int32 of shape (count, N)."""
        return rng.permuted(np.tile(np.arange(self.neurons, dtype=np.int32), (count, 1)), axis=1)

    def settle(self, states: States, orders: Orders) -> States:
        """Return where states, (rows, N), settle, each by its own order of visits."""
        ends = self._with_bias(states)
        sweeps = np.empty(len(ends), dtype=np.int64)
        kernels.suit(kernels.operations(len(self.weights), len(ends)))
        kernels.settle(self.weights, MOST_SWEEPS, ends, orders, sweeps)
        return ends[:, : self.neurons]

    def aligned_fields(self, patterns: States) -> Iterator[Real]:
        """Yield ξ_i h_i times the denominator for blocks of the patterns, shape (rows, N) each.

        A pattern is a fixed point if none is below 0.
        """
        rows = max(1, FIELDS_AT_ONCE // self.neurons)
        for start in range(0, len(patterns), rows):
            some = self._with_bias(patterns[start : start + rows]).astype(np.float64)
            yield (some @ self.weights * some)[:, : self.neurons]

    def _with_bias(self, states: States) -> States:
        """Return a copy of states, with the neuron that is always on where there is a bias."""
        whole = np.ones((len(states), len(self.weights)), dtype=np.int8)
        whole[:, : self.neurons] = states
        return whole


@dataclass(frozen=True)
class Stability:
    """How stable the patterns are in a network.

    Attributes:
        stable: the share of patterns that are fixed points.
        margin: the mean over patterns of min_i ξ_i h_i / |W_i|.
    """

    stable: float
    margin: float

    def beats(self, other: "Stability") -> bool:
        """Return whether more patterns are stable, or as many with a larger margin."""
        return (self.stable, self.margin) > (other.stable, other.margin)

    def is_far_below(self, best: "Stability") -> bool:
        """Return whether patterns or margin are clearly lost."""
        fewer = self.stable < best.stable - STABLE_LOST
        narrower = self.margin < best.margin - MARGIN_LOST * abs(best.margin)
        # Where nothing is stable yet, there is nothing to lose.
        return fewer or (self.stable <= best.stable and best.stable > 0 and narrower)


@dataclass(frozen=True, eq=False)
class UnlearningResult:
    """The result of unlearning.

    Attributes:
        network: at its best.
        best: the number of steps at which it was best.
        steps: the number of steps made.
    """

    network: UnlearningNetwork
    best: int
    steps: int


def default_steps(patterns: int, rate: float) -> int:
    """Return how many unlearning steps lead beyond the optimum: K / ε, rounded, at least one."""
    return max(1, round(patterns / rate))


def steps_between_checks(patterns: int, rate: float) -> int:
    """Return how many steps pass between evaluations, a multiple of AT_ONCE."""
    return AT_ONCE * max(1, round(patterns / (rate * CHECKS * AT_ONCE)))


def unlearn(
    network: UnlearningNetwork,
    patterns: States,
    *,
    steps: int,
    every: int,
    rng: np.random.Generator,
    on_check: OnCheck | None = None,
) -> UnlearningResult:
    """Unlearn, evaluate the network every so often, and return it as it was at its best.

    Args:
        network: its weights are changed.
        patterns: what it should hold, ±1, int8 of shape (K, N).
        steps: the most steps.
        every: steps between evaluations, a multiple of AT_ONCE.
        rng: for the random states; more steps begin as fewer do.
        on_check: called after each evaluation.
    """
    best, at, weights = stability_of(network, patterns), 0, network.weights.copy()
    done, worse = 0, 0
    while done < steps and worse < PATIENCE:
        count = min(every, steps - done)
        network.unlearn(count, rng)
        done += count
        found = stability_of(network, patterns)
        worse = worse + 1 if found.is_far_below(best) else 0
        if found.beats(best):
            best, at = found, done
            weights[:] = network.weights
        if on_check is not None:
            on_check(done, found.stable)
    return UnlearningResult(replace(network, weights=weights), at, done)


def stability_of(network: UnlearningNetwork, patterns: States) -> Stability:
    """Evaluate how stable the patterns are."""
    lengths = np.sqrt(np.square(network.weights).sum(axis=1))[: network.neurons]
    lengths[lengths == 0] = 1.0
    fixed, margin = 0, 0.0
    for fields in network.aligned_fields(patterns):
        fixed += int((fields >= 0).all(axis=1).sum())
        margin += float((fields / lengths).min(axis=1).sum())
    return Stability(fixed / len(patterns), margin / len(patterns))
