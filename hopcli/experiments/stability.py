"""Stability by storing patterns: the share of bits that one update sets wrong."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hopcli.binary import packing
from hopcli.binary.networks import BinaryNetwork
from hopcli.experiments import theory
from hopcli.experiments.drawing import drawn, flips_of, key_of
from hopcli.experiments.probing import probing_tables
from hopcli.experiments.trials import AbstractMeasure, Counts, Setting, Trial
from hopcli.kernels import trials as kernels

# Probed patterns times patterns times neurons of one trial: 1 to 2 ms on one core.
ELEMENTS = 2**25

# Operations of the trials that are made in one call, which nothing interrupts: about 0.2 s.
AT_ONCE = 2**30

# The most bits that the patterns of one trial have, which takes seconds, and the most patterns. A
# trial whose bits must be decided by counting holds them, and 16 bytes a pattern and cue more.
LARGEST_BITS = 2**31
LARGEST_PATTERNS = 2**22


@dataclass(frozen=True)
class Stability(AbstractMeasure[Counts]):
    """The share of a cue's bits that one update sets wrong."""

    def run(self, trials: Sequence[Trial]) -> list[Counts]:
        """Make random patterns, update cues once, and count wrong bits; all trials have one K."""
        neurons, patterns = trials[0].setting.neurons, trials[0].patterns
        probed = probes(neurons, patterns)
        at_once = max(1, AT_ONCE // kernels.operations(neurons, patterns, probed))
        wrong = [
            count
            for start in range(0, len(trials), at_once)
            for count in _wrong(trials[start : start + at_once], probed)
        ]
        return [Counts(count, probed * neurons) for count in wrong]

    def probed(self, neurons: int, patterns: int) -> int:
        """Return the number of bits of all cues."""
        return probes(neurons, patterns) * neurons

    def largest(self, neurons: int) -> int:
        """Return the largest K whose trials take seconds."""
        return min(LARGEST_PATTERNS, max(1, LARGEST_BITS // neurons))

    def expected(self, setting: Setting, error: float) -> float:
        """Return log₂ of the published K, else of N."""
        found = theory.predictions(
            setting.interaction, setting.neurons, error=error, noise=setting.noise
        )
        return found[0].log2_patterns if found else math.log2(setting.neurons)


def probes(neurons: int, patterns: int) -> int:
    """Return the number of patterns that a trial probes, at least one batch of the kernel."""
    return min(patterns, max(kernels.LANES, ELEMENTS // (patterns * neurons)))


def _wrong(trials: Sequence[Trial], probed: int) -> list[int]:
    """Count the wrong bits of each trial."""
    setting, patterns = trials[0].setting, trials[0].patterns
    neurons, flips = setting.neurons, flips_of(setting)
    numbers = np.array([trial.number for trial in trials])
    wrong = np.full(len(trials), kernels.UNDECIDED)
    kernels.suit(len(trials) * kernels.operations(neurons, patterns, probed))
    for table in probing_tables(setting.interaction, neurons, patterns, flips=flips):
        (left,) = np.nonzero(wrong == kernels.UNDECIDED)
        found = np.empty(len(left), dtype=np.int64)
        kernels.wrong_bits(
            key_of(setting, patterns), numbers[left], patterns, probed, flips, table.pairs,
            table.slack, table.limit, found,
        )  # fmt: skip
        wrong[left] = found
    for t in np.flatnonzero(wrong == kernels.UNDECIDED).tolist():
        wrong[t] = wrong_exactly(trials[t])
    return wrong.tolist()


def wrong_exactly(trial: Trial) -> int:
    """Count the wrong bits of a trial in exact arithmetic, where the kernel could not decide."""
    neurons = trial.setting.neurons
    words, cues = drawn(trial, probes(neurons, trial.patterns))
    wanted, states = (packing.unpack(bits, neurons) for bits in (words[: len(cues)], cues))
    dynamics = BinaryNetwork(words, neurons, trial.setting.interaction).dynamics(len(states))
    batch = dynamics.begin(states, np.ones(states.shape, dtype=bool))
    batch.step(np.arange(len(states)))
    return int(np.count_nonzero(batch.states != wanted))
