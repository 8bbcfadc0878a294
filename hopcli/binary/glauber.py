"""Networks at a temperature (Glauber dynamics), and annealing.

A neuron that is visited becomes +1 with probability 1 / (1 + exp(−ΔE_i/T)), whatever it was, where
ΔE_i = E(s_i = −1) − E(s_i = +1). Left long at a temperature T, a state is a sample of the
Boltzmann distribution, P(s) ∝ exp(−E(s)/T). This is the probability that ΔE_i exceeds T times a
number drawn from the logistic distribution, so a visit compares ΔE_i with a random energy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hopcli.binary.arrays import Mask, States
from hopcli.binary.dynamics import AbstractBatch, AbstractDynamics
from hopcli.binary.recall import Run, begin_runs, orders_of, outcomes, recalls_of, settle
from hopcli.binary.schedules import AbstractAsynchronous
from hopcli.results import Outcome, Recall


@dataclass(frozen=True)
class Heat:
    """Sweeps whose temperature changes by a constant factor from one to the next.

    Attributes:
        schedule: in what order neurons are visited.
        first: the temperature of the first sweep, above 0, in the energy's units.
        last: the temperature of the last sweep.
        sweeps: how many, at least 1; a single one is at the first temperature.
        frames: after how many of the sweeps, evenly spread, the state goes into the film; 0 for no
            film.
    """

    schedule: AbstractAsynchronous
    first: float
    last: float
    sweeps: int
    frames: int = 0

    def temperature(self, sweep: int) -> float:
        """Return the temperature of a sweep, counted from 0."""
        return self.first * (self.last / self.first) ** (sweep / max(1, self.sweeps - 1))

    def filmed(self, sweep: int) -> bool:
        """Return whether the state goes into the film after this sweep."""
        return (sweep + 1) * self.frames // self.sweeps > sweep * self.frames // self.sweeps


def sample(
    dynamics: AbstractDynamics,
    cues: States,
    heat: Heat,
    *,
    rng: np.random.Generator,
    clamped: Mask | None = None,
    swept: Callable[[], None] = lambda: None,
) -> list[Recall]:
    """Run the network from each cue through all sweeps, and return the last states.

    Args:
        dynamics: the network in a form of arithmetic (binary/networks.py).
        cues: ±1, or 0 where unknown, int8 of shape (cues, N).
        heat: the sweeps.
        rng: spawns one generator a cue, so that results depend on neither batches nor threads.
        clamped: neurons that are held still, bool of shape (cues, N).
        swept: called after every sweep of as many cues as one batch may hold.
    """
    recalls: list[Recall] = []
    for heated in _heated(dynamics, cues, heat, rng=rng, clamped=clamped, swept=swept):
        every = np.arange(len(heated.runs))
        ends = outcomes(heated.batch, every, Outcome.SAMPLE)
        for run, end in zip(heated.runs, ends, strict=True):
            run.ended = end
        recalls += recalls_of(dynamics, heated.batch, heated.runs, heated.cues)
    return recalls


def anneal(
    dynamics: AbstractDynamics,
    cues: States,
    heat: Heat,
    *,
    rng: np.random.Generator,
    clamped: Mask | None = None,
    max_sweeps: int = 100,
    swept: Callable[[], None] = lambda: None,
) -> list[Recall]:
    """Run the network through falling temperatures, and settle the state of least energy at T = 0.

    States are compared after each sweep, and the cue with them if all of it is known. The
    arguments are those of `sample`, and `max_sweeps`, at least 1, limits the settling.
    """
    recalls: list[Recall] = []
    for heated in _heated(dynamics, cues, heat, rng=rng, clamped=clamped, swept=swept):
        batch = dynamics.begin(heated.lowest, heated.free)
        settle(
            batch, heated.runs, heated.rngs, schedule=heat.schedule, max_sweeps=max_sweeps,
            frames=min(heat.frames, 1),
        )  # fmt: skip
        recalls += recalls_of(dynamics, batch, heated.runs, heated.cues)
    return recalls


@dataclass(frozen=True)
class _Heated:
    """Some of the cues, after all sweeps."""

    cues: States
    free: Mask
    rngs: list[np.random.Generator]
    batch: AbstractBatch
    runs: list[Run]
    lowest: States


def _heated(
    dynamics: AbstractDynamics,
    cues: States,
    heat: Heat,
    *,
    rng: np.random.Generator,
    clamped: Mask | None,
    swept: Callable[[], None],
) -> Iterator[_Heated]:
    """Run as many cues at once as one batch may hold."""
    rngs = rng.spawn(len(cues))
    free = np.ones(cues.shape, dtype=bool) if clamped is None else ~clamped
    for start in range(0, len(cues), dynamics.at_once):
        block = slice(start, start + dynamics.at_once)
        batch = dynamics.begin(cues[block], free[block])
        runs = begin_runs(batch, heat.frames)
        lowest = _sweep(batch, runs, rngs[block], heat, swept)
        yield _Heated(cues[block], free[block], rngs[block], batch, runs, lowest)


def _sweep(
    batch: AbstractBatch,
    runs: list[Run],
    rngs: list[np.random.Generator],
    heat: Heat,
    swept: Callable[[], None],
) -> States:
    """Make and record all sweeps of a batch; returns the state of least energy of each cue."""
    states = batch.states
    rows, neurons = np.arange(len(states)), states.shape[1]
    lowest = states.copy()
    # A state with unknown neurons is no state of the network, and is not compared.
    whole = (states != 0).all(axis=1)
    least = np.where(whole, [run.energies[0] for run in runs], np.inf)
    for sweep in range(heat.sweeps):
        orders = orders_of(heat.schedule, neurons, rngs)
        drawn = np.array([rng.logistic(size=neurons + batch.hidden) for rng in rngs])
        energies_drawn = heat.temperature(sweep) * drawn
        changes = batch.thermal_sweep(rows, orders, energies_drawn)
        energies = batch.energies(rows)
        for run, flips, energy in zip(runs, changes.tolist(), energies, strict=True):
            run.note(flips, energy)
        lower = energies < least
        lowest[lower], least[lower] = states[lower], np.array(energies)[lower]
        if heat.filmed(sweep):
            for run, state in zip(runs, states, strict=True):
                run.film.append(state.copy())
        swept()
    return lowest
