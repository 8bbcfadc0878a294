"""The memory file: a `.npz` that `numpy.load(path, allow_pickle=False)` opens.

| member | content |
| --- | --- |
| `format` | int, 1: the version of this format |
| `mode` | string: binary, gray or rgb |
| `shape` | ints: [h, w], or [h, w, 3] for rgb; [1, N] for the rows of an array |
| `patterns` | binary: uint64 of shape (K, ceil(N/64)); gray and rgb: uint8 of shape (K, N) |
| `names` | strings of fixed width, shape (K,): where each pattern came from |
| `labels` | ints of shape (K,): index into `label_names`, −1 for none |
| `label_names` | strings of fixed width |
| `digests` | uint8 of shape (members, 32): the SHA-256 of each member before it |

The members of what was learned from the patterns, if anything was, follow `label_names`; the
modules of storage/learned document them.

In a binary pattern, bit i of the row, least significant first, is neuron i; 1 stands for +1, and
spare bits are 0. The first seven members are required; unknown members are ignored. Members are
written uncompressed, and patterns are mapped rather than read (storage/npz.py). Files are replaced
atomically (storage/atomic.py): a reader sees the old file or the new one, never a part of one.

`load` checks the type and shape of every member and the memory that it takes before it reads, then
the values, and in files up to CHECKED_UP_TO the CRC-32 of every member, which misses one in four
thousand million damages longer than 32 bits and none shorter. `verify` checks files of any size,
and the SHA-256 as well, which also finds members that a repair tool changed or that come from
another memory. Neither detects a change of a member together with its digest.
"""

import contextlib
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import HopError, MemoryFileError
from hopcli.storage import learned, npz
from hopcli.storage.atomic import replacing
from hopcli.storage.learned import AbstractLearned
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit
from hopcli.storage.npz import Archive, Array
from hopcli.storage.zip_directory import NoZipError

FORMAT = 1
MEMBERS = ("format", "mode", "shape", "patterns", "names", "labels", "label_names")
# Bytes of mapped members up to which `load` verifies checksums, which takes 10 ms.
CHECKED_UP_TO = 2**26
# The last of Unicode.
LAST_CODE_POINT = 0x10FFFF
# The most bytes of a mode or a shape.
LONGEST_MODE = 64

Kind = TypeVar("Kind", bound=AbstractLearned)


