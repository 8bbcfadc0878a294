"""Where the patterns of a memory are looked at: here in one piece, here in parts, or by others."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli.signatures import Option

if TYPE_CHECKING:
    from hopcli.executors import PartitionedExecutor
    from hopcli.parts import AbstractPart
    from hopcli.storage.memory_file import AbstractMemory

ClusterOption = Annotated[
    str | None,
    Option(
        "--cluster", metavar="ADDRESS",
        help="Let the workers of a dask cluster look at the patterns; they must see the memory's "
        "files under the same path.",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Spread:
    """The patterns in parts, and who looks at them."""

    parts: "Sequence[AbstractPart]"
    executor: "PartitionedExecutor"


@contextmanager
def spread(memory: "AbstractMemory", path: Path, cluster: str | None) -> "Iterator[Spread | None]":
    """How to look at a memory, until the block ends; None: as one piece.

    Args:
        memory: as it was loaded.
        path: where it is.
        cluster: the address of a scheduler, if its workers are to look.

    Raises:
        HopError: the cluster does not answer, or cannot help (cluster/executor.py).
    """
    from hopcli.storage.memory_file import Memory

    if cluster is None and isinstance(memory, Memory):
        yield None
        return
    from hopcli import executors
    from hopcli.storage import patterns
    from hopcli.storage.memory_limit import HALF_THE_MACHINE
    from hopcli.storage.shards import ShardedMemory

    limit = memory.limit if isinstance(memory, ShardedMemory) else HALF_THE_MACHINE
    if cluster is None:
        yield Spread(patterns.parts_of(path, 1, limit), executors.SERIAL)
        return
    from hopcli.cluster.executor import cluster_executor

    with cluster_executor(cluster) as workers:
        # Workers may stand in another folder.
        parts = patterns.parts_of(path.resolve(), workers.partitions, limit)
        workers.map(patterns.held_open, parts)
        yield Spread(parts, workers)
