"""Recall: a network runs from cues to where it settles, and says where that is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.schedules import Schedule, Synchronous
from hopcli.results import Outcome, Recall


@dataclass
class _Course:
    """What is noted of one cue while it runs."""

    energies: list[float]
    film: list[NDArray[np.int8]]
    flips: int = 0
    sweeps: int = 0
    previous: NDArray[np.int8] | None = None
    ended: Outcome | None = field(default=None)


def recall(
    dynamics: AbstractDynamics,
    cues: NDArray[np.int8],
    *,
    schedule: Schedule,
    rng: np.random.Generator,
    max_sweeps: int = 100,
    clamped: NDArray[np.bool_] | None = None,
    frames: int = 0,
) -> list[Recall]:
    """Run the network from each cue until nothing changes, a cycle closes or the sweeps are spent.

    Args:
        dynamics: the network in a form of arithmetic (binary/networks.py).
        cues: ±1, or 0 where unknown, int8 of shape (cues, N).
        schedule: how neurons are updated.
        rng: each cue takes its own stream from it, whatever the number of cues and threads.
        max_sweeps: at least 1.
        clamped: neurons that are held still, bool of shape (cues, N).
        frames: how many states of each asynchronous sweep go into the film; 0 for no film.
    """
    rngs = rng.spawn(len(cues))
    free = np.ones(cues.shape, dtype=bool) if clamped is None else ~clamped
    recalls: list[Recall] = []
    for start in range(0, len(cues), dynamics.at_once):
        block = slice(start, start + dynamics.at_once)
        batch = dynamics.begin(cues[block], free[block])
        courses = _run(batch, rngs[block], schedule=schedule, max_sweeps=max_sweeps, frames=frames)
        recalls += _recalls(dynamics, batch, courses, cues[block])
    return recalls


def _run(
    batch: AbstractBatch,
    rngs: list[np.random.Generator],
    *,
    schedule: Schedule,
    max_sweeps: int,
    frames: int,
) -> list[_Course]:
    """Run a batch to its end."""
    states = batch.states
    courses = [
        _Course([energy], [state.copy()] if frames else [])
        for energy, state in zip(batch.energies(np.arange(len(states))), states, strict=True)
    ]
    for _ in range(max_sweeps):
        running = np.array([r for r, c in enumerate(courses) if c.ended is None], dtype=np.intp)
        if running.size == 0:
            break
        before = states[running]
        changes = np.zeros(len(running), dtype=np.int64)
        for part in _parts(schedule, [rngs[r] for r in running], states.shape[1], frames):
            changes += batch.step(running) if part is None else batch.sweep(running, part)
            if frames:
                for row in running:
                    courses[row].film.append(states[row].copy())
        settled = running[changes == 0]
        outcomes = dict(zip(settled.tolist(), _settled(batch, settled), strict=True))
        for place, (row, energy) in enumerate(
            zip(running.tolist(), batch.energies(running), strict=True)
        ):
            course = courses[row]
            course.sweeps += 1
            course.flips += int(changes[place])
            course.energies.append(energy)
            course.ended = outcomes.get(row)
            if course.ended is None and isinstance(schedule, Synchronous):
                if course.previous is not None and np.array_equal(course.previous, states[row]):
                    course.ended = Outcome.CYCLE
                course.previous = before[place]
    return courses


def _parts(
    schedule: Schedule, rngs: list[np.random.Generator], neurons: int, frames: int
) -> Iterator[NDArray[np.int32] | None]:
    """The orders of one sweep, shape (cues, visits), in as many parts as frames; None is a step."""
    if isinstance(schedule, Synchronous):
        yield None
        return
    orders = np.array([schedule.order(neurons, rng) for rng in rngs])
    for part in np.array_split(orders, max(1, min(frames, neurons)), axis=1):
        yield np.ascontiguousarray(part)


def _settled(batch: AbstractBatch, rows: NDArray[np.intp]) -> list[Outcome]:
    """What states are in which no neuron changes."""
    neurons = batch.states.shape[1]
    outcomes = np.full(len(rows), Outcome.SPURIOUS)
    stored = batch.nearest(rows).overlaps == neurons
    outcomes[stored] = Outcome.MEMORY
    others = np.flatnonzero(~stored)
    if others.size:
        inverse = batch.farthest(rows[others]).overlaps == -neurons
        outcomes[others[inverse]] = Outcome.INVERSE
    return outcomes.tolist()


def _recalls(
    dynamics: AbstractDynamics,
    batch: AbstractBatch,
    courses: list[_Course],
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
