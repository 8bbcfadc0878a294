"""A binary network on its way, some visits or a step at a time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.courses import standing
from hopcli.binary.dynamics import AbstractBatch, AbstractThermalBatch
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.schedules import AbstractAsynchronous, Synchronous
from hopcli.errors import HopError
from hopcli.results import Outcome
from hopcli.web.courses.abstract import AbstractCourse, Cue
from hopcli.web.exhibit import Exhibit, nearest
from hopcli.web.frames import Frame
from hopcli.web.settings import Settings

ROWS = np.zeros(1, dtype=np.intp)


@dataclass
class BinaryCourse(AbstractCourse):
    """One state of ±1 neurons.

    Attributes:
        exhibit: the memory.
        settings: what the visitor chose.
        batch: the state, and what its arithmetic keeps of it.
        interaction: F.
        rng: of the order.
        order: of the sweep under way, shape (N,).
        place: where in it.
        changed: how many neurons have changed in this sweep.
        before: the state before the last step, of a synchronous run.
        sweeps: that are done.
        flips: how many changes there were.
        ended: how it settled, or None.
    """

    exhibit: Exhibit
    settings: Settings
    batch: AbstractBatch
    interaction: AbstractInteraction
    rng: np.random.Generator
    order: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    place: int = 0
    changed: int = 0
    before: NDArray[np.int8] | None = None
    sweeps: int = 0
    flips: int = 0
    ended: Outcome | None = None

    @classmethod
    def begin(cls, exhibit: Exhibit, cue: Cue, settings: Settings) -> "BinaryCourse":
        """From a cue."""
        interaction = settings.interaction
        states = cue.signs[None]
        batch = exhibit.dynamics(interaction).begin(states, np.ones(states.shape, dtype=bool))
        # The order that `hop recall` would take with this seed.
        (rng,) = np.random.default_rng([settings.seed, 1]).spawn(1)
        return cls(exhibit, settings, batch, interaction, rng)

    def step(self, visits: int, temperature: float) -> Frame:
        """Visit some neurons, or update all.

        Raises:
            HopError: all are to be updated at a temperature.
        """
        schedule = self.settings.schedule
        if temperature > 0:
            if isinstance(schedule, Synchronous):
                raise HopError(
                    "a temperature above 0 was given, but at one neurons are updated one at a "
                    "time; choose that"
                )
            self.ended = None
        if self.ended is None:
            if isinstance(schedule, Synchronous):
                self._update()
            else:
                self._visit(schedule, max(1, visits), temperature)
        return self.frame()

    def _visit(self, schedule: AbstractAsynchronous, visits: int, temperature: float) -> None:
        if self.place == len(self.order):
            self.order = schedule.order(self.exhibit.memory.neurons, self.rng)
            self.place = self.changed = 0
        part = np.ascontiguousarray(self.order[None, self.place : self.place + visits])
        if temperature > 0:
            gaps = temperature * self.rng.logistic(size=part.shape)
            changes = int(self._thermal().thermal_sweep(ROWS, part, gaps)[0])
            # That nothing changed would say nothing of the next sweep.
            self.changed += 1
        else:
            changes = int(self.batch.sweep(ROWS, part)[0])
        self.place += part.size
        self.changed += changes
        self.flips += changes
        if self.place == len(self.order):
            self.sweeps += 1
            if not self.changed:
                self._settle()

    def _thermal(self) -> AbstractThermalBatch:
        """The batch, in a form that knows temperatures."""
        if not isinstance(self.batch, AbstractThermalBatch):
            states = self.batch.states
            ready = self.exhibit.thermal(self.interaction)
            self.batch = ready.begin(states, np.ones(states.shape, dtype=bool))
        return self.batch

    def _update(self) -> None:
        state = self.batch.states[0].copy()
        changes = int(self.batch.step(ROWS)[0])
        self.flips += changes
        self.sweeps += 1
        if not changes:
            self._settle()
        elif self.before is not None and np.array_equal(self.before, self.batch.states[0]):
            self.ended = Outcome.CYCLE
        self.before = state

    def _settle(self) -> None:
        (self.ended,) = standing(self.batch, ROWS, Outcome.SPURIOUS)

    def frame(self) -> Frame:
        """Where it is now."""
        exhibit, state = self.exhibit, self.batch.states[0]
        overlaps = exhibit.overlaps(self.batch.states)[0]
        known = int(np.count_nonzero(state))
        near = nearest(overlaps)
        levels = np.where(state > 0, np.uint8(255), np.uint8(0))
        part = self.place / len(state) if self.place < len(self.order) else 0.0
        # An unknown neuron stays where the patterns are in the mean.
        values = np.where(state == 0, exhibit.plane.centre, state > 0)
        return Frame(
            levels=levels,
            known=(state != 0).astype(np.uint8),
            energy=self.batch.energies(ROWS)[0],
            time=self.sweeps + part,
            sweeps=self.sweeps,
            flips=self.flips,
            nearest=[(int(index), int(overlaps[index]) / max(known, 1)) for index in near],
            point=exhibit.plane.points(values[None])[0],
            labels=None,
            outcome=None if self.ended is None else self.ended.name.lower(),
            inverse=int(overlaps.argmin()) if self.ended is Outcome.INVERSE else None,
        )
