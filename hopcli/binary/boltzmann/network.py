"""A network by a Boltzmann machine, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.boltzmann.machine import Machine
from hopcli.binary.boltzmann.settling import MachineDynamics
from hopcli.binary.networks import AbstractBinaryNetwork
from hopcli.binary.stored import StoredPatterns
from hopcli.results import Recall


@dataclass(frozen=True)
class MachineNetwork(AbstractBinaryNetwork):
    """A machine, and the patterns that it was taught.

    Attributes:
        machine: as it was learned.
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        rule: how it was learned, in words.
    """

    machine: Machine
    words: NDArray[np.uint64]
    rule: str

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    @property
    def neurons(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """N."""
        return self.machine.neurons

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        return (
            "A Boltzmann machine has minima where it has found pictures to be likely, not only at "
            "the patterns; `clamp=True` keeps what is known for certain, and "
            "`learn(rule=boltzmann)` with more `hidden` holds more patterns."
        )

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], MachineDynamics]:
        """Load the code by which ends are compared with the patterns; there is one form."""
        stored = StoredPatterns.of(self.words, self.neurons, cues)
        return partial(MachineDynamics, self.machine, stored)


def fidelity(machine: Machine, words: NDArray[np.uint64], at_once: int = 2**22) -> tuple[int, int]:
    """Count what one update of the hidden and the visible layer at T = 0 leaves unchanged.

    Returns:
        The number of unchanged patterns, and of unchanged neurons in all patterns.
    """
    rows = max(1, at_once // (machine.neurons + machine.hidden))
    stable = same = 0
    for start in range(0, len(words), rows):
        states = packing.unpack(words[start : start + rows], machine.neurons)
        fields = machine.visible_fields(machine.hidden_fields(states) > 0)
        kept = states * fields >= 0
        stable += int(np.count_nonzero(kept.all(axis=1)))
        same += int(np.count_nonzero(kept))
    return stable, same
