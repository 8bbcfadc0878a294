"""What becomes of learned weights when patterns are added or removed.

Rules with an incremental form go on from what they have learned; what is left is learned anew where
the rule says that it can be, and is removed otherwise. Either is noted.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hopcli.storage import memory_file, removal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.storage.learned import AbstractLearned
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit


def appended(old: "Memory", new: "Memory", limit: "MemoryLimit") -> "tuple[Memory, list[str]]":
    """Return the old memory with the new patterns after its own, and notes.

    Raises:
        HopError: what was learned takes more memory than the limit.
    """
    whole = memory_file.appended(old, new)
    if not old.learned:
        return whole, []
    _require(old, limit)
    added = new.states(slice(None))
    return _with(whole, old.learned, lambda each: each.after_append(added))


def without(
    old: "Memory", rows: "NDArray[np.int64]", limit: "MemoryLimit"
) -> "tuple[Memory, list[str]]":
    """Return a memory without some of its patterns, and notes.

    Raises:
        HopError: what was learned takes more memory than the limit.
    """
    rest = removal.without(old, rows)
    if not old.learned:
        return rest, []
    _require(old, limit)
    kept, removed = rest.states(slice(None)), old.states(rows)
    return _with(rest, old.learned, lambda each: each.after_forget(kept, removed))


def _require(memory: "Memory", limit: "MemoryLimit") -> None:
    """Check that there is room for what was learned, what it becomes, and intermediate arrays."""
    held = sum(array.nbytes for each in memory.learned for array in each.arrays().values())
    names = " and ".join(each.title for each in memory.learned)
    limit.require(f"what was learned by {names}", 3 * held)


def _with(
    memory: "Memory",
    learned: "tuple[AbstractLearned, ...]",
    changed: "Callable[[AbstractLearned], AbstractLearned | None]",
) -> "tuple[Memory, list[str]]":
    """Return a memory with what was learned, as far as that follows the change, and notes."""
    following, notes = [], []
    for each in learned:
        found = changed(each)
        if found is not None:
            following.append(found)
            notes.append(f"what was learned by {each.title} follows the change")
            continue
        notes.append(
            f"what was learned by {each.title} cannot follow the change, and is removed; learn it "
            f"again with `learn(rule={each.rule})`"
        )
    return replace(memory, learned=tuple(following)), notes
