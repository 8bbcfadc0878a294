"""Removal of patterns, which are given by name, from a memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.storage.memory_file import AbstractMemory, Memory

# If a name is ambiguous, so many of the names that it may stand for are listed.
LISTED = 3


def find(memory: AbstractMemory, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the indices of patterns, ascending.

    Args:
        memory: in one part or several.
        names: as they are stored, or what follows a slash in them.

    Raises:
        HopError: no pattern has a name, several have, or no pattern would be left.
    """
    rows = {_find_one(memory, name) for name in dict.fromkeys(names)}
    if len(rows) == len(memory):
        raise HopError(
            "the names that were given are all patterns of the memory, and one has to stay; "
            "remove the file instead"
        )
    return np.array(sorted(rows), dtype=np.int64)


def without(memory: Memory, rows: NDArray[np.int64]) -> Memory:
    """Return a memory without some patterns, and without the labels that only they had.

    What was learned is left out; `AbstractLearned.after_forget` updates it.
    """
    kept = np.delete(np.arange(len(memory)), rows)
    labels = memory.labels[kept]
    used = np.unique(labels[labels >= 0])
    # The new index of each label; the last element, which index −1 selects, is −1 for no label.
    new_index = np.full(len(memory.label_names) + 1, -1, dtype=np.int32)
    new_index[used] = np.arange(len(used))
    return replace(
        memory,
        patterns=memory.patterns[kept],
        names=memory.names[kept],
        labels=new_index[labels],
        label_names=memory.label_names[used],
        learned=(),
    )


def parts_without(memory: AbstractMemory, rows: NDArray[np.int64]) -> Iterator[Memory]:
    """Yield the parts of a memory, one after another, without some patterns."""
    start = 0
    for part in memory.parts():
        here = rows[(rows >= start) & (rows < start + len(part))]
        yield without(part, here - start)
        start += len(part)


def _find_one(memory: AbstractMemory, name: str) -> int:
    """Return the index of the only pattern with a name."""
    whole = _rows_where(memory, lambda names: names == name)
    found = whole or _rows_where(memory, lambda names: np.char.endswith(names, f"/{name}"))
    if not found:
        raise HopError(
            f"{name} was given, but no pattern has this name; the memory's names are listed by "
            f"`info()` and in the member 'names' of its file"
        )
    if len(found) == 1:
        return found[0]
    if whole:
        raise HopError(
            f"{name} was given, but {len(found):,} patterns have this name, which hop cannot tell "
            f"apart; store the pictures anew"
        )
    listed = ", ".join(memory.name(index) for index in found[:LISTED])
    more = ", …" if len(found) > LISTED else ""
    raise HopError(
        f"{name} was given, but {len(found):,} patterns have names that end so: {listed}{more}; "
        f"give the whole name"
    )


def _rows_where(
    memory: AbstractMemory, holds: Callable[[NDArray[np.str_]], NDArray[np.bool_]]
) -> list[int]:
    """Return the indices of the patterns for whose names a condition holds, part by part."""
    found, start = [], 0
    for part in memory.parts():
        found += (np.flatnonzero(holds(part.names)) + start).tolist()
        start += len(part)
    return found
