"""Interpretation: the hidden neurons of a Boltzmann machine that a picture turns on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.boltzmann import interpretation
from hopcli.errors import HopError
from hopcli.formats.limits import MOST_PIXELS
from hopcli.model import cues as cue_files
from hopcli.model.cues import Cues
from hopcli.model.pictured import picture_of, png_of

if TYPE_CHECKING:
    from PIL.Image import Image

    from hopcli.binary.boltzmann.machine import Machine
    from hopcli.binary.boltzmann.network import MachineNetwork
    from hopcli.model.memory import Memory

# Patterns whose energies a picture's is compared with.
COMPARED = 1000


@dataclass(frozen=True, repr=False, eq=False)
class Interpretation:
    """What a Boltzmann machine makes of a picture.

    Attributes:
        picture: its name.
        state: the picture, ±1 of int8 and 0 where unknown, shape (N,).
        energy: E(v, h) of the picture with the hidden neurons that it turns on: its lowest.
        hidden: the probability of each hidden neuron to be on, float64 of shape (M,).
        on: which are on, the surest first.
        expected: the probability of each pixel to be bright, from these alone, shape (N,).
        patterns: the lowest, median and highest energy of stored patterns, at most 1,000 of them.
        notes: what a user should know of the batch.
        shape: of a pattern.
    """

    picture: str
    state: NDArray[np.int8]
    energy: float
    hidden: NDArray[np.float64]
    on: NDArray[np.intp]
    expected: NDArray[np.float64]
    patterns: tuple[float, float, float]
    notes: tuple[str, ...]
    shape: tuple[int, ...]

    @property
    def expectation(self) -> "Image":
        """What the hidden neurons lead to expect, as a Pillow picture."""
        return picture_of(self.expected, "gray", self.shape)

    @property
    def fit(self) -> str:
        """How well the hidden neurons fit the picture, as a clause."""
        _, median, highest = self.patterns
        if (self.state == 0).any():
            return "its unknown pixels count as their means"
        if self.energy > highest:
            return "they fit it worse than any stored pattern"
        than = "worse than" if self.energy > median else "as well as"
        return f"they fit it {than} most stored patterns"

    def answer(self) -> dict[str, Any]:
        """Return what `hop interpret --json` writes of one picture."""
        return {
            "picture": self.picture,
            "energy": self.energy,
            "hidden": [round(probability, 6) for probability in self.hidden.tolist()],
            "on": self.on.tolist(),
        }

    def __repr__(self) -> str:
        return (
            f"Interpretation({len(self.on)} of {len(self.hidden)} hidden neurons on, energy "
            f"{self.energy:.4g})"
        )

    def _repr_png_(self) -> bytes:
        return png_of(self.expectation)


@dataclass(frozen=True)
class Interpreting:
    """Pictures, and the machine that interprets them.

    Attributes:
        memory: that has the machine.
        machine: as it was learned.
        cues: the pictures.
    """

    memory: "Memory"
    machine: "Machine"
    cues: Cues

    def run(self) -> list[Interpretation]:
        """Interpret the pictures."""
        patterns = self._patterns()
        found = []
        for name, state in zip(self.cues.names, self.cues.states, strict=True):
            each = interpretation.interpret(self.machine, state)
            found.append(
                Interpretation(
                    name, state, each.energy, each.hidden, each.on, each.expected, patterns,
                    self.cues.notes, self.memory.shape,
                )
            )  # fmt: skip
        return found

    def _patterns(self) -> tuple[float, float, float]:
        """Return the lowest, the median and the highest energy of stored patterns."""
        count = len(self.memory)
        rows = np.unique(np.linspace(0, count - 1, min(COMPARED, count)).astype(np.intp))
        energies = interpretation.lowest_energies(self.machine, self.memory.stored.states(rows))
        return float(energies.min()), float(np.median(energies)), float(energies.max())


def prepare(
    memory: "Memory", pictures: Any, *, threshold: Any = None, max_pixels: int = MOST_PIXELS
) -> Interpreting:
    """Read pictures, and find the machine.

    Args:
        memory: with a Boltzmann machine (`learn("boltzmann")`).
        pictures: as cues of a recall.
        threshold: that separates dark from bright.
        max_pixels: the most that a picture may have.

    Raises:
        HopError: the memory has no machine, or a picture cannot be read.
    """
    machine = machine_of(memory).machine
    cues = cue_files.read(pictures, memory, threshold=threshold, max_pixels=max_pixels)
    return Interpreting(memory, machine, cues)


def machine_of(memory: "Memory") -> "MachineNetwork":
    """Return the Boltzmann machine of a memory with its patterns.

    Raises:
        HopError: it has none.
    """
    from hopcli.binary.boltzmann.network import MachineNetwork
    from hopcli.storage.learned.boltzmann import Boltzmann

    learned = memory.stored.found(Boltzmann)
    if learned is None:
        first = "" if memory.mode == "binary" else " after storing the pictures with `mode=binary`"
        raise HopError(
            f"this memory has no Boltzmann machine; learn one with `learn(rule=boltzmann)`{first}"
        )
    return MachineNetwork(learned.machine, memory.stored.whole().patterns, learned.title)
