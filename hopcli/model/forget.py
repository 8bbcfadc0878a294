"""`Memory.forget` and `hop forget`: a memory without some of its patterns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hopcli.model import relearning
from hopcli.storage import removal

if TYPE_CHECKING:
    from hopcli.model.memory import Memory


@dataclass(frozen=True)
class Forgotten:
    """What `Memory.forget` did.

    Attributes:
        removed: the names of the patterns that were removed.
        patterns: the number of patterns that are left.
        notes: what became of learned weights.
    """

    removed: tuple[str, ...]
    patterns: int
    notes: tuple[str, ...]

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return {"removed": list(self.removed), "patterns": self.patterns}


def forget(memory: "Memory", names: Sequence[str]) -> Forgotten:
    """Remove patterns from a memory.

    Args:
        memory: changed in memory; its file stays as it is until `save`.
        names: as they are stored, or what follows a slash in them.

    Raises:
        HopError: no pattern has a name, several have, or none would be left.
    """
    rows = removal.find(memory.stored, names)
    removed = tuple(memory.stored.name(int(row)) for row in rows)
    memory.stored, notes = relearning.without(memory.stored.whole(), rows, memory.limit)
    return Forgotten(removed, len(memory), tuple(notes))


def forget_in_folder(memory: "Memory", folder: Path, names: Sequence[str]) -> Forgotten:
    """Remove patterns from a memory of several files, shard by shard.

    Args:
        memory: as loaded from the folder, whose lock the caller holds.
        folder: is written at once.
        names: as for `forget`.

    Raises:
        HopError: as `forget` does.
    """
    from hopcli.storage import sharding

    rows = removal.find(memory.stored, names)
    removed = tuple(memory.stored.name(int(row)) for row in rows)
    parts = removal.parts_without(memory.stored, rows)
    memory.stored = sharding.store(folder, parts, size=None, keep=False)
    return Forgotten(removed, len(memory), ())
