"""The Boltzmann machine of a memory, and recall by it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.cli.settling import Settings, Settling
from hopcli.errors import HopError
from hopcli.results import Recall
from hopcli.storage.learned.boltzmann import Boltzmann
from hopcli.storage.memory_file import AbstractMemory, Memory

if TYPE_CHECKING:
    from hopcli.binary.boltzmann.network import MachineNetwork


def machine_network(memory: AbstractMemory) -> "MachineNetwork":
    """The machine of a memory with its patterns.

    Raises:
        HopError: it has none.
    """
    from hopcli.binary.boltzmann.network import MachineNetwork

    learned = memory.found(Boltzmann)
    if learned is None:
        first = ""
        if memory.mode != "binary":
            first = " after storing the pictures with --mode binary"
        raise HopError(
            f"this memory has no Boltzmann machine; learn one with 'hop learn --rule boltzmann'"
            f"{first}"
        )
    assert isinstance(memory, Memory)
    return MachineNetwork(learned.machine, memory.patterns, learned.rule)


def prepare(memory: AbstractMemory, settings: Settings, cues: int) -> Settling:
    """Recall by the machine.

    Raises:
        HopError: the memory has none.
    """
    from hopcli.binary.recall import recall
    from hopcli.binary.schedules import Synchronous

    network = machine_network(memory)
    build = network.builder(cues)

    def run(states: NDArray[Any]) -> list[Recall]:
        return recall(
            build(),
            states,
            # A layer at once; its neurons do not act on each other.
            schedule=Synchronous(),
            rng=np.random.default_rng([settings.seed, 1]),
            max_sweeps=settings.max_sweeps,
            clamped=states != 0 if settings.clamp else None,
            frames=1 if settings.film else 0,
        )

    return Settling("boltzmann", run, network)
