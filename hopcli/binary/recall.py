"""Recall: a network is updated from cues until it settles."""

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import runs as recorded
from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.runs import Run
from hopcli.binary.schedules import Schedule, Synchronous
from hopcli.results import Outcome, Recall


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
        runs = recorded.begin(batch, frames)
        settle(batch, runs, rngs[block], schedule=schedule, max_sweeps=max_sweeps, frames=frames)
        recalls += recorded.recalls_of(dynamics, batch, runs, cues[block])
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
        ends = recorded.outcomes(batch, settled, Outcome.SPURIOUS)
        outcomes = dict(zip(settled.tolist(), ends, strict=True))
        for index, (row, energy) in enumerate(
            zip(running.tolist(), batch.energies(running), strict=True)
        ):
            run = runs[row]
            run.note(int(changes[index]), energy)
            run.ended = outcomes.get(row)
            if run.ended is None and isinstance(schedule, Synchronous):
                if run.previous is not None and np.array_equal(run.previous, states[row]):
                    run.ended = Outcome.CYCLE
                run.previous = before[index]


def _parts(
    schedule: Schedule, rngs: list[np.random.Generator], neurons: int, frames: int
) -> list[NDArray[np.int32]] | list[None]:
    """Return the orders of one sweep, (cues, visits), split by frames; None is a step."""
    if isinstance(schedule, Synchronous):
        return [None]
    orders = recorded.orders_of(schedule, neurons, rngs)
    return [np.ascontiguousarray(orders[:, part]) for part in recorded.parts(neurons, frames)]
