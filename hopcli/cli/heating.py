"""A recall at a temperature."""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.cli import report
from hopcli.cli.machines import machine_network
from hopcli.cli.settling import (
    Settings,
    Settling,
    interaction_of,
    rule_of,
    schedule_of,
    weights_of,
)
from hopcli.cli.temperatures import Cooling
from hopcli.errors import HopError
from hopcli.results import Recall
from hopcli.storage.memory_file import AbstractMemory, Memory

if TYPE_CHECKING:
    from hopcli.binary.dynamics import AbstractThermalDynamics
    from hopcli.binary.glauber import Heat
    from hopcli.cli.settling import AnyBinaryNetwork
    from hopcli.cli.spreading import Spread

# What a visit takes beside its patterns, in their unit, of about 0.3 ns; and how much of it is soon
# done: a second or so.
VISIT, SOON = 100, 2**32

# States along the way that go into a film.
FRAMES = 120


def prepare(
    memory: AbstractMemory, settings: Settings, cues: int, spread: "Spread | None"
) -> Settling:
    """As `settling.prepare` does.

    Raises:
        HopError: the memory is grey, coloured or a folder, or an option is out of range.
    """
    from hopcli.binary.glauber import anneal, sample

    _check(memory, settings, spread)
    heat = _heat(settings)
    energy, network, build = _network(memory, settings, cues, heat.sweeps)
    long = cues * heat.sweeps * memory.neurons * (len(memory) + VISIT) > SOON

    def run(states: NDArray[Any]) -> list[Recall]:
        rng = np.random.default_rng([settings.seed, 1])
        clamped = states != 0 if settings.clamp else None
        dynamics = build()
        sweeps, done = heat.sweeps * -(-cues // dynamics.at_once), count(1)
        shown = (
            report.progress("sweeping", sweeps) if long else nullcontext(lambda done, said: None)
        )
        with shown as tell:

            def swept() -> None:
                tell(next(done), "")

            if settings.cooling is None:
                return sample(dynamics, states, heat, rng=rng, clamped=clamped, swept=swept)
            return anneal(
                dynamics, states, heat, rng=rng, clamped=clamped, swept=swept,
                max_sweeps=settings.max_sweeps,
            )  # fmt: skip

    return Settling(energy, run, network, rule=rule_of(energy, weights_of(memory, settings)))


def _check(memory: AbstractMemory, settings: Settings, spread: "Spread | None") -> None:
    """See that the memory can have a temperature."""
    if memory.mode != "binary":
        raise HopError(
            f"{settings.heating} was given, but it is for binary memories, and this one is "
            f"{memory.mode}; leave it out, or store the pictures with --mode binary"
        )
    if spread is None:
        return
    if isinstance(memory, Memory):
        raise HopError(
            f"{settings.heating} was given, but with --cluster every neuron that flips takes "
            f"another pass, and at a temperature many flip; leave one of them out"
        )
    raise HopError(
        f"{settings.heating} was given, but this memory is a folder too large to be in memory as "
        f"one piece, so that every neuron that flips takes another pass, and at a temperature many "
        f"flip; store the patterns in one file, or leave it out"
    )


def _heat(settings: Settings) -> "Heat":
    """The sweeps."""
    from hopcli.binary.glauber import Heat
    from hopcli.binary.schedules import Synchronous

    schedule = schedule_of(settings)
    if isinstance(schedule, Synchronous):
        raise HopError(
            f"--update sync was given, but at a temperature neurons are updated one at a time; "
            f"leave out --update sync or {settings.heating}"
        )
    same = Cooling(settings.temperature, settings.temperature, settings.max_sweeps)
    cooling = settings.cooling or same
    frames = min(cooling.sweeps, FRAMES) if settings.film else 0
    return Heat(schedule, cooling.first, cooling.last, cooling.sweeps, frames)


def _network(
    memory: AbstractMemory, settings: Settings, cues: int, sweeps: int
) -> "tuple[str, AnyBinaryNetwork, Callable[[], AbstractThermalDynamics]]":
    """The energy, the network, and what makes the form of arithmetic that suits it."""
    if settings.energy == "boltzmann":
        machine = machine_network(memory)
        return "boltzmann", machine, machine.builder(cues)
    energy, interaction = interaction_of(settings)
    assert isinstance(memory, Memory)
    weights = weights_of(memory, settings)
    if weights is not None:
        weighted = weights.network(memory.patterns)
        return energy, weighted, weighted.thermal_builder(cues, sweeps)
    from hopcli.binary.networks import BinaryNetwork, thermal_builder

    network = BinaryNetwork(memory.patterns, memory.neurons, interaction)
    return energy, network, thermal_builder(network, cues, sweeps)
