"""The memory file: a `.npz` that `numpy.load(path, allow_pickle=False)` opens.

| member | what it holds |
| --- | --- |
| `format` | int, 1: the version of this page |
| `mode` | string: binary, gray or rgb |
| `shape` | ints: [h, w], or [h, w, 3] for rgb; [1, N] for the rows of an array |
| `patterns` | binary: uint64 of shape (K, ceil(N/64)); gray and rgb: uint8 of shape (K, N) |
| `names` | strings of fixed width, shape (K,): where each pattern came from |
| `labels` | ints of shape (K,): index into `label_names`, −1 for none |
| `label_names` | strings of fixed width |

In a binary pattern bit i of the row, least significant first, is neuron i, 1 stands for +1, and
spare bits are 0. A file with just these members opens; members that a later version adds are passed
over. Members are written uncompressed, and patterns are mapped rather than read (storage/npz.py). A
file is written beside its place and then renamed (storage/atomic.py): a reader sees the old file or
the new one, never a part of one.
"""

import contextlib
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import MemoryFileError
from hopcli.storage import npz
from hopcli.storage.atomic import replacing

FORMAT = 1
MEMBERS = ("format", "mode", "shape", "patterns", "names", "labels", "label_names")
LOCK_SECONDS = 10.0
# What reading a damaged zip raises.
DAMAGED = (
    ValueError, EOFError, OSError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    struct.error,
)  # fmt: skip


