"""A memory at a path: one file (memory_file.py), or a folder of several (shards.py)."""

from pathlib import Path

from hopcli.errors import MemoryFileError
from hopcli.storage import memory_file, shards
from hopcli.storage.memory_file import AbstractMemory

# A folder of no more bytes than this is read into memory as one piece, which every network takes.
# What is larger is looked at shard by shard, and never in memory as a whole.
ONE_PIECE = 2**28


def load(path: Path) -> AbstractMemory:
    """Open a memory.

    Raises:
        MemoryFileError: there is none, it is of a newer version, or damaged.
    """
    if not path.is_dir():
        return memory_file.load(path)
    memory = shards.load(path)
    return memory.whole() if size_of(path) <= ONE_PIECE else memory


def is_there(path: Path, *, foldered: bool) -> bool:
    """Whether something is at a path where a memory is to be stored.

    An empty folder is nothing if a folder is wanted, nor is one in which storing was not finished.

    Raises:
        MemoryFileError: a folder is wanted where a file is.
    """
    if not path.is_dir():
        if foldered and path.exists():
            raise MemoryFileError(
                f"{path} is a file, and a folder of several is wanted; name another with -m"
            )
        return path.exists()
    if shards.has_index(path):
        return bool(shards.read_index(path).shards)
    return not foldered or any(path.iterdir())


def looks_like_one(path: Path) -> bool:
    """Whether there is a memory, whole or damaged."""
    return shards.has_index(path) if path.is_dir() else memory_file.looks_like_one(path)


def size_of(path: Path) -> int:
    """The bytes of a memory on the disk."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in shards.files_of(path))
