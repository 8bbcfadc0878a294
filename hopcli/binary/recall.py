"""Recall: a network is updated from cues until it settles, and every run is recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hopcli.binary.arrays import Mask, Orders, Rows, States
from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.schedules import AbstractAsynchronous, Schedule, Synchronous
from hopcli.results import Outcome, Recall


@dataclass
class Run:
    """The record of one cue."""

    energies: list[float]
    film: list[States]
    flips: int = 0
    sweeps: int = 0
    previous: States | None = None
    ended: Outcome | None = None

    def note(self, flips: int, energy: float) -> None:
        """Record another sweep."""
        self.sweeps += 1
        self.flips += flips
        self.energies.append(energy)


def recall(
    dynamics: AbstractDynamics,
    cues: States,
    *,
    schedule: Schedule,
    rng: np.random.Generator,
    max_sweeps: int = 100,
    clamped: Mask | None = None,
    frames: int = 0,
) -> list[Recall]:
    """Run the network from each cue until it settles, a cycle closes or `max_sweeps` are made.

    Args:
        dynamics: the network in a form of arithmetic (binary/networks.py).
        cues: ±1, or 0 where unknown, int8 of shape (cues, N).
        schedule: how neurons are updated.
        rng: spawns one generator a cue, so that results depend on neither batches nor threads.
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
        runs = begin_runs(batch, frames)
        settle(batch, runs, rngs[block], schedule=schedule, max_sweeps=max_sweeps, frames=frames)
        recalls += recalls_of(dynamics, batch, runs, cues[block])
    return recalls


def settle(
    batch: AbstractBatch,
    runs: list[Run],
    rngs: list[np.random.Generator],
    *,
    schedule: Schedule,
    max_sweeps: int,
    frames: int,
) -> None:
    """Update a batch to its end, and record it in the runs."""
    states = batch.states
    for _ in range(max_sweeps):
        running = np.array([r for r, c in enumerate(runs) if c.ended is None], dtype=np.intp)
        if running.size == 0:
            break
        before = states[running]
        changes = np.zeros(len(running), dtype=np.int64)
        for part in _parts(schedule, [rngs[r] for r in running], states.shape[1], frames):
            changes += batch.step(running) if part is None else batch.sweep(running, part)
            if frames:
                for row in running:
                    runs[row].film.append(states[row].copy())
        settled = running[changes == 0]
        found = outcomes(batch, settled, Outcome.SPURIOUS)
        ends = dict(zip(settled.tolist(), found, strict=True))
        for index, (row, energy) in enumerate(
            zip(running.tolist(), batch.energies(running), strict=True)
        ):
            run = runs[row]
            run.note(int(changes[index]), energy)
            run.ended = ends.get(row)
            if run.ended is None and isinstance(schedule, Synchronous):
                if run.previous is not None and np.array_equal(run.previous, states[row]):
                    run.ended = Outcome.CYCLE
                run.previous = before[index]


def _parts(
    schedule: Schedule, rngs: list[np.random.Generator], neurons: int, frames: int
) -> list[Orders] | list[None]:
    """Return the orders of one sweep, (cues, visits), split by frames; None is a step."""
    if isinstance(schedule, Synchronous):
        return [None]
    orders = orders_of(schedule, neurons, rngs)
    return [np.ascontiguousarray(orders[:, part]) for part in _visits_of(neurons, frames)]


def begin_runs(batch: AbstractBatch, frames: int) -> list[Run]:
    """Return the records of a batch before its first sweep, without a film if `frames` is 0."""
    energies = batch.energies(np.arange(len(batch.states)))
    return [
        Run([energy], [state.copy()] if frames else [])
        for energy, state in zip(energies, batch.states, strict=True)
    ]


def orders_of(
    schedule: AbstractAsynchronous, neurons: int, rngs: Sequence[np.random.Generator]
) -> Orders:
    """Return the orders of one sweep, int32 of shape (cues, N)."""
    return np.array([schedule.order(neurons, rng) for rng in rngs])


def _visits_of(visits: int, frames: int) -> Iterator[slice]:
    """Split a sweep's visits into as many slices as frames, at least one."""
    ends = np.array_split(np.arange(visits), max(1, min(frames, visits)))
    return (slice(int(part[0]), int(part[-1]) + 1) for part in ends)


def outcomes(batch: AbstractBatch, rows: Rows, otherwise: Outcome) -> list[Outcome]:
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
    dynamics: AbstractDynamics, batch: AbstractBatch, runs: list[Run], cues: States
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
