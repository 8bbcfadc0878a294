"""How stable stored patterns are, by storing them: the bits that one update sets wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.interactions import AbstractInteraction, Classical
from hopcli.binary.networks import BinaryNetwork, dynamics_of
from hopcli.errors import HopError
from hopcli.experiments import theory
from hopcli.experiments.intervals import Tally

# Probed patterns times patterns times neurons of one trial: 10 ms on two cores.
ELEMENTS = 2**25

# Up to so many neurons, forming weights for one trial is quicker than its update in NumPy: at 550
# neurons 8 against 11 ms, at 100 neurons 0.2 against 1.2 ms.
WEIGHTS_NEURONS = 512


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
    """How many patterns a trial probes: as many as are affordable."""
    return min(patterns, max(1, ELEMENTS // (patterns * neurons)))


def run(trial: Trial) -> tuple[int, int]:
    """Store random patterns, update cues once, and return how many bits are wrong, of how many."""
    setting = trial.setting
    rng = np.random.default_rng(
        np.random.SeedSequence([setting.seed, trial.patterns, trial.number])
    )
    words = random_patterns(trial.patterns, setting.neurons, rng)
    wanted = packing.unpack(words[: trial.probes], setting.neurons)
    states = flipped(wanted, round(setting.noise * setting.neurons), rng)
    network = BinaryNetwork(words, setting.neurons, setting.interaction)
    dynamics = dynamics_of(network, len(states) * _sharing(setting))
    dynamics.step(states, dynamics.overlaps(states), np.ones(states.shape, dtype=bool))
    return int(np.count_nonzero(states != wanted)), states.size


def _sharing(setting: Setting) -> int:
    """How many trials share the cost of what makes them quick.

    Kernels are loaded once for all. But of a classical network that is large, `dynamics_of` would
    then form the weights for so many cues, and these are formed anew in every trial.
    """
    large = setting.neurons > WEIGHTS_NEURONS and isinstance(setting.interaction, Classical)
    return 1 if large else setting.trials


def random_patterns(patterns: int, neurons: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Draw fair, independent bits, packed, shape (K, ceil(N/64)), spare bits 0."""
    shape = patterns, packing.words_for(neurons)
    words = rng.integers(0, 2**packing.WORD, size=shape, dtype=np.uint64)
    words[:, -1] >>= np.uint64(-neurons % packing.WORD)
    return words


def flipped(states: NDArray[np.int8], flips: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Flip exactly so many neurons of each state, chosen at random; shape (cues, N)."""
    signs = np.ones_like(states)
    signs[:, :flips] = -1
    return states * rng.permuted(signs, axis=1)


def extended(tally: Tally | None, setting: Setting, patterns: int, *, trials: int) -> Tally:
    """Add trials at this K to a tally of it, or begin one."""
    done = tally.wrong if tally else ()
    numbers = range(len(done), len(done) + trials)
    outcomes = [run(Trial(setting, patterns, number)) for number in numbers]
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
