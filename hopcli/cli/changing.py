"""Commands that change a memory file: it is locked, loaded, changed and written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hopcli.cli.report import Clock
from hopcli.errors import HopError

if TYPE_CHECKING:
    from hopcli.model.memory import Memory


@contextmanager
def learning(path: Path, max_memory: str, clock: Clock) -> "Iterator[Memory]":
    """Open a memory in which something is to be learned, under its lock.

    Args:
        path: of the memory.
        max_memory: as it was given.
        clock: measures the loading.

    Raises:
        HopError: the memory is a folder of several files, which cannot hold what is learned.
    """
    from hopcli.model.memory import load
    from hopcli.storage.lock import locked

    with locked(path):
        if path.is_dir():
            raise HopError(
                f"{path} is a folder of several files, and what is learned is kept in one; store "
                f"the pictures in a file, with 'hop store PICTURES -m NAME.npz'"
            )
        with clock.measure("load"):
            memory = load(path, max_memory=max_memory)
        yield memory
