"""Records of the states of a batch while they are updated, and the results made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.schedules import AbstractAsynchronous
from hopcli.results import Outcome, Recall


@dataclass
class Run:
    """The record of one cue."""

    energies: list[float]
    film: list[NDArray[np.int8]]
    flips: int = 0
    sweeps: int = 0
    previous: NDArray[np.int8] | None = None
    ended: Outcome | None = field(default=None)

    def note(self, flips: int, energy: float) -> None:
        """Record another sweep."""
        self.sweeps += 1
        self.flips += flips
        self.energies.append(energy)


def begin(batch: AbstractBatch, frames: int) -> list[Run]:
    """Return the records of a batch before its first sweep, without a film if `frames` is 0."""
    energies = batch.energies(np.arange(len(batch.states)))
    return [
        Run([energy], [state.copy()] if frames else [])
        for energy, state in zip(energies, batch.states, strict=True)
    ]


def orders_of(
    schedule: AbstractAsynchronous, neurons: int, rngs: Sequence[np.random.Generator]
) -> NDArray[np.int32]:
    """Return the orders of one sweep, int32 of shape (cues, N)."""
    return np.array([schedule.order(neurons, rng) for rng in rngs])


def parts(visits: int, frames: int) -> Iterator[slice]:
    """Split a sweep's visits into as many slices as frames, at least one."""
    ends = np.array_split(np.arange(visits), max(1, min(frames, visits)))
    return (slice(int(part[0]), int(part[-1]) + 1) for part in ends)


def outcomes(batch: AbstractBatch, rows: NDArray[np.intp], otherwise: Outcome) -> list[Outcome]:
    """Return MEMORY or INVERSE for states that are a pattern or its negative, else `otherwise`."""
    neurons = batch.states.shape[1]
    found = np.full(len(rows), otherwise)
    stored = batch.nearest(rows).overlaps == neurons
    found[stored] = Outcome.MEMORY
    others = np.flatnonzero(~stored)
    if others.size:
        inverse = batch.farthest(rows[others]).overlaps == -neurons
        found[others[inverse]] = Outcome.INVERSE
    return found.tolist()


def recalls_of(
    dynamics: AbstractDynamics,
    batch: AbstractBatch,
    runs: list[Run],
    cues: NDArray[np.int8],
) -> list[Recall]:
    """Return the result of each cue."""
    neurons = cues.shape[1]
    inverse = np.array([run.ended is Outcome.INVERSE for run in runs])
    indices = np.empty(len(runs), dtype=np.int64)
    overlaps = np.empty(len(runs), dtype=np.int64)
    for chosen, match in ((~inverse, batch.nearest), (inverse, batch.farthest)):
        rows = np.flatnonzero(chosen)
        if rows.size:
            found = match(rows)
            indices[rows], overlaps[rows] = found.indices, found.overlaps
    recalls = []
    for row, run in enumerate(runs):
        known = int(np.count_nonzero(cues[row]))
        pattern = dynamics.pattern(int(indices[row]))
        cue_overlap = int(cues[row].astype(np.int64) @ pattern)
        recalls.append(
            Recall(
                state=batch.states[row].copy(),
                outcome=run.ended or Outcome.UNSETTLED,
                index=int(indices[row]),
                overlap=int(overlaps[row]) / neurons,
                cue_overlap=cue_overlap / known if known else 0.0,
                sweeps=run.sweeps,
                flips=run.flips,
                energies=tuple(run.energies),
                film=tuple(run.film),
            )
        )
    return recalls
