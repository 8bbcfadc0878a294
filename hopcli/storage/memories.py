"""A memory at a path: one file (memory_file.py), or a folder of several (shards.py)."""

from dataclasses import dataclass
from pathlib import Path

from hopcli.errors import MemoryFileError
from hopcli.storage import memory_file, shards
from hopcli.storage.memory_file import AbstractMemory
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# A folder of no more bytes than this is read into memory as one piece, which every network takes.
# What is larger is looked at shard by shard, and never in memory as a whole.
ONE_PIECE = 2**28


def load(path: Path, limit: MemoryLimit = HALF_THE_MACHINE) -> AbstractMemory:
    """Open a memory.

    Raises:
        MemoryFileError: there is none, it is of a newer version, or damaged.
        HopError: it takes more memory than it may.
    """
    if not path.is_dir():
        return memory_file.load(path, limit)
    memory = shards.load(path, limit)
    return memory.whole() if size_of(path) <= ONE_PIECE else memory


@dataclass(frozen=True)
class Verified:
    """What was found to be whole.

    Attributes:
        files: of the memory, without an index.
        members: of the files; each has a checksum.
        digests: how many of the members have a digest as well.
    """

    files: int
    members: int
    digests: int


def verify(path: Path) -> Verified:
    """See that every file of a memory, of any size, is what its checksums and digests say.

    Raises:
        MemoryFileError: one is damaged, or missing.
    """
    files = [path]
    if path.is_dir():
        files = [file for file in shards.files_of(path) if file.name != shards.INDEX]
    members, digests = zip(*map(memory_file.verify, files), strict=True)
    return Verified(len(files), sum(members), sum(digests))


def is_there(path: Path, *, foldered: bool) -> bool:
    """Whether something is at a path where a memory is to be stored.

    An empty folder is nothing if a folder is wanted, nor is one in which storing was not finished;
    hidden files in it do not count.

    Raises:
        MemoryFileError: a folder is wanted where a file is.
    """
    if not path.is_dir():
        if foldered and path.exists():
            raise MemoryFileError(
                f"{path} is a file, and a folder of several is wanted; give another `memory`"
            )
        return path.exists()
    if shards.has_index(path):
        return bool(shards.read_index(path).shards)
    return not foldered or any(not file.name.startswith(".") for file in path.iterdir())


def looks_like_one(path: Path) -> bool:
    """Whether there is a memory, whole or damaged."""
    return shards.has_index(path) if path.is_dir() else memory_file.looks_like_one(path)


def size_of(path: Path) -> int:
    """The bytes of a memory on the disk."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in shards.files_of(path))
