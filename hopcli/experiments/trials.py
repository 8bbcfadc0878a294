"""Trials: pieces of work that carry all that decides their outcome, and what they come to."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hopcli.binary.interactions import AbstractInteraction
from hopcli.experiments import theory
from hopcli.experiments.intervals import Tally
from hopcli.parameters import Parameter

# The counts of every trial are kept.
TRIALS = Parameter("trials", int, 200, "Networks to make at most.", low=1, high=10**6)
SEED = Parameter("seed", int, 0, "Seed of the random numbers.", low=0)


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
        theory.check_fields(self.neurons)
        TRIALS.checked(self.trials)
        SEED.checked(self.seed)


@dataclass(frozen=True)
class Trial:
    """One network of random patterns, and everything that decides its outcome."""

    setting: Setting
    patterns: int
    number: int


@dataclass(frozen=True)
class Counts:
    """What one trial came to: so many probes were wrong, of so many."""

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
    """What is done in a trial, and counted."""

    @abstractmethod
    def run(self, trials: Sequence[Trial]) -> list[Counted]:
        """Make trials; a pure function, so they can be made anywhere and in any parts."""

    @abstractmethod
    def probed(self, neurons: int, patterns: int) -> int:
        """How many probes a trial has."""

    @abstractmethod
    def largest(self, neurons: int) -> int:
        """The largest number of patterns that is affordable."""

    @abstractmethod
    def expected(self, setting: Setting, error: float) -> float:
        """log₂ of the number of patterns at which `error` may be reached; a search begins here."""

    def point(self, neurons: int, patterns: int, counts: Sequence[Counted]) -> Point:
        """Sum up all trials at one number of patterns."""
        tally = Tally(patterns, counts[0].of, tuple(count.wrong for count in counts))
        low, high = tally.interval
        return Point(patterns, patterns / neurons, tally.share, low, high, len(counts))
