"""A memory's patterns in parts, for memories larger than memory and for clusters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hopcli.errors import HopError
from hopcli.storage.memory_file import Memory as WholeMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopcli.continuous.patterns import AbstractPatterns
    from hopcli.executors import PartitionedExecutor
    from hopcli.model.memory import Memory
    from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class Partition:
    """A memory's patterns in parts, and the executor that works on them."""

    parts: "Sequence[AbstractPart]"
    executor: "PartitionedExecutor"


def partition(memory: "Memory", executor: "PartitionedExecutor | None") -> Partition | None:
    """Divide a memory's patterns for an executor; None for a memory that is used as a whole.

    Raises:
        HopError: an executor was given for a memory that is in no file.
    """
    if executor is None and isinstance(memory.stored, WholeMemory):
        return None
    from hopcli.executors import SERIAL
    from hopcli.storage import memory_parts

    if memory.path is None:
        raise HopError("workers open the memory's file, and this memory has none; save it first")
    if executor is None:
        return Partition(memory_parts.parts_of(memory.path, 1, memory.limit), SERIAL)
    # Workers may stand in another folder.
    parts = memory_parts.parts_of(memory.path.resolve(), executor.partitions, memory.limit)
    executor.map(memory_parts.held_open, parts)
    return Partition(parts, executor)


def levels_of(memory: "Memory", states: int, divided: Partition | None) -> "AbstractPatterns":
    """Return the patterns as levels, with the code loaded that suits so many states.

    Those of a binary memory are black and white.
    """
    if divided is None:
        from hopcli.continuous.byte_patterns import BytePatterns

        return BytePatterns.suited(memory.stored.whole().in_levels().patterns, states)
    from hopcli.continuous.sharded_patterns import ShardedPatterns
    from hopcli.storage import memory_parts

    parts = divided.parts
    if memory.mode == "binary":
        parts = memory_parts.in_levels(parts, memory.neurons)
    return ShardedPatterns(parts, memory.neurons, divided.executor)
