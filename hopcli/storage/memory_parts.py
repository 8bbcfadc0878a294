"""Parts of a memory file or folder, which any process that has access to the files can open."""

import resource
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import MemoryFileError
from hopcli.parts import AbstractPart
from hopcli.storage import memory_file, shards
from hopcli.storage.memory_file import Memory
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit
from hopcli.storage.shards import ShardedMemory

# The most files that a process keeps open for the next pass; each takes a descriptor or two.
MOST_OPEN = 128
# If the address space of a process is limited (RLIMIT_AS), open files take 1/SHARE of it at most.
SHARE = 4
# Bytes of grey levels of a part of unpacked patterns.
LEVELS_AT_ONCE = 2**27

# The patterns of the files that this process has open; those that were used last are at the end.
_open_files: OrderedDict[Any, NDArray[Any]] = OrderedDict()


@dataclass(frozen=True)
class ShardPart(AbstractPart):
    """One shard of a folder."""

    start: int
    patterns: int
    memory: ShardedMemory
    number: int

    def open(self) -> NDArray[Any]:
        """Return the patterns of the shard, mapped into memory."""
        path = self.memory.folder / self.memory.index.shards[self.number].file
        return _patterns_of(path, lambda: self.memory.open(self.number))


@dataclass(frozen=True)
class FilePart(AbstractPart):
    """Consecutive patterns of a file with `whole` patterns."""

    start: int
    patterns: int
    path: Path
    whole: int
    limit: MemoryLimit = HALF_THE_MACHINE

    def open(self) -> NDArray[Any]:
        """Return the patterns of this part of the file, mapped into memory."""
        rows = _patterns_of(self.path, lambda: memory_file.load(self.path, self.limit))
        if len(rows) != self.whole:
            raise MemoryFileError(f"{self.path} was changed while it was read; try again")
        return rows[self.start : self.start + self.patterns]


def parts_of(path: Path, most: int, limit: MemoryLimit = HALF_THE_MACHINE) -> list[AbstractPart]:
    """Divide a memory into parts.

    Args:
        path: of a folder, each of whose shards is a part; or of a file.
        most: the most parts, of about the same size, into which a file is divided.
        limit: of the memory that a part's file may take in the process that opens it.
    """
    if path.is_dir():
        memory = shards.load(path, limit)
        return [
            ShardPart(memory.starts[number], shard.patterns, memory, number)
            for number, shard in enumerate(memory.index.shards)
        ]
    whole = len(memory_file.load(path, limit))
    number = min(most, whole)
    bounds = [whole * part // number for part in range(number + 1)]
    return [FilePart(start, end - start, path, whole, limit) for start, end in pairwise(bounds)]


def held_open(parts: Sequence[AbstractPart]) -> list[int]:
    """Open parts, which then stay open for the next pass, and return their numbers of patterns."""
    return [len(part.open()) for part in parts]


@dataclass(frozen=True)
class LevelsPart(AbstractPart):
    """Consecutive patterns of a part with packed patterns, as grey levels."""

    start: int
    patterns: int
    packed: AbstractPart
    neurons: int

    def open(self) -> NDArray[np.uint8]:
        """Return the patterns as levels: 0 for −1 and 255 for +1."""
        first = self.start - self.packed.start
        states = packing.unpack(self.packed.open()[first : first + self.patterns], self.neurons)
        return np.where(states > 0, np.uint8(255), np.uint8(0))


def in_levels(parts: Sequence[AbstractPart], neurons: int) -> list[AbstractPart]:
    """Divide parts with packed patterns into smaller ones, which unpack to LEVELS_AT_ONCE bytes."""
    at_once = max(1, LEVELS_AT_ONCE // neurons)
    return [
        LevelsPart(start, min(at_once, part.start + part.patterns - start), part, neurons)
        for part in parts
        for start in range(part.start, part.start + part.patterns, at_once)
    ]


def _patterns_of(path: Path, load: Callable[[], Memory]) -> NDArray[Any]:
    """Return the patterns of a file, which stays open until others have been used more recently."""
    try:
        found = path.stat()
    except OSError:
        return load().patterns
    key = path, found.st_ino, found.st_mtime_ns, found.st_size
    if key not in _open_files:
        _close_old(found.st_size)
        _open_files[key] = load().patterns
    _open_files.move_to_end(key)
    return _open_files[key]


def _close_old(size: int) -> None:
    """Close the least recently used files until one of `size` bytes may be opened."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    while _open_files and (
        len(_open_files) >= MOST_OPEN
        or (
            limit != resource.RLIM_INFINITY
            and sum(patterns.nbytes for patterns in _open_files.values()) + size > limit // SHARE
        )
    ):
        _open_files.popitem(last=False)
