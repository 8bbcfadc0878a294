"""Recall: a network runs from cues to where it settles, and says where that is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.exact import count_overlaps
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.schedules import Schedule, Synchronous
from hopcli.results import Outcome, Recall

# Overlaps held at once, four bytes each: more cues than this allows are recalled in blocks.
OVERLAPS_AT_ONCE = 2**24


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
    network: BinaryNetwork,
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
        network: patterns and interaction.
        dynamics: the same network in a form of arithmetic (binary/networks.py).
        cues: ±1, or 0 where unknown, int8 of shape (cues, N).
        schedule: how neurons are updated.
        rng: each cue takes its own stream from it, whatever the number of cues and threads.
        max_sweeps: at least 1.
        clamped: neurons that are held still, bool of shape (cues, N).
        frames: how many states of each asynchronous sweep go into the film; 0 for no film.
    """
    rngs = rng.spawn(len(cues))
    free = np.ones(cues.shape, dtype=bool) if clamped is None else ~clamped
    at_once = max(1, OVERLAPS_AT_ONCE // network.patterns)
    recalls: list[Recall] = []
    for start in range(0, len(cues), at_once):
        block = slice(start, start + at_once)
        recalls += _recall_block(
            network, dynamics, cues[block], free[block], rngs[block],
            schedule=schedule, max_sweeps=max_sweeps, frames=frames,
        )  # fmt: skip
    return recalls


def _recall_block(
    network: BinaryNetwork,
    dynamics: AbstractDynamics,
    cues: NDArray[np.int8],
    free: NDArray[np.bool_],
    rngs: list[np.random.Generator],
    *,
    schedule: Schedule,
    max_sweeps: int,
    frames: int,
) -> list[Recall]:
    """Recall as many cues as may be held at once."""
    states = np.ascontiguousarray(cues, dtype=np.int8).copy()
    overlaps = dynamics.overlaps(states)
    cue_overlaps = overlaps.copy()

    def energy(row: int) -> float:
        known = int(np.count_nonzero(states[row]))
        values, counts = count_overlaps(overlaps[row])
        return network.interaction.energy(values, counts, neurons=network.neurons, known=known)

    courses = [
        _Course([energy(row)], [state.copy()] if frames else []) for row, state in enumerate(states)
    ]
    for _ in range(max_sweeps):
        running = np.array([r for r, c in enumerate(courses) if c.ended is None], dtype=np.intp)
        if running.size == 0:
            break
        before = states[running]
        moving, moving_overlaps = states[running], overlaps[running]
        changes = np.zeros(len(running), dtype=np.int64)
        for part in _parts(schedule, [rngs[r] for r in running], network.neurons, frames):
            if part is None:
                changes += dynamics.step(moving, moving_overlaps, free[running])
            else:
                changes += dynamics.sweep(moving, moving_overlaps, part, free[running])
            if frames:
                for row, state in zip(running, moving, strict=True):
                    courses[row].film.append(state.copy())
        states[running], overlaps[running] = moving, moving_overlaps
        for place, row in enumerate(running):
            course = courses[row]
            course.sweeps += 1
            course.flips += int(changes[place])
            course.energies.append(energy(row))
            if changes[place] == 0:
                course.ended = _settled(overlaps[row], network.neurons)
            elif isinstance(schedule, Synchronous):
                if course.previous is not None and np.array_equal(course.previous, states[row]):
                    course.ended = Outcome.CYCLE
                course.previous = before[place]
    return [
        _recall_of(
            course, states[row], overlaps[row], cues[row], cue_overlaps[row], network.neurons
        )
        for row, course in enumerate(courses)
    ]


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


def _settled(overlaps: NDArray[np.int32], neurons: int) -> Outcome:
    """What a state is in which no neuron changes."""
    if overlaps.max() == neurons:
        return Outcome.MEMORY
    if overlaps.min() == -neurons:
        return Outcome.INVERSE
    return Outcome.SPURIOUS


def _recall_of(
    course: _Course,
    state: NDArray[np.int8],
    overlaps: NDArray[np.int32],
    cue: NDArray[np.int8],
    cue_overlaps: NDArray[np.int32],
    neurons: int,
) -> Recall:
    outcome = course.ended or Outcome.UNSETTLED
    nearest = overlaps.argmin() if outcome is Outcome.INVERSE else overlaps.argmax()
    known = int(np.count_nonzero(cue))
    return Recall(
        state=state.copy(),
        outcome=outcome,
        index=int(nearest),
        overlap=int(overlaps[nearest]) / neurons,
        cue_overlap=int(cue_overlaps[nearest]) / known if known else 0.0,
        sweeps=course.sweeps,
        flips=course.flips,
        energies=tuple(course.energies),
        film=tuple(course.film),
    )
