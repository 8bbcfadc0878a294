"""Commands that change a memory file: it is locked, loaded, changed and written."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
    from hopcli.model.memory import changing

    if path.is_dir():
        raise HopError(
            f"{path} is a folder of several files, and what is learned is kept in one; store the "
            f"pictures in a file, with 'hop store PICTURES -m NAME.npz'"
        )
    with ExitStack() as stack:
        with clock.measure("load"):
            memory = stack.enter_context(changing(path, max_memory=max_memory))
        yield memory
