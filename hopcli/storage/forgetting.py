"""Which patterns of a memory are meant by names, and the memory without them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.storage.memory_file import AbstractMemory, Memory

# Of several patterns that a name might mean, so many are listed.
LISTED = 3


def find(memory: AbstractMemory, names: Sequence[str]) -> NDArray[np.int64]:
    """The patterns that are named: as they are stored, or by the end of that after a slash.

    Returns:
        Their indices, ascending, each once.

    Raises:
        HopError: there is no such pattern, or several; or none would be left.
    """
    meant = {_one(memory, name) for name in dict.fromkeys(names)}
    if len(meant) == len(memory):
        raise HopError(
            "the names that were given are all patterns of the memory, and one has to stay; "
            "remove the file instead"
        )
    return np.array(sorted(meant), dtype=np.int64)


def without(memory: Memory, rows: NDArray[np.int64]) -> Memory:
    """A memory without some of its patterns, and the labels that only they bore.

    What was learned is left out (storage/learned: `after_forget`).
    """
    kept = np.delete(np.arange(len(memory)), rows)
    labels = memory.labels[kept]
    borne = np.unique(labels[labels >= 0])
    # Where each label has moved to; at the end, where −1 finds it, none.
    moved = np.full(len(memory.label_names) + 1, -1, dtype=np.int32)
    moved[borne] = np.arange(len(borne))
    return replace(
        memory,
        patterns=memory.patterns[kept],
        names=memory.names[kept],
        labels=moved[labels],
        label_names=memory.label_names[borne],
        learned=(),
    )


def parts_without(memory: AbstractMemory, rows: NDArray[np.int64]) -> Iterator[Memory]:
    """The parts of a memory, one after another, without some of its patterns."""
    start = 0
    for part in memory.parts():
        here = rows[(rows >= start) & (rows < start + len(part))]
        yield without(part, here - start)
        start += len(part)


def _one(memory: AbstractMemory, name: str) -> int:
    """The index of the one pattern of this name."""
    whole = _where(memory, name, "")
    found = whole or _where(memory, name, "/")
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


def _where(memory: AbstractMemory, name: str, before: str) -> list[int]:
    """The patterns whose name is this one, or ends in it behind `before`."""
    found, start = [], 0
    for part in memory.parts():
        same = np.char.endswith(part.names, before + name) if before else part.names == name
        found += (np.flatnonzero(same) + start).tolist()
        start += len(part)
    return found