class AbstractMemory(ABC):
    """Stored patterns with their names and labels, in one part or several.

    Attributes:
        mode: binary, gray or rgb.
        shape: of the patterns, [h, w] or [h, w, 3].
        label_names: strings, in order of arrival.
    """

    mode: str
    shape: tuple[int, ...]
    label_names: NDArray[np.str_]

    @abstractmethod
    def __len__(self) -> int:
        """K, the number of patterns."""

    @abstractmethod
    def parts(self) -> Iterator["Memory"]:
        """The parts, one after another, whose patterns together are all; opened as they come."""

    @abstractmethod
    def part_of(self, index: int) -> "tuple[Memory, int]":
        """The part that holds a pattern, and the pattern's row in it."""

    @abstractmethod
    def in_levels(self) -> "AbstractMemory":
        """This memory with its patterns as levels: a binary one becomes a grey one."""

    @abstractmethod
    def states(self, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Some patterns as states, (rows, N): ±1 of int8, or levels in [0, 1] of float32."""

    @property
    def neurons(self) -> int:
        """N, the number of neurons."""
        return int(np.prod(self.shape))

    def all_labels(self) -> NDArray[np.int32]:
        """The label of every pattern, an index into `label_names`, −1 for none, shape (K,)."""
        return np.concatenate([part.labels for part in self.parts()])

    def whole(self) -> "Memory":
        """All of it as one part, in memory."""
        first, *others = self.parts()
        for other in others:
            first = appended(first, other)
        return first

    def picture(self, state: NDArray[Any]) -> NDArray[Any]:
        """A state as levels in [0, 1], NaN where unknown, of shape (h, w) or (h, w, 3)."""
        return to_levels(state, self.mode, self.shape)

    def name(self, index: int) -> str:
        """The name of one pattern."""
        part, row = self.part_of(index)
        return str(part.names[row])

    def label(self, index: int) -> str | None:
        """The label of one pattern, or None."""
        part, row = self.part_of(index)
        label = int(part.labels[row])
        return None if label < 0 else str(self.label_names[label])


@dataclass(frozen=True)
class Memory(AbstractMemory):
    """A memory in one part; the attributes are the members of the file."""

    mode: str
    shape: tuple[int, ...]
    patterns: NDArray[Any]
    names: NDArray[np.str_]
    labels: NDArray[np.int32]
    label_names: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.patterns)

    def parts(self) -> Iterator["Memory"]:
        """This memory itself."""
        yield self

    def part_of(self, index: int) -> "tuple[Memory, int]":
        """This memory itself."""
        return self, index

    def states(self, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Some patterns as states, (rows, N): ±1 of int8, or levels in [0, 1] of float32."""
        if self.mode == "binary":
            return packing.unpack(self.patterns[rows], self.neurons)
        return np.divide(self.patterns[rows], 255, dtype=np.float32)

    def rows(self, rows: slice) -> "Memory":
        """A memory of some of the patterns."""
        return replace(
            self, patterns=self.patterns[rows], names=self.names[rows], labels=self.labels[rows]
        )

    def in_levels(self) -> "Memory":
        """This memory with its patterns as levels: a binary one becomes a grey one."""
        if self.mode != "binary":
            return self
        levels = np.where(self.states(slice(None)) > 0, np.uint8(255), np.uint8(0))
        return replace(self, mode="gray", patterns=levels)


def to_levels(state: NDArray[Any], mode: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """A state of a mode as levels, NaN where unknown, in this shape."""
    if mode == "binary":
        state = np.where(state == 0, np.nan, (state > 0).astype(np.float32))
    return state.reshape(shape)


def memory_of(
    mode: str, shape: tuple[int, ...], patterns: NDArray[Any], names: list[str],
    labels: list[str | None],
) -> Memory:  # fmt: skip
    """Make a memory from patterns with their names and labels, label names in order of arrival."""
    label_names = list(dict.fromkeys(label for label in labels if label is not None))
    index: dict[str | None, int] = {label: i for i, label in enumerate(label_names)}
    index[None] = -1
    return Memory(
        mode,
        shape,
        patterns,
        np.array(names, dtype=np.str_),
        np.array([index[label] for label in labels], dtype=np.int32),
        np.array(label_names, dtype=np.str_),
    )


def appended(old: Memory, new: Memory) -> Memory:
    """The old memory with the new patterns behind its own; both have one mode and shape."""
    label_names = list(dict.fromkeys([*old.label_names.tolist(), *new.label_names.tolist()]))
    moved = np.array([label_names.index(label) for label in new.label_names.tolist()] + [-1])
    return Memory(
        old.mode,
        old.shape,
        np.concatenate([old.patterns, new.patterns]),
        np.concatenate([old.names, new.names]),
        np.concatenate([old.labels, moved[new.labels].astype(np.int32)]),
        np.array(label_names, dtype=np.str_),
    )


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the memory's lock, a hidden file beside it, around reading, changing and writing it."""
    target = path.resolve()
    if not target.parent.is_dir():
        raise MemoryFileError(f"{path}: there is no folder {target.parent}; make it first")
    try:
        with FileLock(target.with_name(f".{target.name}.lock"), timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise MemoryFileError(
            f"{path} has been locked by another process for {LOCK_SECONDS:.0f} s; wait until that "
            f"one is done and try again"
        ) from None


def save(memory: Memory, path: Path) -> int:
    """Write a memory, whole or not at all, and return its size in bytes."""
    with replacing(path) as stream:
        npz.write(
            stream,
            {
                "format": np.array(FORMAT),
                "mode": np.array(memory.mode),
                "shape": np.array(memory.shape),
                "patterns": memory.patterns,
                "names": memory.names,
                "labels": memory.labels,
                "label_names": memory.label_names,
            },
        )
    return path.stat().st_size


def looks_like_one(path: Path) -> bool:
    """Whether a file is a memory by its members' names, whole or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {f"{member}.npy" for member in MEMBERS} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def load(path: Path) -> Memory:
    """Open a memory and check every member of it.

    Raises:
        MemoryFileError: there is no such file, it is no memory, one of a newer version, or damaged.
    """
    members = _members(path)

    def check(holds: bool, what: str) -> None:
        if not holds:
            raise MemoryFileError(
                f"{path} is damaged: {what}; restore it from a copy, or store the pictures again"
            )

    version = members["format"]
    check(version.shape == () and version.dtype.kind in "iu", "its format is no number")
    if int(version) > FORMAT:
        raise MemoryFileError(
            f"{path} has format {int(version)}, and this hop reads format {FORMAT}; "
            f"install a newer hop"
        )
    check(int(version) == FORMAT, f"format {int(version)} was never released")
    mode, shape = members["mode"], members["shape"]
    check(mode.shape == () and mode.dtype.kind == "U", "its mode is no word")
    check(str(mode) in ("binary", "gray", "rgb"), f"its mode is '{mode}'")
    check(shape.ndim == 1 and shape.dtype.kind in "iu" and bool((shape > 0).all()), "its shape")
    check(len(shape) == (3 if str(mode) == "rgb" else 2), "its shape does not go with its mode")
    memory = Memory(
        str(mode),
        tuple(shape.tolist()),
        members["patterns"],
        members["names"],
        members["labels"],
        members["label_names"],
    )
    kept = len(memory.names)
    width, kind = memory.neurons, np.uint8
    if memory.mode == "binary":
        width, kind = packing.words_for(memory.neurons), np.uint64
    patterns = memory.patterns
    check(kept > 0 and memory.names.ndim == 1 and memory.names.dtype.kind == "U", "its names")
    check(patterns.dtype == kind and patterns.shape == (kept, width), "its patterns")
    spare = memory.neurons % packing.WORD
    if memory.mode == "binary" and spare:
        check(not np.any(patterns[:, -1] >> np.uint64(spare)), "spare bits are set")
    labels, label_names = memory.labels, memory.label_names
    check(label_names.ndim == 1 and label_names.dtype.kind == "U", "its label names")
    check(labels.shape == (kept,) and labels.dtype.kind in "iu", "its labels")
    check(bool(((labels >= -1) & (labels < len(label_names))).all()), "a label is out of range")
    return memory


def _members(path: Path) -> dict[str, NDArray[Any]]:
    """The members of a memory file, unchecked."""
    if not path.exists():
        raise MemoryFileError(
            f"there is no memory {path}; make one with 'hop store FOLDER -m {path}', or name "
            f"another with -m"
        )
    foreign = f"{path} is not a memory of hop; make one with 'hop store FOLDER -m NAME.npz'"
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise MemoryFileError(foreign)
    try:
        members = npz.read(path, MEMBERS, prefetch="patterns")
    except PermissionError:
        raise
    except DAMAGED as error:
        raise MemoryFileError(
            f"{path} is damaged and cannot be read; restore it from a copy, or store the pictures "
            f"again"
        ) from error
    if members is None:
        raise MemoryFileError(foreign)
    return members
