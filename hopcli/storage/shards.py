"""Memories of several files: a folder of shards with an index.

Every shard is a memory file (storage/memory_file.py), `00000.npz`, `00001.npz`, …; the patterns of
the memory are those of the shards in order. The file `memory.json` is the index:

| member | what it holds |
| --- | --- |
| `format` | 1: the version of this page |
| `mode`, `shape` | those of every shard |
| `label_names` | of the whole memory; a shard has the first of these |
| `shard_size` | the number of patterns of a full shard |
| `next` | the number of the next shard to be written |
| `shards` | the shards in order, each `{"file": "00000.npz", "patterns": 1000, "digest": "…"}` |
| `digest` | SHA-256 of the others, as JSON with sorted keys and without spaces |

A shard's digest is the SHA-256 of its member `digests.npy`, which identifies its content. An index
without digests opens.

Files that the index does not name are not part of the memory. The number of a shard is never used
again, so no file is overwritten: new shards are written first, then the index is replaced, then the
shards that it no longer names are removed. Readers see the old memory or the new one, also after a
crash. An index without shards belongs to a memory whose first patterns are being written.
"""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError, MemoryFileError
from hopcli.storage import memory_file
from hopcli.storage.atomic import replacing
from hopcli.storage.memory_file import AbstractMemory, Memory
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

FORMAT = 1
INDEX = "memory.json"
SHARD = re.compile(r"[0-9]{5,18}\.npz")
# Bytes, enough for a million shards or labels; parsed, it takes a few times as much memory.
LARGEST_INDEX = 2**27


@dataclass(frozen=True)
class Shard:
    """An entry of the index: a file of the folder, its number of patterns and its digest."""

    file: str
    patterns: int
    digest: str | None = None


@dataclass(frozen=True)
class Index:
    """The index of a folder; its attributes are the members of the JSON object."""

    mode: str
    shape: tuple[int, ...]
    label_names: tuple[str, ...]
    shard_size: int
    next: int
    shards: tuple[Shard, ...]


