"""How stable stored patterns are, by storing them: the bits that one update sets wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.interactions import Classical
from hopcli.binary.networks import BinaryNetwork, dynamics_of
from hopcli.experiments import theory
from hopcli.experiments.trials import AbstractMeasure, Counts, Setting, Trial

# Probed patterns times patterns times neurons of one trial: 10 ms on two cores.
ELEMENTS = 2**25

# The most bits that are stored in one trial, which takes 700 MB, and the most patterns, of which
# each takes 12 bytes more for every cue.
LARGEST_BITS = 2**31
LARGEST_PATTERNS = 2**22

# Up to so many neurons, forming weights for one trial is quicker than its update in NumPy: at 550
# neurons 8 against 11 ms, at 100 neurons 0.2 against 1.2 ms.
WEIGHTS_NEURONS = 512


@dataclass(frozen=True)
class Stability(AbstractMeasure):
    """The share of a cue's bits that one update sets wrong."""

    def run(self, trials: Sequence[Trial]) -> list[Counts]:
        """Store random patterns, update cues once, and count wrong bits."""
        return [run(trial) for trial in trials]

    def probed(self, neurons: int, patterns: int) -> int:
        """The bits of all cues."""
        return probes(neurons, patterns) * neurons

    def largest(self, neurons: int) -> int:
        """As far as the machine's memory goes."""
        return min(LARGEST_PATTERNS, max(1, LARGEST_BITS // neurons))

    def expected(self, setting: Setting, error: float) -> float:
        """By theory where there is one, else one pattern a neuron."""
        found = theory.predictions(
            setting.interaction, setting.neurons, error=error, noise=setting.noise
        )
        return found[0].log2_patterns if found else float(np.log2(setting.neurons))


def probes(neurons: int, patterns: int) -> int:
    """How many patterns a trial probes: as many as are affordable."""
    return min(patterns, max(1, ELEMENTS // (patterns * neurons)))


def run(trial: Trial) -> Counts:
    """Store random patterns, update cues once, and return how many bits are wrong, of how many."""
    setting = trial.setting
    rng = np.random.default_rng(
        np.random.SeedSequence([setting.seed, trial.patterns, trial.number])
    )
    words = random_patterns(trial.patterns, setting.neurons, rng)
    wanted = packing.unpack(words[: probes(setting.neurons, trial.patterns)], setting.neurons)
    states = flipped(wanted, round(setting.noise * setting.neurons), rng)
    network = BinaryNetwork(words, setting.neurons, setting.interaction)
    dynamics = dynamics_of(network, len(states) * _sharing(setting))
    dynamics.step(states, dynamics.overlaps(states), np.ones(states.shape, dtype=bool))
    return Counts(int(np.count_nonzero(states != wanted)), states.size)


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
