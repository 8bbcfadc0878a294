"""Writing of memories of several files (storage/shards.py), one shard after another."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from hopcli.binary import packing
from hopcli.errors import MemoryFileError
from hopcli.interruption import undoing
from hopcli.storage import memory_file
from hopcli.storage.atomic import remove_abandoned, sync_folder
from hopcli.storage.memory_file import Memory, appended
from hopcli.storage.shards import (
    INDEX,
    SHARD,
    Index,
    Shard,
    ShardedMemory,
    has_index,
    read_index,
    write_index,
)

# Bytes of patterns in a shard by default: little of any machine's memory, and enough that opening a
# shard (1 ms) takes a small part of the time for its patterns.
SHARD_BYTES = 2**26


def store(folder: Path, parts: Iterable[Memory], *, size: int | None, keep: bool) -> ShardedMemory:
    """Write patterns into a folder, shard by shard; after an error the old memory is unchanged.

    The caller holds the memory's lock. At most one part and one shard are in memory at a time.

    Args:
        folder: created if it does not exist.
        parts: one or more memories of one mode and shape.
        size: the number of patterns in a shard; None for that of the folder, which is at first
            the number that takes SHARD_BYTES.
        keep: whether the patterns in the folder stay, before the new ones. Full shards are not
            written again then.
    """
    made, fresh = not folder.exists(), not has_index(folder)
    undo = partial(_undo, folder, made=made, fresh=fresh)
    with undoing(undo):
        try:
            folder.mkdir(exist_ok=True)
            if made:
                sync_folder(folder.resolve().parent)
            index = _write(folder, iter(parts), size, keep=keep)
        except BaseException:
            with suppress(OSError, MemoryFileError):
                undo()
            raise
    _remove_unnamed(folder, index)
    return ShardedMemory.of(folder, index)


def _write(folder: Path, parts: Iterator[Memory], size: int | None, *, keep: bool) -> Index:
    """Write new shards, and then the index."""
    first = next(parts)
    if not has_index(folder):
        # Marks the folder as one of hop, in case writing does not end.
        write_index(folder, Index(first.mode, first.shape, (), size or _default_size(first), 0, ()))
    old = read_index(folder)
    _remove_unnamed(folder, old)
    size = size or old.shard_size
    kept = old.shards if keep else ()
    if kept:
        first = _with_label_names(first, old.label_names)
        if kept[-1].patterns < size:
            first = appended(ShardedMemory.of(folder, old).open(len(kept) - 1), first)
            kept = kept[:-1]
    label_names, written = old.label_names, []
    for memory in _cut(first, parts, size):
        path = folder / f"{old.next + len(written):05}.npz"
        memory_file.save(memory, path)
        written.append(Shard(path.name, len(memory), memory_file.identity(path)))
        label_names = tuple(memory.label_names.tolist())
    following = old.next + len(written)
    index = Index(first.mode, first.shape, label_names, size, following, (*kept, *written))
    write_index(folder, index)
    return index


def _undo(folder: Path, *, made: bool, fresh: bool) -> None:
    """Remove what the index does not name, and an index and a folder that this process created."""
    if has_index(folder):
        index = read_index(folder)
        _remove_unnamed(folder, index)
        if index.shards or not fresh:
            return
        (folder / INDEX).unlink()
    if made:
        with suppress(OSError):
            folder.rmdir()


def _default_size(memory: Memory) -> int:
    """Return the number of patterns of a memory's mode and shape that take SHARD_BYTES."""
    neurons = memory.neurons
    row = 8 * packing.words_for(neurons) if memory.mode == "binary" else neurons
    return max(1, SHARD_BYTES // row)


def _with_label_names(memory: Memory, label_names: tuple[str, ...]) -> Memory:
    """Return a memory whose label names begin with these."""
    none = replace(memory.rows(slice(0)), label_names=np.array(label_names, dtype=np.str_))
    return appended(none, memory)


def _cut(first: Memory, parts: Iterator[Memory], size: int) -> Iterator[Memory]:
    """Divide parts of any size into memories of `size` patterns; the last has the rest."""
    pending = first
    for part in parts:
        while len(pending) > size:
            yield pending.rows(slice(size))
            pending = pending.rows(slice(size, None))
        pending = appended(pending, part)
    while len(pending):
        yield pending.rows(slice(size))
        pending = pending.rows(slice(size, None))


def _remove_unnamed(folder: Path, index: Index) -> None:
    """Remove shards that the index does not name, and temporary files of ended writers.

    Files that cannot be removed are left to the next writer.
    """
    remove_abandoned(folder, rf"{re.escape(INDEX)}|{SHARD.pattern}")
    named = {shard.file for shard in index.shards}
    with suppress(OSError):
        for path in folder.iterdir():
            if SHARD.fullmatch(path.name) and path.name not in named:
                path.unlink()