@dataclass(frozen=True)
class ShardedMemory(AbstractMemory):
    """A memory in a folder, whose shards are opened for each use.

    Attributes:
        mode: binary, gray or rgb.
        shape: [h, w] or [h, w, 3].
        label_names: of the whole memory.
        folder: of the shards.
        index: of the folder.
        limit: of the memory that a shard may take.
    """

    mode: str
    shape: tuple[int, ...]
    label_names: NDArray[np.str_]
    folder: Path
    index: Index
    limit: MemoryLimit = HALF_THE_MACHINE

    @classmethod
    def of(
        cls, folder: Path, index: Index, limit: MemoryLimit = HALF_THE_MACHINE
    ) -> "ShardedMemory":
        """Return the memory of a folder and its index."""
        names = np.array(index.label_names, dtype=np.str_)
        return cls(index.mode, index.shape, names, folder, index, limit)

    @cached_property
    def starts(self) -> list[int]:
        """The index of the first pattern of each shard, and, last, K."""
        return [0, *accumulate(shard.patterns for shard in self.index.shards)]

    def __len__(self) -> int:
        return self.starts[-1]

    def parts(self) -> Iterator[Memory]:
        """Open the shards, one after another."""
        return (self.open(number) for number in range(len(self.index.shards)))

    def part_of(self, index: int) -> tuple[Memory, int]:
        """Open the shard that holds a pattern, and return it with the pattern's row."""
        number = bisect_right(self.starts, index) - 1
        return self.open(number), index - self.starts[number]

    def states(self, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Return patterns as states, (rows, N): ±1 of int8, or levels in [0, 1] of float32."""
        wanted = np.arange(len(self))[rows] if isinstance(rows, slice) else np.asarray(rows)
        holding = np.searchsorted(self.starts, wanted, side="right") - 1
        binary = self.mode == "binary"
        found = np.empty((len(wanted), self.neurons), dtype=np.int8 if binary else np.float32)
        for number in np.unique(holding):
            here = holding == number
            part = self.open(number)
            part = part if part.mode == self.mode else part.in_levels()
            found[here] = part.states(wanted[here] - self.starts[number])
        return found

    def in_levels(self) -> "ShardedMemory":
        """Return this memory in the mode gray if it is binary."""
        return self if self.mode != "binary" else replace(self, mode="gray")

    def whole(self) -> Memory:
        """Read all shards into memory as one part."""
        first = self.open(0)
        self.limit.require(self.folder, len(self) * first.patterns[0].nbytes)
        parts = [first, *(self.open(number) for number in range(1, len(self.index.shards)))]
        # The labels of every shard are the first of the memory's.
        return replace(
            first,
            patterns=np.concatenate([part.patterns for part in parts]),
            names=np.concatenate([part.names for part in parts]),
            labels=np.concatenate([part.labels for part in parts]),
            label_names=self.label_names,
            learned=(),
        )

    def open(self, number: int) -> Memory:
        """Open a shard, and check it against the index.

        Raises:
            MemoryFileError: it is missing, damaged, or not the one of the index.
        """
        shard = self.index.shards[number]
        path = self.folder / shard.file
        if not path.exists():
            if read_index(self.folder) != self.index:
                raise MemoryFileError(f"{self.folder} was changed while it was read; try again")
            raise MemoryFileError(
                f"{path} is missing, a shard of {shard.patterns:,} patterns; restore it from a "
                f"copy, or store the pictures again"
            )
        memory = memory_file.load(path, self.limit)
        names = tuple(memory.label_names.tolist())
        for what, found, wanted in (
            ("mode", memory.mode, self.index.mode),
            ("shape", _sides(memory.shape), _sides(self.shape)),
            ("patterns", f"{len(memory):,}", f"{shard.patterns:,}"),
            ("labels", ", ".join(names), ", ".join(self.index.label_names[: len(names)])),
            ("digest", shard.digest and memory_file.identity(path), shard.digest),
        ):
            if found != wanted:
                raise MemoryFileError(
                    f"{path} is another shard than {self.folder} has there: its {what}: {found}, "
                    f"not {wanted}; restore it from a copy, or store the pictures again"
                )
        return memory


def _sides(shape: tuple[int, ...]) -> str:
    return "×".join(str(side) for side in (shape[1], shape[0], *shape[2:]))


def has_index(folder: Path) -> bool:
    """Tell whether a folder is a memory, possibly damaged or unfinished."""
    return (folder / INDEX).is_file()


def load(folder: Path, limit: MemoryLimit = HALF_THE_MACHINE) -> ShardedMemory:
    """Open a folder as a memory; its shards are opened and checked when they are used.

    Raises:
        MemoryFileError: it is not a memory, of a newer version, damaged, or lacks a shard.
    """
    memory = ShardedMemory.of(folder, read_index(folder), limit)
    if not memory.index.shards:
        raise MemoryFileError(
            f"{folder} holds no patterns: storing them was not finished; store them again"
        )
    for number, shard in enumerate(memory.index.shards):
        if not (folder / shard.file).exists():
            memory.open(number)
    return memory


def files_of(folder: Path) -> list[Path]:
    """Return the paths of the index and the shards."""
    return [folder / INDEX, *(folder / shard.file for shard in read_index(folder).shards)]


def write_index(folder: Path, index: Index) -> None:
    """Replace the index of a folder atomically."""
    with replacing(folder / INDEX) as stream:
        members = {"format": FORMAT, **asdict(index)}
        stream.write(json.dumps({**members, "digest": _digest(members)}, indent=1).encode())


def _digest(members: dict[str, Any]) -> str:
    """Return the SHA-256 of the members of an index except its digest."""
    content = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def read_index(folder: Path) -> Index:
    """Read and check the index of a folder.

    Raises:
        MemoryFileError: the folder has no index, or it is damaged or of a newer version.
    """
    path = folder / INDEX
    if not has_index(folder):
        raise MemoryFileError(
            f"{folder} is a folder and no memory of hop; store pictures in a new folder, "
            f"or give a file"
        )
    damaged = MemoryFileError(
        f"{path} is damaged; restore it from a copy, or store the pictures again (an index that "
        f"was changed by hand opens without its last member, digest)"
    )
    if path.stat().st_size > LARGEST_INDEX:
        raise damaged
    try:
        members = json.loads(path.read_bytes(), object_pairs_hook=_once)
        version = members["format"]
        if isinstance(version, int) and version > FORMAT:
            raise MemoryFileError(
                f"{path} has format {version}, and this hop reads format {FORMAT}; install a "
                f"newer hop"
            )
        index = Index(
            members["mode"],
            tuple(members["shape"]),
            tuple(members["label_names"]),
            members["shard_size"],
            members["next"],
            tuple(
                Shard(shard["file"], shard["patterns"], shard.get("digest"))
                for shard in members["shards"]
            ),
        )
        digest = members.pop("digest", None)
        sound = version == FORMAT and _sound(index) and digest in (None, _digest(members))
    except HopError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged from error
    if not sound:
        raise damaged
    return index


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object; raise ValueError if two have one name."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _sound(index: Index) -> bool:
    """Tell whether the members of an index have valid types and values."""
    files = [shard.file for shard in index.shards]
    return (
        index.mode in ("binary", "gray", "rgb")
        and len(index.shape) == (3 if index.mode == "rgb" else 2)
        and all(isinstance(name, str) for name in index.label_names)
        and all(isinstance(file, str) and SHARD.fullmatch(file) for file in files)
        and len(files) == len(set(files))
        and all(
            isinstance(number, int) and number > 0
            for number in (*index.shape, index.shard_size, *(s.patterns for s in index.shards))
        )
        and isinstance(index.next, int)
        # A number is never used again.
        and all(index.next > int(file.removesuffix(".npz")) for file in files)
        and all(isinstance(shard.digest, str | None) for shard in index.shards)
    )
