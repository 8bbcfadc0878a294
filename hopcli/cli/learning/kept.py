"""What becomes of what was learned when the patterns change."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hopcli.storage import forgetting, memory_file
from hopcli.storage.learned import AbstractLearned
from hopcli.storage.memory_file import Memory


def appended(old: Memory, new: Memory) -> tuple[Memory, list[str]]:
    """The old memory with the new patterns behind its own, and what a person should be told."""
    whole = memory_file.appended(old, new)
    if not old.learned:
        return whole, []
    added = new.states(slice(None))
    return _with(whole, old.learned, lambda each: each.after_append(added))


def without(old: Memory, rows: "np.typing.NDArray[np.int64]") -> tuple[Memory, list[str]]:
    """A memory without some of its patterns, and what a person should be told."""
    rest = forgetting.without(old, rows)
    if not old.learned:
        return rest, []
    kept, removed = rest.states(slice(None)), old.states(rows)
    return _with(rest, old.learned, lambda each: each.after_forget(kept, removed))


def _with(
    memory: Memory,
    learned: tuple[AbstractLearned, ...],
    again: Callable[[AbstractLearned], AbstractLearned | None],
) -> tuple[Memory, list[str]]:
    """A memory with what was learned as far as that follows the change."""
    following, notes = [], []
    for each in learned:
        found = again(each)
        if found is not None:
            following.append(found)
            notes.append(f"what was learned by {each.rule} follows the change")
            continue
        name = each.rule.split()[0]
        notes.append(
            f"what was learned by {each.rule} cannot follow the change, and is gone; learn it "
            f"again with 'hop learn --rule {name}'"
        )
    return replace(memory, learned=tuple(following)), notes
