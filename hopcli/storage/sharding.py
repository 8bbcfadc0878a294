"""Writing a memory of several files (storage/shards.py) shard by shard."""

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

# Bytes of patterns in a shard whose size nobody chose: small beside any machine's memory, and gone
# through in several times the millisecond that it takes to open.
SHARD_BYTES = 2**26


def store(folder: Path, parts: Iterable[Memory], *, size: int | None, keep: bool) -> ShardedMemory:
    """Write patterns into a folder, a shard at a time; whole or not at all.

    The caller holds the memory's lock. Only as many patterns are in memory as a shard and a part
    have.

    Args:
        folder: made if it is not there.
        parts: one or more memories, all of one mode and shape.
        size: patterns a shard; None for what it is already, or else for SHARD_BYTES.
        keep: whether the patterns that are there stay, before the new ones. Full shards stay as
            they are then; one that is not full is written anew.
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
    _tidy(folder, index)
    return ShardedMemory.of(folder, index)


def _write(folder: Path, parts: Iterator[Memory], size: int | None, *, keep: bool) -> Index:
    """Write new shards, and then the index."""
    first = next(parts)
    if not has_index(folder):
        # From now on the folder is known as one of hop's, whatever becomes of this.
        write_index(folder, Index(first.mode, first.shape, (), size or _suited(first), 0, ()))
    old = read_index(folder)
    _tidy(folder, old)
    size = size or old.shard_size
    kept = old.shards if keep else ()
    if kept:
        first = _renamed(first, old.label_names)
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
    """Leave what was there, which the index tells: all that was written, once that is replaced."""
    if has_index(folder):
        index = read_index(folder)
        _tidy(folder, index)
        if index.shards or not fresh:
            return
        (folder / INDEX).unlink()
    if made:
        with suppress(OSError):
            folder.rmdir()


def _suited(memory: Memory) -> int:
    """How many patterns of this kind make a shard."""
    neurons = memory.neurons
    row = 8 * packing.words_for(neurons) if memory.mode == "binary" else neurons
    return max(1, SHARD_BYTES // row)


def _renamed(memory: Memory, label_names: tuple[str, ...]) -> Memory:
    """The memory with these label names before its own others."""
    none = replace(memory.rows(slice(0)), label_names=np.array(label_names, dtype=np.str_))
    return appended(none, memory)


def _cut(first: Memory, parts: Iterator[Memory], size: int) -> Iterator[Memory]:
    """Memories of so many patterns, the last one of fewer, from parts of any size."""
    pending = first
    for part in parts:
        while len(pending) > size:
            yield pending.rows(slice(size))
            pending = pending.rows(slice(size, None))
        pending = appended(pending, part)
    while len(pending):
        yield pending.rows(slice(size))
        pending = pending.rows(slice(size, None))


def _tidy(folder: Path, index: Index) -> None:
    """Remove shards that the index does not name, and what a writer that died left behind.

    What cannot be removed is no part of the memory, and left to the next writer.
    """
    remove_abandoned(folder, rf"{re.escape(INDEX)}|{SHARD.pattern}")
    named = {shard.file for shard in index.shards}
    with suppress(OSError):
        for path in folder.iterdir():
            if SHARD.fullmatch(path.name) and path.name not in named:
                path.unlink()
