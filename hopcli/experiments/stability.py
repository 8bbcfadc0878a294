"""How stable stored patterns are, by storing them: the bits that one update sets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.networks import BinaryNetwork, dynamics_of
from hopcli.errors import HopError
from hopcli.experiments import theory
from hopcli.experiments.intervals import Tally
from hopcli.experiments.probing import probing_tables
from hopcli.kernels import trials as kernels

# Probed patterns times patterns times neurons of one trial: 1 to 2 ms on one core.
ELEMENTS = 2**25


@dataclass(frozen=True)
class Setting:
    """What all trials of a measurement have in common.

    Attributes:
        interaction: F.
        neurons: N.
        noise: the share of a cue's bits that is flipped; round(noise · N) of them are.
        trials: how many trials there may be in all.
        seed: not negative; the same seed gives the same trials.
    """

    interaction: AbstractInteraction
    neurons: int
    noise: float
    trials: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be measured."""
        theory.check(self.neurons, error=0.25, noise=self.noise)
        if self.neurons < 2:
            raise HopError(
                f"--n {self.neurons} was given, but a neuron alone feels nothing, and it takes 2 "
                f"or more; give --n 100 or so"
            )
        if self.trials < 1:
            raise HopError(
                f"--trials {self.trials} was given, but it takes one to measure anything; give "
                f"--trials 200 or so"
            )
        if self.seed < 0:
            raise HopError(
                f"--seed {self.seed} was given, but a seed is 0 or more; give --seed 0 or so"
            )


@dataclass(frozen=True)
class Trial:
    """One network of random patterns, and everything that decides its outcome."""

    setting: Setting
    patterns: int
    number: int

    @property
    def probes(self) -> int:
        """How many of the patterns serve as cues."""
        return probes(self.setting.neurons, self.patterns)


@dataclass(frozen=True)
class Point:
    """The bit error at one number of patterns, with a 95 % interval (intervals.Tally).

    Attributes:
        patterns: K.
        load: K/N.
        bit_error: the share of bits that one update sets wrong.
        low: lower end of the interval.
        high: upper end.
        trials: how many networks were made.
        wrong: how many bits were wrong.
        bits: of how many.
    """

    patterns: int
    load: float
    bit_error: float
    low: float
    high: float
    trials: int
    wrong: int
    bits: int

    @classmethod
    def of(cls, tally: Tally, neurons: int) -> "Point":
        """Sum up a tally."""
        low, high = tally.interval
        return cls(
            patterns=tally.patterns,
            load=tally.patterns / neurons,
            bit_error=tally.share,
            low=low,
            high=high,
            trials=len(tally.wrong),
            wrong=sum(tally.wrong),
            bits=tally.total_bits,
        )


def probes(neurons: int, patterns: int) -> int:
    """How many patterns a trial probes: as many as are affordable, or go side by side at once."""
    return min(patterns, max(kernels.LANES, ELEMENTS // (patterns * neurons)))


def run(trial: Trial) -> tuple[int, int]:
    """Store random patterns, update cues once, and return how many bits are wrong, of how many."""
    (found,) = run_batch([trial])
    return found


def run_batch(trials: Sequence[Trial]) -> list[tuple[int, int]]:
    """Run trials of one setting at one K; each comes out as it would alone."""
    setting, patterns, probed = trials[0].setting, trials[0].patterns, trials[0].probes
    neurons, flips = setting.neurons, _flips(setting)
    numbers = np.array([trial.number for trial in trials])
    wrong = np.full(len(trials), kernels.UNDECIDED)
    kernels.suit(len(trials) * kernels.operations(neurons, patterns, probed))
    for table in probing_tables(setting.interaction, neurons, patterns, flips=flips):
        (left,) = np.nonzero(wrong == kernels.UNDECIDED)
        found = np.empty(len(left), dtype=np.int64)
        kernels.wrong_bits(
            _key(setting, patterns), numbers[left], patterns, probed, flips, table.pairs,
            table.slack, table.limit, found,
        )  # fmt: skip
        wrong[left] = found
    for t in np.flatnonzero(wrong == kernels.UNDECIDED).tolist():
        wrong[t] = wrong_exactly(trials[t])
    return [(count, probed * neurons) for count in wrong.tolist()]


def wrong_exactly(trial: Trial) -> int:
    """The wrong bits of a trial by dynamics that decide every sign, where the kernel could not."""
    neurons = trial.setting.neurons
    words, cues = drawn(trial, trial.probes)
    wanted, states = (packing.unpack(bits, neurons) for bits in (words[: len(cues)], cues))
    dynamics = dynamics_of(BinaryNetwork(words, neurons, trial.setting.interaction), len(states))
    dynamics.step(states, dynamics.overlaps(states), np.ones(states.shape, dtype=bool))
    return int(np.count_nonzero(states != wanted))


def drawn(trial: Trial, cues: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """A trial's patterns, (K, ceil(N/64)), and so many of them with bits flipped, packed."""
    setting, patterns = trial.setting, trial.patterns
    words = packing.words_for(setting.neurons)
    stored = np.empty((patterns, words), dtype=np.uint64)
    states = np.empty((cues, words), dtype=np.uint64)
    key = _key(setting, patterns)
    kernels.write(key, trial.number, setting.neurons, _flips(setting), stored, states)
    return stored, states


def _key(setting: Setting, patterns: int) -> np.uint64:
    """What the random numbers of all trials at one K come of."""
    return np.random.SeedSequence([setting.seed, patterns]).generate_state(1, np.uint64)[0]


def _flips(setting: Setting) -> int:
    return round(setting.noise * setting.neurons)


def extended(tally: Tally | None, setting: Setting, patterns: int, *, trials: int) -> Tally:
    """Add trials at this K to a tally of it, or begin one."""
    done = tally.wrong if tally else ()
    numbers = range(len(done), len(done) + trials)
    outcomes = run_batch([Trial(setting, patterns, number) for number in numbers])
    return Tally(patterns, outcomes[0][1], done + tuple(wrong for wrong, _ in outcomes))


def measure(
    interaction: AbstractInteraction,
    neurons: int,
    patterns: int,
    *,
    noise: float = 0.0,
    trials: int = 100,
    seed: int = 0,
) -> Point:
    """Measure the bit error at one K.

    Args:
        interaction: F.
        neurons: N, at least 2.
        patterns: K, at least 1.
        noise: the share of each cue's bits that is flipped, from 0 to less than 0.5.
        trials: how many networks are made; a single one gives too narrow an interval.
        seed: the same seed gives the same numbers, whatever the number of threads.

    Raises:
        HopError: a figure is out of its range.
    """
    if patterns < 1:
        raise HopError(
            f"{patterns} patterns were given, but it takes one to measure anything; give 1 or more"
        )
    setting = Setting(interaction, neurons, noise, trials, seed)
    return Point.of(extended(None, setting, patterns, trials=trials), neurons)
