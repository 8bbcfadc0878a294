"""Memories at a path: one file (memory_file.py), or a folder of several files (shards.py)."""

from dataclasses import dataclass
from pathlib import Path

from hopcli.errors import MemoryFileError
from hopcli.storage import memory_file, shards
from hopcli.storage.memory_file import AbstractMemory
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# A folder of up to so many bytes is read into memory as a whole, which every network can use. The
# shards of a larger one are used one after another.
READ_WHOLE = 2**28


def load(path: Path, limit: MemoryLimit = HALF_THE_MACHINE) -> AbstractMemory:
    """Open a memory.

    Raises:
        MemoryFileError: there is no memory, or it is damaged or of a newer version.
        HopError: it takes more memory than the limit.
    """
    if not path.is_dir():
        return memory_file.load(path, limit)
    memory = shards.load(path, limit)
    return memory.whole() if size_of(path) <= READ_WHOLE else memory


@dataclass(frozen=True)
class Verified:
    """The numbers of files and members that were verified.

    Attributes:
        files: the number of memory files.
        members: the number of their members; each has a checksum.
        digests: the number of members that have a digest as well.
    """

    files: int
    members: int
    digests: int


def verify(path: Path) -> Verified:
    """Verify the checksums and digests of all files of a memory.

    Raises:
        MemoryFileError: a file is damaged or missing.
    """
    files = [path]
    if path.is_dir():
        files = [file for file in shards.files_of(path) if file.name != shards.INDEX]
    members, digests = zip(*map(memory_file.verify, files), strict=True)
    return Verified(len(files), sum(members), sum(digests))


def is_there(path: Path, *, foldered: bool) -> bool:
    """Tell whether a memory written to a path would replace something.

    An empty folder does not count if a folder is to be written, nor does one in which storing was
    not finished; hidden files in it are ignored.

    Args:
        path: of the memory to be written.
        foldered: whether it is to be a folder.

    Raises:
        MemoryFileError: the path is that of a file, and a folder is to be written.
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
    """Tell whether there is a memory at a path, possibly damaged."""
    return shards.has_index(path) if path.is_dir() else memory_file.looks_like_one(path)


def size_of(path: Path) -> int:
    """Return the size of a memory on the disk in bytes."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in shards.files_of(path))
