"""Trials of an experiment: settings that determine their outcome, and the outcome."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hopcli.binary.interactions import AbstractInteraction
from hopcli.experiments import theory
from hopcli.experiments.intervals import Tally
from hopcli.parameters import SEED, Parameter

# The counts of every trial are kept.
TRIALS = Parameter("trials", int, 200, "Networks to make at most.", low=1, high=10**6)


@dataclass(frozen=True)
class Setting:
    """The settings that all trials of a measurement share.

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
        """Check the ranges."""
        theory.check(self.neurons, error=0.25, noise=self.noise)
        theory.check_fields(self.neurons)
        TRIALS.checked(self.trials)
        SEED.checked(self.seed)


@dataclass(frozen=True)
class Trial:
    """The settings of one network of random patterns, which determine its outcome."""

    setting: Setting
    patterns: int
    number: int


@dataclass(frozen=True)
class Counts:
    """The outcome of one trial: the number of wrong probes, of all probes."""

    wrong: int
    of: int


@dataclass(frozen=True)
class Point:
    """The share of wrong probes at one number of patterns, with a 95 % interval (intervals.Tally).

    Attributes:
        patterns: K.
        load: K/N.
        share: how many of the probes were wrong.
        low: lower end of the interval.
        high: upper end.
        trials: how many networks were made.
    """

    patterns: int
    load: float
    share: float
    low: float
    high: float
    trials: int


Counted = TypeVar("Counted", bound=Counts)


class AbstractMeasure(ABC, Generic[Counted]):
    """A quantity that trials measure by counting wrong probes."""

    @abstractmethod
    def run(self, trials: Sequence[Trial]) -> list[Counted]:
        """Make trials, in any partition and any process: the outcome depends on the trial only."""

    @abstractmethod
    def probed(self, neurons: int, patterns: int) -> int:
        """Return the number of probes of a trial."""

    @abstractmethod
    def largest(self, neurons: int) -> int:
        """Return the largest K that trials can store."""

    @abstractmethod
    def expected(self, setting: Setting, error: float) -> float:
        """Return log₂ of the K at which `error` is expected, where a search begins."""

    def point(self, neurons: int, patterns: int, counts: Sequence[Counted]) -> Point:
        """Return the point of all trials at one number of patterns."""
        tally = Tally(patterns, counts[0].of, tuple(count.wrong for count in counts))
        low, high = tally.interval
        return Point(patterns, patterns / neurons, tally.share, low, high, len(counts))
