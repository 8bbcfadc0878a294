"""The Boltzmann machine of a memory, and recall by it."""

from typing import TYPE_CHECKING

from hopcli.cli.settling import Settings, Settling, runner
from hopcli.errors import HopError
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
    return MachineNetwork(learned.machine, memory.patterns, learned.title)


def prepare(memory: AbstractMemory, settings: Settings, cues: int) -> Settling:
    """Recall by the machine.

    Raises:
        HopError: the memory has none.
    """
    from hopcli.binary.schedules import Synchronous

    network = machine_network(memory)
    # A layer at once; its neurons do not act on each other.
    run = runner(network.builder(cues), settings, Synchronous(), 1)
    return Settling("boltzmann", run, network)