class AbstractMemory(ABC):
    """Stored patterns with their names and labels, in one part or several.

    Attributes:
        mode: binary, gray or rgb.
        shape: of the patterns, [h, w] or [h, w, 3].
        label_names: strings, in order of arrival.
        learned: from the patterns, at most one of each class; empty for memories in several parts.
    """

    mode: str
    shape: tuple[int, ...]
    label_names: NDArray[np.str_]
    learned: tuple[AbstractLearned, ...] = ()

    @abstractmethod
    def __len__(self) -> int:
        """K, the number of patterns."""

    @abstractmethod
    def parts(self) -> Iterator["Memory"]:
        """Open the parts, which together have all patterns, one after another."""

    @abstractmethod
    def part_of(self, index: int) -> "tuple[Memory, int]":
        """Open the part that holds a pattern, and return it with the pattern's row."""

    @abstractmethod
    def in_levels(self) -> "AbstractMemory":
        """Return this memory in the mode gray if it is binary."""

    @abstractmethod
    def states(self, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Return patterns as states, (rows, N): ±1 of int8, or levels in [0, 1] of float32."""

    @property
    def neurons(self) -> int:
        """N, the number of neurons."""
        return math.prod(self.shape)

    def found(self, kind: type[Kind]) -> Kind | None:
        """Return what was learned of a class, or None."""
        return next((each for each in self.learned if isinstance(each, kind)), None)

    def all_labels(self) -> NDArray[np.int32]:
        """Return the label of every pattern, an index into `label_names` or −1, shape (K,)."""
        return np.concatenate([part.labels for part in self.parts()])

    def whole(self) -> "Memory":
        """Return all patterns as one part, in memory."""
        first, *others = self.parts()
        for other in others:
            first = appended(first, other)
        return first

    def picture(self, state: NDArray[Any]) -> NDArray[Any]:
        """Convert a state to levels in [0, 1], NaN where unknown, of shape (h, w) or (h, w, 3)."""
        return to_levels(state, self.mode, self.shape)

    def name(self, index: int) -> str:
        """Return the name of a pattern."""
        part, row = self.part_of(index)
        if not _readable(part.names[row : row + 1]):
            raise MemoryFileError(
                f"the name of pattern {index:,} is damaged; see `info(check=True)`, and restore "
                f"the memory from a copy"
            )
        return str(part.names[row])

    def label(self, index: int) -> str | None:
        """Return the label of a pattern, or None."""
        part, row = self.part_of(index)
        label = int(part.labels[row])
        return None if label < 0 else str(self.label_names[label])


@dataclass(frozen=True)
class Memory(AbstractMemory):
    """A memory in one part; its attributes are the members of the file."""

    mode: str
    shape: tuple[int, ...]
    patterns: NDArray[Any]
    names: NDArray[np.str_]
    labels: NDArray[np.int32]
    label_names: NDArray[np.str_]
    learned: tuple[AbstractLearned, ...] = ()

    def __len__(self) -> int:
        return len(self.patterns)

    def having(self, learned: AbstractLearned) -> "Memory":
        """Return this memory with something learned, which replaces another of its class."""
        others = [each for each in self.learned if type(each) is not type(learned)]
        return replace(self, learned=(*others, learned))

    def parts(self) -> Iterator["Memory"]:
        """Yield this memory."""
        yield self

    def part_of(self, index: int) -> "tuple[Memory, int]":
        """Return this memory and the index."""
        return self, index

    def states(self, rows: slice | NDArray[np.integer]) -> NDArray[Any]:
        """Return patterns as states, (rows, N): ±1 of int8, or levels in [0, 1] of float32."""
        if self.mode == "binary":
            return packing.unpack(self.patterns[rows], self.neurons)
        return np.divide(self.patterns[rows], 255, dtype=np.float32)

    def rows(self, rows: slice) -> "Memory":
        """Return a memory of some of the patterns, without what was learned from all."""
        return replace(
            self,
            patterns=self.patterns[rows],
            names=self.names[rows],
            labels=self.labels[rows],
            learned=(),
        )

    def called(self, names: list[str] | None, labels: list[str | None] | None) -> "Memory":
        """Return this memory with other names or labels; None leaves them as they are."""
        if names is not None:
            old = self.names.tolist()
            given = [new or name for new, name in zip(names, old, strict=True)]
            return replace(self, names=np.array(given, dtype=np.str_)).called(None, labels)
        if labels is None:
            return self
        return replace(
            memory_of(self.mode, self.shape, self.patterns, self.names.tolist(), labels),
            learned=self.learned,
        )

    def in_levels(self) -> "Memory":
        """Return this memory in the mode gray if it is binary."""
        if self.mode != "binary":
            return self
        levels = np.where(self.states(slice(None)) > 0, np.uint8(255), np.uint8(0))
        return replace(self, mode="gray", patterns=levels)


def to_levels(state: NDArray[Any], mode: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Convert a state of a mode to levels of a shape, NaN where unknown."""
    if mode == "binary":
        state = np.where(state == 0, np.nan, (state > 0).astype(np.float32))
    return state.reshape(shape)


def memory_of(
    mode: str, shape: tuple[int, ...], patterns: NDArray[Any], names: list[str],
    labels: list[str | None],
) -> Memory:  # fmt: skip
    """Return a memory of patterns with names and labels; label names are in order of arrival."""
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
    """Return the patterns of two memories of one mode and shape as one memory, the old ones first.

    What was learned from the old ones is left out; `AbstractLearned.after_append` updates it.
    """
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


def save(memory: Memory, path: Path) -> int:
    """Write a memory atomically, and return the size of the file in bytes."""
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
                **{n: each for kind in memory.learned for n, each in kind.arrays().items()},
            },
        )
    return path.stat().st_size


def looks_like_one(path: Path) -> bool:
    """Tell whether a file has the members of a memory, possibly damaged."""
    try:
        with npz.opened(path) as archive:
            return set(MEMBERS) <= archive.members.keys()
    except (OSError, ValueError):
        return False


def load(path: Path, limit: MemoryLimit = HALF_THE_MACHINE) -> Memory:
    """Open a memory and check every member of it.

    Raises:
        MemoryFileError: the file is missing, not a memory, of a newer version or damaged.
        HopError: it takes more memory than the limit.
    """
    with _opened(path) as archive:
        return _load(path, archive, limit)


def verify(path: Path) -> tuple[int, int]:
    """Verify the checksum and the digest of every member of a memory.

    Returns:
        The number of members, and the number of those that have a digest: all, or, in a file of
        another program or an early version, none.

    Raises:
        MemoryFileError: a member is damaged.
    """
    with _opened(path) as archive:
        return npz.verify_digests(archive)


def identity(path: Path) -> str | None:
    """Return the SHA-256 of a memory's digests, which identifies it; None if it has no digests."""
    with _opened(path) as archive:
        return archive.digest(npz.DIGESTS).hex() if npz.DIGESTS in archive.members else None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    """Open a memory file, reading only its directory; errors in the block get the path."""
    if not path.exists():
        raise MemoryFileError(
            f"there is no memory {path}; store pictures there first, or give another `memory`"
        )
    if not path.is_file():
        raise _foreign(path)
    try:
        with npz.opened(path) as archive:
            yield archive
    except HopError:
        raise
    except NoZipError as error:
        raise _foreign(path) from error
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _foreign(path: Path) -> MemoryFileError:
    return MemoryFileError(
        f"{path} is not a memory of hop, or has lost its end; give another `memory`, or restore it "
        f"from a copy"
    )


