"""The random patterns of a trial, and cues made from them."""

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.experiments.trials import Setting, Trial
from hopcli.kernels import trials as kernels


def drawn(trial: Trial, cues: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return a trial's packed patterns, (K, ceil(N/64)), and cues of the first of them."""
    setting, patterns = trial.setting, trial.patterns
    words = packing.words_for(setting.neurons)
    stored = np.empty((patterns, words), dtype=np.uint64)
    states = np.empty((cues, words), dtype=np.uint64)
    key = key_of(setting, patterns)
    kernels.write(key, trial.number, setting.neurons, flips_of(setting), stored, states)
    return stored, states


def key_of(setting: Setting, patterns: int) -> np.uint64:
    """Return the seed of the random numbers of all trials at one K."""
    return np.random.SeedSequence([setting.seed, patterns]).generate_state(1, np.uint64)[0]


def flips_of(setting: Setting) -> int:
    """Return the number of bits of a cue that are flipped."""
    return round(setting.noise * setting.neurons)
