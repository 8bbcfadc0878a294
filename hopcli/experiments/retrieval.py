"""Retrieval: the share of cues from which the dynamics, run to their end, find the pattern."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random
from hopcli.experiments.drawing import drawn
from hopcli.experiments.stability import Stability
from hopcli.experiments.trials import AbstractMeasure, Counts, Point, Setting, Trial
from hopcli.results import Outcome

# The overlap from which on a pattern counts as found; up to the classical network's capacity it
# is 0.97 (Amit, Gutfreund and Sompolinsky 1985).
RETURNED = 0.9

# Neurons times patterns times cues of one trial, and the cues that it has at least and at most:
# those of one trial share its patterns, and tell less than those of others would.
ELEMENTS = 2**22
FEWEST, MOST = 8, 32

# The most bits that are stored in one trial, and the most patterns.
LARGEST_BITS = 2**27
LARGEST_PATTERNS = 2**18


@dataclass(frozen=True)
class Ends(Counts):
    """The ends of the recalls of one trial; `wrong` counts cues whose pattern was not found.

    Attributes:
        other: how many of those ended at another pattern, or at the negative of one.
        unsettled: how many had not settled after 100 sweeps, wherever they were.
        overlap: the sum of their overlaps with the patterns that they began at.
        sweeps: how many they took together.
    """

    other: int
    unsettled: int
    overlap: float
    sweeps: int


@dataclass(frozen=True)
class Returns(Point):
    """Retrieval at K patterns; `share` is that of the cues whose pattern was not found.

    Attributes:
        overlap: the mean overlap of the end with the pattern that the cue was made of.
        sweeps: the mean number of sweeps, the last one, in which nothing changed, included.
        other: the share of the cues that ended at another pattern, or at the negative of one.
        spurious: the share that ended at none.
        unsettled: the share that had not settled after 100 sweeps, wherever they were.
    """

    overlap: float
    sweeps: float
    other: float
    spurious: float
    unsettled: float


class AbstractRetrieval(AbstractMeasure[Ends]):
    """The share of recalls that end with an overlap below 0.9 with the pattern of the cue."""

    @abstractmethod
    def dynamics(self, trial: Trial, words: NDArray[np.uint64], cues: int) -> AbstractDynamics:
        """Return the dynamics of a trial's network, for a number of cues."""

    def run(self, trials: Sequence[Trial]) -> list[Ends]:
        """Store random patterns and recall some of them asynchronously."""
        return [self._run(trial) for trial in trials]

    def probed(self, neurons: int, patterns: int) -> int:
        """Return the number of cues of a trial."""
        return cues(neurons, patterns)

    def point(self, neurons: int, patterns: int, counts: Sequence[Ends]) -> Returns:
        """Return the point of all trials at one number of patterns."""
        cues = sum(ends.of for ends in counts)
        sums = super().point(neurons, patterns, counts)
        other = sum(ends.other for ends in counts) / cues
        return Returns(
            **vars(sums),
            overlap=sum(ends.overlap for ends in counts) / cues,
            sweeps=sum(ends.sweeps for ends in counts) / cues,
            other=other,
            spurious=sums.share - other,
            unsettled=sum(ends.unsettled for ends in counts) / cues,
        )

    def _run(self, trial: Trial) -> Ends:
        setting, neurons = trial.setting, trial.setting.neurons
        words, cue_words = drawn(trial, cues(neurons, trial.patterns))
        wanted = packing.unpack(words[: len(cue_words)], neurons)
        states = packing.unpack(cue_words, neurons)
        rng = np.random.default_rng([setting.seed, trial.patterns, trial.number])
        dynamics = self.dynamics(trial, words, len(states))
        recalls = recall(dynamics, states, schedule=Random(), rng=rng)
        ends = np.array([found.state for found in recalls])
        overlaps = np.einsum("ci,ci->c", ends, wanted, dtype=np.int64) / neurons
        returned = overlaps >= RETURNED
        # A recall names the nearest pattern, and the end may lie nearer still to a negative.
        batch, rows = dynamics.begin(ends, np.ones(ends.shape, dtype=bool)), np.arange(len(ends))
        reached = np.maximum(batch.nearest(rows).overlaps, -batch.farthest(rows).overlaps)
        elsewhere = reached / neurons >= RETURNED
        return Ends(
            wrong=int(np.count_nonzero(~returned)),
            of=len(states),
            other=int(np.count_nonzero(elsewhere & ~returned)),
            unsettled=sum(found.outcome is Outcome.UNSETTLED for found in recalls),
            overlap=float(overlaps.sum()),
            sweeps=sum(found.sweeps for found in recalls),
        )


@dataclass(frozen=True)
class Retrieval(AbstractRetrieval):
    """Retrieval by an interaction of patterns."""

    def dynamics(self, trial: Trial, words: NDArray[np.uint64], cues: int) -> AbstractDynamics:
        """Return the arithmetic that is fastest for all trials."""
        network = BinaryNetwork(words, trial.setting.neurons, trial.setting.interaction)
        return network.dynamics(cues * trial.setting.trials)

    def largest(self, neurons: int) -> int:
        """Return the largest K whose trials take seconds."""
        return min(LARGEST_PATTERNS, max(1, LARGEST_BITS // neurons))

    def expected(self, setting: Setting, error: float) -> float:
        """Return log₂ of the published K, else of the K at which 1 % of the bits are unstable."""
        found = setting.interaction.retrieval(setting.neurons)
        return Stability().expected(setting, 0.01) if found is None else found


def cues(neurons: int, patterns: int) -> int:
    """Return the number of patterns of a trial from which cues are made."""
    affordable = ELEMENTS // (neurons * patterns)
    return min(patterns, max(FEWEST, min(MOST, affordable)))