def _damaged(path: Path, what: str) -> MemoryFileError:
    return MemoryFileError(
        f"{path} is damaged: {what}; restore it from a copy, or store the pictures again"
    )


def _load(path: Path, archive: Archive, limit: MemoryLimit) -> Memory:
    """Read a memory: check headers, then the memory that members take, then their values."""

    def check(holds: bool, what: str) -> None:
        if not holds:
            raise _damaged(path, what)

    if "format" not in archive.members:
        raise _foreign(path)
    version = archive.array("format")
    check(version.header.shape == () and version.header.kind.kind in "iu", "its format")
    number = int(archive.read(version))
    if number > FORMAT:
        raise MemoryFileError(
            f"{path} has format {number}, and this hop reads format {FORMAT}; install a newer hop"
        )
    check(number == FORMAT, f"format {number} was never released")
    if not set(MEMBERS) <= archive.members.keys():
        raise _foreign(path)
    arrays = {name: archive.array(name) for name in MEMBERS}
    headers = {name: array.header for name, array in arrays.items()}
    for name, kinds, dimensions in (
        ("mode", "U", 0), ("shape", "iu", 1), ("patterns", "u", 2),
        ("names", "U", 1), ("labels", "iu", 1), ("label_names", "U", 1),
    ):  # fmt: skip
        header = headers[name]
        check(header.kind.kind in kinds and len(header.shape) == dimensions, f"its {name}")
    for name in ("mode", "shape"):
        check(headers[name].size <= LONGEST_MODE, f"its {name}")
    mode, shape = str(archive.read(arrays["mode"])), archive.read(arrays["shape"]).tolist()
    check(mode in ("binary", "gray", "rgb"), "its mode is none of binary, gray and rgb")
    check(len(shape) == (3 if mode == "rgb" else 2), "its shape does not go with its mode")
    check(min(shape) > 0, "its shape")
    (kept,), neurons = headers["names"].shape, int(math.prod(shape))
    width, kind = neurons, np.uint8
    if mode == "binary":
        width, kind = packing.words_for(neurons), np.uint64
    check(kept > 0, "it holds no patterns")
    check(headers["labels"].shape == (kept,), "its labels are not as many as its names")
    check(headers["patterns"].kind == kind, "its patterns are not of its mode")
    check(headers["patterns"].shape == (kept, width), "its patterns are not of its shape")
    more = learned.find(archive, {*MEMBERS, npz.DIGESTS})
    _require_memory(
        path, [*arrays.values(), *(a for kind in more.values() for a in kind.values())], limit
    )
    members = {name: archive.read(arrays[name], prefetch=name == "patterns") for name in MEMBERS}
    mapped = [name for name in MEMBERS if arrays[name].mapped]
    if small := sum(headers[name].size for name in mapped) <= CHECKED_UP_TO:
        for name in mapped:
            archive.verify(arrays[name], members[name])
    patterns, names, labels, label_names = (members[name] for name in MEMBERS[3:])
    if small:
        # np.unique would import numpy.ma, which takes 7 ms.
        different = len(set(label_names.tolist())) == len(label_names)
        check(different, "two of its label names are the same")
    spare = neurons % packing.WORD
    if mode == "binary" and spare:
        check(not np.any(patterns[:, -1] >> np.uint64(spare)), "spare bits are set")
    check(bool(((labels >= -1) & (labels < len(label_names))).all()), "a label is out of range")
    check(_readable(label_names) and (not small or _readable(names)), "its names are no text")
    found = learned.read(archive, more, neurons, CHECKED_UP_TO)
    return Memory(mode, tuple(shape), patterns, names, labels, label_names, found)


def _require_memory(path: Path, arrays: Iterable[Array], limit: MemoryLimit) -> None:
    """Check the memory of the arrays that are read rather than mapped against the limit."""
    read = [array for array in arrays if not array.mapped]
    for array in read:
        member = array.member
        limit.require_unpacked(f"{path}: {member.filename}", member.compress_size, member.file_size)
    limit.require(path, sum(array.member.file_size for array in read))


def _readable(texts: NDArray[np.str_]) -> bool:
    """Tell whether the values of an array of strings are Unicode code points."""
    points = texts.view(np.uint32) if texts.nbytes else np.zeros(1, np.uint32)
    return int(points.max()) <= LAST_CODE_POINT
