"""The patterns of a memory in parts (parts.py), which any process that sees the files can open."""

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

# Files that a process keeps open, since another pass may follow; each takes a descriptor or two.
HELD = 128
# Where a process's address space is limited (RLIMIT_AS), the files that are kept open may take one
# part in so many of it.
SHARE = 4
# Bytes of grey levels that packed patterns are unpacked to at a time.
LEVELS_AT_ONCE = 2**27

# The files that this process has open, the one that was used last at the end.
_held: OrderedDict[Any, NDArray[Any]] = OrderedDict()


@dataclass(frozen=True)
class ShardPart(AbstractPart):
    """One shard of a folder."""

    start: int
    patterns: int
    memory: ShardedMemory
    number: int

    def open(self) -> NDArray[Any]:
        """Map the shard, or use it as it is still mapped."""
        path = self.memory.folder / self.memory.index.shards[self.number].file
        return _kept(path, lambda: self.memory.open(self.number))


@dataclass(frozen=True)
class FilePart(AbstractPart):
    """Some of the patterns of one file that holds `whole` of them."""

    start: int
    patterns: int
    path: Path
    whole: int
    limit: MemoryLimit = HALF_THE_MACHINE

    def open(self) -> NDArray[Any]:
        """Map the file, or use it as it is still mapped."""
        rows = _kept(self.path, lambda: memory_file.load(self.path, self.limit))
        if len(rows) != self.whole:
            raise MemoryFileError(f"{self.path} was changed while it was read; try again")
        return rows[self.start : self.start + self.patterns]


def parts_of(path: Path, most: int, limit: MemoryLimit = HALF_THE_MACHINE) -> list[AbstractPart]:
    """Split a memory into parts, each of which any process that sees the files can open.

    Args:
        path: a folder, each of whose shards is a part; or a file.
        most: the number of parts of about the same size into which a file is split at most.
        limit: of the memory that a file's content may take in the process that opens it.
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
    """Open some parts, to be looked at soon, and say how many patterns each has."""
    return [len(part.open()) for part in parts]


@dataclass(frozen=True)
class LevelsPart(AbstractPart):
    """Some patterns of a part of packed ones, as grey levels."""

    start: int
    patterns: int
    packed: AbstractPart
    neurons: int

    def open(self) -> NDArray[np.uint8]:
        """Unpack them: black and white."""
        first = self.start - self.packed.start
        states = packing.unpack(self.packed.open()[first : first + self.patterns], self.neurons)
        return np.where(states > 0, np.uint8(255), np.uint8(0))


def in_levels(parts: Sequence[AbstractPart], neurons: int) -> list[AbstractPart]:
    """Packed patterns as grey levels, in more parts, each of which may be unpacked as a whole."""
    at_once = max(1, LEVELS_AT_ONCE // neurons)
    return [
        LevelsPart(start, min(at_once, part.start + part.patterns - start), part, neurons)
        for part in parts
        for start in range(part.start, part.start + part.patterns, at_once)
    ]


def _kept(path: Path, load: Callable[[], Memory]) -> NDArray[Any]:
    """The patterns of a file, which stays open until others have been used more recently."""
    try:
        found = path.stat()
    except OSError:
        return load().patterns
    key = path, found.st_ino, found.st_mtime_ns, found.st_size
    if key not in _held:
        _make_room(found.st_size)
        _held[key] = load().patterns
    _held.move_to_end(key)
    return _held[key]


def _make_room(size: int) -> None:
    """Close files before another one of this size is opened."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    while _held and (
        len(_held) >= HELD
        or (
            limit != resource.RLIM_INFINITY
            and sum(patterns.nbytes for patterns in _held.values()) + size > limit // SHARE
        )
    ):
        _held.popitem(last=False)
