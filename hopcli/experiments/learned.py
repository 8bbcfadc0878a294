"""Stability and retrieval of networks whose weights a rule learns in each trial."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid, packing
from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.rules import AbstractRule
from hopcli.binary.weighted import WeightedNetwork
from hopcli.experiments.drawing import drawn
from hopcli.experiments.retrieval import AbstractRetrieval
from hopcli.experiments.trials import AbstractMeasure, Counts, Setting, Trial


@dataclass(frozen=True)
class _Learned:
    """The rule of both measures, and what follows from it alone."""

    rule: AbstractRule

    def largest(self, neurons: int) -> int:
        """Return the largest K that the rule learns."""
        return self.rule.largest(neurons)

    def expected(self, setting: Setting, error: float) -> float:
        """Return log₂ of a K near the rule's capacity, where a search begins."""
        return math.log2(max(1.0, self.rule.start * setting.neurons))


@dataclass(frozen=True)
class LearnedStability(_Learned, AbstractMeasure[Counts]):
    """The share of a cue's bits that one update by learned weights sets wrong."""

    def run(self, trials: Sequence[Trial]) -> list[Counts]:
        """Learn random patterns, update a cue of each once, and count wrong bits."""
        return [self._run(trial) for trial in trials]

    def _run(self, trial: Trial) -> Counts:
        neurons = trial.setting.neurons
        words, cues = drawn(trial, trial.patterns)
        dynamics = _network(self.rule, trial, words).plain()
        wanted, states = packing.unpack(words, neurons), packing.unpack(cues, neurons)
        batch = dynamics.begin(states, np.ones(states.shape, dtype=bool))
        batch.step(np.arange(len(states)))
        return Counts(int(np.count_nonzero(batch.states != wanted)), wanted.size)

    def probed(self, neurons: int, patterns: int) -> int:
        """Return the number of bits of all cues, one cue for each pattern."""
        return patterns * neurons


@dataclass(frozen=True)
class LearnedRetrieval(_Learned, AbstractRetrieval):
    """Retrieval by learned weights."""

    def dynamics(self, trial: Trial, words: NDArray[np.uint64], cues: int) -> AbstractDynamics:
        """Learn the weights; return the arithmetic that is fastest for all trials."""
        return _network(self.rule, trial, words).builder(cues * trial.setting.trials)()


def network(
    rule: AbstractRule, words: NDArray[np.uint64], neurons: int, rng: np.random.Generator
) -> WeightedNetwork:
    """Learn the weights of packed patterns, uint64 of shape (K, ceil(N/64)).

    `rng` is for rules that draw random states.
    """
    learned = rule.learn(packing.unpack(words, neurons), rng=rng)
    matrix, denominator = learned.matrix, learned.denominator
    if denominator is None:
        # With the diagonal, so that the rounding errors beside it become 0.
        denominator = grid.denominator_for(matrix)
        np.fill_diagonal(matrix, 0)
        grid.round_to(matrix, denominator)
    return WeightedNetwork(matrix, np.zeros(neurons), denominator, words, rule.name)


def _network(rule: AbstractRule, trial: Trial, words: NDArray[np.uint64]) -> WeightedNetwork:
    """Learn the network of a trial, with random numbers that depend on the trial only."""
    rng = np.random.default_rng([trial.setting.seed, trial.patterns, trial.number, 1])
    return network(rule, words, trial.setting.neurons, rng)
