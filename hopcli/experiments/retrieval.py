"""Whether a network finds its way back: the dynamics run to their end from cues of its patterns."""

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

# An overlap from which on a cue has come back (theory.md, section 1: 0.97 up to the capacity).
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
    """Where the cues of one trial ended; `wrong` are those that did not come back.

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
    """Retrieval at one number of patterns; `share` is that of the cues that did not come back.

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
    """The share of cues that do not come back to an overlap of 0.9 with their pattern."""

    @abstractmethod
    def dynamics(self, trial: Trial, words: NDArray[np.uint64], cues: int) -> AbstractDynamics:
        """The network that a trial stores its patterns in, to recall so many cues."""

    def run(self, trials: Sequence[Trial]) -> list[Ends]:
        """Store random patterns and recall some of them asynchronously."""
        return [self._run(trial) for trial in trials]

    def probed(self, neurons: int, patterns: int) -> int:
        """The cues."""
        return cues(neurons, patterns)

    def point(self, neurons: int, patterns: int, counts: Sequence[Ends]) -> Returns:
        """Sum up all trials at one number of patterns."""
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
    """Retrieval from patterns, by their interaction."""

    def dynamics(self, trial: Trial, words: NDArray[np.uint64], cues: int) -> AbstractDynamics:
        """The form of arithmetic that suits all trials."""
        network = BinaryNetwork(words, trial.setting.neurons, trial.setting.interaction)
        return network.dynamics(cues * trial.setting.trials)

    def largest(self, neurons: int) -> int:
        """As far as a trial stays within seconds."""
        return min(LARGEST_PATTERNS, max(1, LARGEST_BITS // neurons))

    def expected(self, setting: Setting, error: float) -> float:
        """0.138 N for the classical network; of others, where one bit in a hundred is unstable."""
        found = setting.interaction.retrieval(setting.neurons)
        return Stability().expected(setting, 0.01) if found is None else found


def cues(neurons: int, patterns: int) -> int:
    """How many patterns of a trial serve as cues."""
    affordable = ELEMENTS // (neurons * patterns)
    return min(patterns, max(FEWEST, min(MOST, affordable)))
