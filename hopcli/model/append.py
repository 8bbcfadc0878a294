"""`Memory.append`: more patterns for a memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError
from hopcli.model import relearning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hopcli.model.memory import Memory


@dataclass(frozen=True)
class Appended:
    """What `Memory.append` did.

    Attributes:
        added: the number of new patterns.
        patterns: the number of patterns in the memory now.
        notes: what became of learned weights.
    """

    added: int
    patterns: int
    notes: tuple[str, ...]

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return {"added": self.added, "patterns": self.patterns}


def append(
    memory: "Memory",
    y: "NDArray[Any]",
    *,
    names: Sequence[str] | None = None,
    labels: Sequence[str | None] | None = None,
) -> Appended:
    """Add patterns to a memory.

    Args:
        memory: changed in memory; its file stays as it is until `save`.
        y: patterns of the memory's mode, of shape (K, N), (K, h, w) or (K, h, w, 3).
        names: K strings; by default `y[0]`, `y[1]`, ...
        labels: K labels, None where a pattern has none.

    Raises:
        HopError: the patterns are of another size, or have other values than the memory's mode.
    """
    from hopcli.model import patterns

    old = memory.stored.whole()
    new = patterns.stored(y, names, labels, old.mode, "y")
    if new.neurons != old.neurons:
        raise HopError(
            f"y has patterns of {new.neurons:,} neurons, and the memory's have {old.neurons:,}; "
            f"give patterns of its shape {old.shape}"
        )
    memory.stored, notes = relearning.appended(old, new, memory.limit)
    return Appended(len(new), len(memory), tuple(notes))
