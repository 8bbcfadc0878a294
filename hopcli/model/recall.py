"""Recall: where cues lead in the network of a memory."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from hopcli.formats.limits import MOST_PIXELS
from hopcli.model import cues as cue_files
from hopcli.model import networks, options
from hopcli.model.cues import Cues
from hopcli.model.networks import Network
from hopcli.model.options import Chosen
from hopcli.model.pictured import picture_of, png_of
from hopcli.model.progress import Progress, silent
from hopcli.results import Outcome
from hopcli.results import Recall as Run

if TYPE_CHECKING:
    from PIL.Image import Image

    from hopcli.executors import PartitionedExecutor
    from hopcli.model.memory import Memory

# The parameters of the cues, rather than of the network.
CUES = ("noise", "occlude", "mask", "threshold")
# What to say of a run that no other cue or network would end otherwise.
ADVICE = {
    Outcome.UNSETTLED: "Its sweeps were spent; try a larger `max_sweeps`.",
    Outcome.CYCLE: "Synchronous updates may end like this; try `update=async`, which always "
    "settles.",
}


@dataclass(frozen=True, repr=False)
class Recall:
    """Where a cue led.

    Attributes:
        cue: the cue's name.
        start: the state that the recall started from, shape (N,): ±1 of int8, 0 where unknown, or
            levels of float64, NaN where unknown.
        state: the final state, shape (N,): ±1 of int8, or levels of float64.
        outcome: "memory", "inverse", "spurious", "cycle", "sample" or "unsettled".
        index: of the nearest stored pattern; of an inverse, the one that it is the negative of.
        name: that pattern's name.
        label: its label, or None.
        overlap: of the final state with that pattern, −1 to 1: (1/N) Σ ξ_i s_i, or of grey and
            colour pictures the cosine of the mean-free pictures.
        cue_overlap: the same of the cue, over its known neurons.
        sweeps: how many were made, including the last, in which nothing changed.
        flips: how many times a neuron changed.
        energies: before the first sweep and after each.
        film: states along the way, if they were asked for, the cue first.
        advice: why it ended in no stored pattern and what to try; None if it did not.
        notes: what else a user should know of the batch.
        mode: of the memory.
        shape: of a pattern.
    """

    cue: str
    start: NDArray[Any]
    state: NDArray[Any]
    outcome: str
    index: int
    name: str
    label: str | None
    overlap: float
    cue_overlap: float
    sweeps: int
    flips: int
    energies: tuple[float, ...]
    film: tuple[NDArray[Any], ...]
    advice: str | None
    notes: tuple[str, ...]
    mode: str
    shape: tuple[int, ...]

    @property
    def picture(self) -> "Image":
        """The final state as a Pillow picture."""
        return picture_of(self.state, self.mode, self.shape)

    def answer(self) -> dict[str, Any]:
        """Return what `hop recall --json` writes of one recall, but for its output's path."""
        return {
            "cue": self.cue,
            "outcome": self.outcome,
            "name": self.name,
            "label": self.label,
            "index": self.index,
            "overlap": self.overlap,
            "cue_overlap": self.cue_overlap,
            "sweeps": self.sweeps,
            "flips": self.flips,
            "energies": list(self.energies),
        }

    def __repr__(self) -> str:
        return f"Recall({self.outcome}: {self.name!r}, overlap {self.overlap:.3f})"

    def _repr_png_(self) -> bytes:
        return png_of(self.picture)


@dataclass(frozen=True)
class Recalling:
    """Cues and the network that recalls them.

    Attributes:
        memory: what is recalled.
        chosen: the network's energy and parameters.
        cues: the cues, damaged as was asked for.
        seed: of random orders, and of what a temperature makes random.
        film: whether states along the way are kept.
        executor: works on parts of the patterns; None for this process.
    """

    memory: "Memory"
    chosen: Chosen
    cues: Cues
    seed: int
    film: bool
    executor: "PartitionedExecutor | None"

    @cached_property
    def network(self) -> Network:
        """The network; its code is loaded when it is first asked for.

        Raises:
            HopError: nothing was learned that the energy needs, or it cannot be distributed.
        """
        return networks.prepare(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before the recall."""
        return (*self.cues.notes, *self.network.notes)

    def run(self, progress: Progress = silent) -> list[Recall]:
        """Run the network from each cue.

        Args:
            progress: called with the share of the sweeps or cues that is done.
        """
        found = self.network.run(self.cues.states, progress)
        return [self._recall(row, run) for row, run in enumerate(found)]

    def answer(self) -> dict[str, Any]:
        """Return what `hop recall --json` writes of the network."""
        said = {"energy": self.chosen.energy, "rule": self.network.rule}
        cooling = self.chosen.cooling
        if cooling is None:
            return said
        if self.chosen.anneals:
            return {**said, "anneal": [cooling.first, cooling.last, cooling.sweeps]}
        return {**said, "temperature": cooling.first}

    def _recall(self, row: int, run: Run) -> Recall:
        stored, advice = self.memory.stored, self._advice(run)
        return Recall(
            cue=self.cues.names[row],
            start=self.cues.states[row],
            state=run.state,
            outcome=run.outcome.name.lower(),
            index=run.index,
            name=stored.name(run.index),
            label=stored.label(run.index),
            overlap=run.overlap,
            cue_overlap=run.cue_overlap,
            sweeps=run.sweeps,
            flips=run.flips,
            energies=run.energies,
            film=run.film,
            advice=advice,
            notes=self.notes,
            mode=stored.mode,
            shape=stored.shape,
        )

    def _advice(self, run: Run) -> str | None:
        if run.outcome in (Outcome.MEMORY, Outcome.SAMPLE):
            return None
        return ADVICE.get(run.outcome) or self.network.advice(run)


def prepare(
    memory: "Memory",
    cues: Any,
    given: Mapping[str, Any],
    *,
    seed: int = 0,
    film: bool = False,
    max_pixels: int = MOST_PIXELS,
    executor: "PartitionedExecutor | None" = None,
) -> Recalling:
    """Read cues and choose the network.

    Args:
        memory: what is recalled.
        cues: paths, pictures or arrays, as `hopcli.model.cues.read` takes them.
        given: parameters by name, those of the network (`hopcli.model.options`), of the damage
            (noise, occlude, mask) and `threshold`; None where one was not given.
        seed: of all that is random.
        film: whether to keep states along the way.
        max_pixels: the most that a picture may have.
        executor: works on parts of the patterns; None for this process.

    Raises:
        HopError: a parameter has no effect or another value is needed, or a cue cannot be read.
    """
    given = {name: value for name, value in given.items() if value is not None}
    noise, occlude, mask, threshold = (given.pop(name, None) for name in CUES)
    noise = 0.0 if noise is None else options.NOISE.checked(noise)
    chosen = options.choose(memory.mode, given)
    read = cue_files.read(cues, memory, threshold=threshold, max_pixels=max_pixels)
    if noise or occlude is not None:
        from hopcli.model.damage import damaged

        hide = None if occlude is None else str(occlude)
        states = damaged(read.states, memory.shape, noise=noise, occlude=hide, seed=seed)
        read = replace(read, states=states)
    if mask is not None:
        read = cue_files.masked(read, Path(mask), memory, max_pixels)
    return Recalling(memory, chosen, read, seed, film, executor)
