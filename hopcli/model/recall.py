"""Recall: where cues lead in the network of a memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.formats.limits import MOST_PIXELS
from hopcli.model import cues as cue_files
from hopcli.model import networks, options
from hopcli.model.cues import Cues
from hopcli.model.networks import Network
from hopcli.model.options import Chosen
from hopcli.model.pictured import picture_of, png_of
from hopcli.model.progress import Progress, silent
from hopcli.parameters import SEED
from hopcli.results import Outcome
from hopcli.results import Recall as Run

if TYPE_CHECKING:
    from PIL.Image import Image

    from hopcli.executors import PartitionedExecutor
    from hopcli.model.alignment import Aligning, Explained, Nearest
    from hopcli.model.memory import Memory
    from hopcli.storage.memory_file import AbstractMemory

# The parameters of the cues, rather than of the network.
CUES = ("noise", "occlude", "mask", "threshold")
# What to say of a run that no other cue or network would end otherwise.
ADVICE = {
    Outcome.UNSETTLED: "Its sweeps were spent; try a larger `max_sweeps`.",
    Outcome.CYCLE: "Synchronous updates may end like this; try `update=async`, which always "
    "settles.",
}


@dataclass(frozen=True, repr=False, eq=False)
class Recall:
    """Where a cue led.

    Attributes:
        cue: the cue's name.
        given: the cue's state, shape (N,): ±1 of int8, 0 where unknown, or levels of float64, NaN
            where unknown.
        start: the state that the recall started from, shape (N,): the cue's, or where it was laid
            over a stored pattern, what is seen of that pattern, unknown where it is covered.
        state: the final state, shape (N,): ±1 of int8, or levels of float64.
        outcome: "memory", "inverse", "spurious", "cycle", "sample" or "unsettled".
        index: of the nearest stored pattern; of an inverse, the one that it is the negative of.
        name: that pattern's name.
        label: its label, or None.
        overlap: of the final state with that pattern, −1 to 1: (1/N) Σ ξ_i s_i, or of grey and
            colour pictures the cosine of the mean-free pictures.
        cue_overlap: the same of the state that the recall started from, over its known neurons.
        sweeps: how many were made, including the last, in which nothing changed.
        flips: how many times a neuron changed.
        energies: before the first sweep and after each.
        film: states along the way, if they were asked for, the cue first.
        advice: why it ended in no stored pattern and what to try; None if it did not.
        notes: what else a user should know of the batch.
        mode: of the memory.
        shape: of a pattern.
        match: "sure", "doubtful" or "none": whether the cue is a damaged stored pattern; None where
            cues are not aligned.
        probability: that it is the first of `nearest`; None where cues are not aligned.
        nearest: the stored patterns that explain the cue best, the most probable first.
        alignment: what was done to the stored pattern to explain the cue; None where cues are not
            aligned, or where there is no match.
        why: why the cue was compared with nothing; None if it was.
    """

    cue: str
    given: NDArray[Any]
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
    match: str | None = None
    probability: float | None = None
    nearest: "tuple[Nearest, ...]" = ()
    alignment: dict[str, Any] | None = None
    why: str | None = None

    @property
    def aligned(self) -> "Image":
        """The cue laid over the stored pattern as a Pillow picture, transparent where covered."""
        return picture_of(self.start, self.mode, self.shape)

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
            "match": self.match,
            "probability": self.probability,
            "nearest": [each.answer() for each in self.nearest],
            "alignment": self.alignment,
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
        aligning: explains the cues before the network runs; None where they are not aligned.
    """

    memory: "Memory"
    chosen: Chosen
    cues: Cues
    seed: int
    film: bool
    executor: "PartitionedExecutor | None"
    aligning: "Aligning | None"

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

    def compare(self) -> None:
        """Compare the cues with the stored patterns as they are, if they are aligned."""
        if self.aligning is not None:
            self.aligning.compare()

    def load(self) -> None:
        """Load the code of the alignments that are left to be searched for, if there are any."""
        if self.aligning is not None:
            self.aligning.load()

    def run(self, progress: Progress = silent) -> list[Recall]:
        """Align the cues, and run the network from each.

        Args:
            progress: called with the share of the alignments, and then of the sweeps or cues, that
                is done.
        """
        states, explained = self.cues.states, None
        if self.aligning is not None:
            explained = self.aligning.run(progress)
            states = np.array([each.start for each in explained])
        found = self.network.run(states, progress)
        return [
            self._recall(row, states[row], run, None if explained is None else explained[row])
            for row, run in enumerate(found)
        ]

    def answer(self) -> dict[str, Any]:
        """Return what `hop recall --json` writes of the network."""
        said = {"energy": self.chosen.energy, "rule": self.network.rule}
        cooling = self.chosen.cooling
        if cooling is None:
            return said
        if self.chosen.anneals:
            return {**said, "anneal": [cooling.first, cooling.last, cooling.sweeps]}
        return {**said, "temperature": cooling.first}

    def _recall(
        self, row: int, start: NDArray[Any], run: Run, explained: "Explained | None"
    ) -> Recall:
        stored, advice, given = self.memory.stored, self._advice(run), self.cues.states[row]
        index = run.index
        match: dict[str, Any] = {}
        if explained is not None:
            from hopcli.model import alignment

            first = explained.nearest[0][0]
            if explained.match != "none" and first != index and _equal(stored, first, index):
                index = first
            match = {
                "match": explained.match,
                "probability": explained.probability,
                "nearest": alignment.nearest(self.memory, start, explained),
                "alignment": explained.alignment,
                "why": explained.why,
            }
        return Recall(
            cue=self.cues.names[row],
            given=given,
            start=start if explained is not None and explained.changed else given,
            state=run.state,
            outcome=run.outcome.name.lower(),
            index=index,
            name=stored.name(index),
            label=stored.label(index),
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
            **match,
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
    frames: str = "first",
    lenient: bool = False,
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
        frames: "first" or "all", of animations and of pages.
        lenient: whether to go on without cues that cannot be read (`Cues.unread`).

    Raises:
        HopError: a parameter has no effect or another value is needed, or a cue cannot be read.
    """
    from hopcli.model import alignment

    given = {name: value for name, value in given.items() if value is not None}
    noise, occlude, mask, threshold = (given.pop(name, None) for name in CUES)
    noise = 0.0 if noise is None else options.NOISE.checked(noise)
    align = {p.name: given.pop(p.name) for p in options.ALIGNMENT if p.name in given}
    seed = SEED.checked(seed)
    chosen = options.choose(memory.mode, given)
    read = cue_files.read(
        cues, memory, threshold=threshold, max_pixels=max_pixels, frames=frames, lenient=lenient
    )
    if noise or occlude is not None:
        from hopcli.model.damage import damaged

        hide = None if occlude is None else str(occlude)
        states = damaged(read.states, memory.shape, noise=noise, occlude=hide, seed=seed)
        read = cue_files.changed(read, states)
    if mask is not None:
        read = cue_files.masked(read, Path(mask), memory, max_pixels)
    how = alignment.choose(memory, read, align)
    aligning = None if how is None else alignment.Aligning(memory, read, how, executor)
    return Recalling(memory, chosen, read, seed, film, executor, aligning)


def _equal(stored: "AbstractMemory", one: int, other: int) -> bool:
    """Tell whether two patterns are the same."""
    return bool(np.array_equal(*stored.states(np.array([one, other]))))
