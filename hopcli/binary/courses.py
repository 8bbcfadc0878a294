"""What is noted of each cue while a batch of states runs, and what it comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.schedules import AbstractAsynchronous
from hopcli.results import Outcome, Recall


@dataclass
class Course:
    """What is noted of one cue while it runs."""

    energies: list[float]
    film: list[NDArray[np.int8]]
    flips: int = 0
    sweeps: int = 0
    previous: NDArray[np.int8] | None = None
    ended: Outcome | None = field(default=None)

    def note(self, flips: int, energy: float) -> None:
        """Note another sweep."""
        self.sweeps += 1
        self.flips += flips
        self.energies.append(energy)


def courses_of(batch: AbstractBatch, frames: int) -> list[Course]:
    """The courses of a batch that has not run yet; with no film if there are no frames."""
    energies = batch.energies(np.arange(len(batch.states)))
    return [
        Course([energy], [state.copy()] if frames else [])
        for energy, state in zip(energies, batch.states, strict=True)
    ]


def orders_of(
    schedule: AbstractAsynchronous, neurons: int, rngs: Sequence[np.random.Generator]
) -> NDArray[np.int32]:
    """The orders of one sweep, shape (cues, N)."""
    return np.array([schedule.order(neurons, rng) for rng in rngs])


def parts(visits: int, frames: int) -> Iterator[slice]:
    """A sweep's visits in as many parts as frames, at least one."""
    ends = np.array_split(np.arange(visits), max(1, min(frames, visits)))
    return (slice(int(part[0]), int(part[-1]) + 1) for part in ends)


def standing(batch: AbstractBatch, rows: NDArray[np.intp], otherwise: Outcome) -> list[Outcome]:
    """Which states are a stored pattern, or the negative of one, and which are otherwise."""
    neurons = batch.states.shape[1]
    outcomes = np.full(len(rows), otherwise)
    stored = batch.nearest(rows).overlaps == neurons
    outcomes[stored] = Outcome.MEMORY
    others = np.flatnonzero(~stored)
    if others.size:
        inverse = batch.farthest(rows[others]).overlaps == -neurons
        outcomes[others[inverse]] = Outcome.INVERSE
    return outcomes.tolist()


def recalls_of(
    dynamics: AbstractDynamics,
    batch: AbstractBatch,
    courses: list[Course],
    cues: NDArray[np.int8],
) -> list[Recall]:
    """What became of each cue."""
    neurons = cues.shape[1]
    inverse = np.array([course.ended is Outcome.INVERSE for course in courses])
    indices = np.empty(len(courses), dtype=np.int64)
    overlaps = np.empty(len(courses), dtype=np.int64)
    for chosen, look in ((~inverse, batch.nearest), (inverse, batch.farthest)):
        rows = np.flatnonzero(chosen)
        if rows.size:
            found = look(rows)
            indices[rows], overlaps[rows] = found.indices, found.overlaps
    recalls = []
    for row, course in enumerate(courses):
        known = int(np.count_nonzero(cues[row]))
        pattern = dynamics.pattern(int(indices[row]))
        cue_overlap = int(cues[row].astype(np.int64) @ pattern)
        recalls.append(
            Recall(
                state=batch.states[row].copy(),
                outcome=course.ended or Outcome.UNSETTLED,
                index=int(indices[row]),
                overlap=int(overlaps[row]) / neurons,
                cue_overlap=cue_overlap / known if known else 0.0,
                sweeps=course.sweeps,
                flips=course.flips,
                energies=tuple(course.energies),
                film=tuple(course.film),
            )
        )
    return recalls
