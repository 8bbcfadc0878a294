"""`.npz` files whose large arrays are mapped into memory instead of read.

Members are written one after another, uncompressed, as `numpy.savez` does, but each array's first
byte stands at a multiple of 64 in the file: the zip's extra field before it is padded (with the
field that Android's zipalign pads with, which readers pass over). Such an array can be used where
it lies, so a file of any size opens in milliseconds, and processes that have it open share it.

A mapping is private: nothing that is done to an array reaches the file. A file that is replaced
(storage/atomic.py) stays what it was for those who have mapped it; one that is cut short in place
by another program would end the process, so nothing here ever writes in place.
"""

import mmap
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

# What array members begin at multiples of: a cache line, and what vector instructions load at once.
ALIGNMENT = 64
# The id of the padding, and what it says before the zeros: its own alignment.
PADDING = 0xD935
# Arrays from this size on are mapped; of smaller ones a copy with its checksum verified costs less.
MAPPED_FROM = 2**16
# Up to this size an array that will be used as a whole is brought into memory when it is mapped,
# rather than page by page while it is used; a larger one may be more than the machine holds.
PREFETCHED = 2**30
# Of it so much at a time, since nothing interrupts that: 0.1 s from a slow disk.
AT_ONCE = 2**23
# Linux: fill the page tables of a mapping (<linux/mman.h>; Python has no name for it).
MADV_POPULATE_READ = 22

_LOCAL_HEADER = 30
_ZIP64_EXTRA = 20


def write(stream: BinaryIO, members: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays in this order; the same arrays make the same bytes."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, values in members.items():
            # The date of a ZipInfo is a constant, unlike that of a file that is added.
            info = zipfile.ZipInfo(f"{name}.npy")
            info.extra = _padding(archive.start_dir, len(info.filename))
            with archive.open(info, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(values), allow_pickle=False)


def _padding(position: int, name: int) -> bytes:
    """An extra field after which a member's content is aligned; NumPy aligns the array in that.

    Args:
        position: where the member begins.
        name: the length of its name.
    """
    before = position + _LOCAL_HEADER + name + _ZIP64_EXTRA + 6
    zeros = -before % ALIGNMENT
    return struct.pack("<HHH", PADDING, 2 + zeros, ALIGNMENT) + bytes(zeros)


def read(path: Path, names: Sequence[str], *, prefetch: str) -> dict[str, NDArray[Any]] | None:
    """The arrays of these names, the large ones mapped; None if one of them is not there.

    What cannot be mapped, being compressed, unaligned or laid out by columns, is read.

    Args:
        path: the file.
        names: of the arrays.
        prefetch: the array that will be used as a whole.

    Raises:
        zipfile.BadZipFile, ValueError, EOFError, OSError: the file is damaged.
    """
    arrays: dict[str, NDArray[Any]] = {}
    with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        found = {info.filename: info for info in archive.infolist()}
        if not {f"{name}.npy" for name in names} <= found.keys():
            return None
        for name in names:
            info = found[f"{name}.npy"]
            array = _mapped(stream, info, prefetch=name == prefetch)
            if array is None:
                with archive.open(info) as member:
                    array = np.lib.format.read_array(member, allow_pickle=False)
            arrays[name] = np.ascontiguousarray(array) if array.ndim else array
    return arrays


def _mapped(stream: BinaryIO, info: zipfile.ZipInfo, *, prefetch: bool) -> NDArray[Any] | None:
    """An array where it lies in the file; None where it has to be read."""
    if info.compress_type != zipfile.ZIP_STORED or info.file_size < MAPPED_FROM:
        return None
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL_HEADER)
    name, extra = struct.unpack("<HH", header[26:30])
    content = info.header_offset + _LOCAL_HEADER + name + extra
    stream.seek(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        return None
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(stream)
    first = stream.tell()
    size = int(np.prod(shape, dtype=object)) * kind.itemsize
    if (
        by_columns
        or kind.hasobject
        or first % ALIGNMENT
        or first + size != content + info.file_size
    ):
        return None
    start = first - first % mmap.ALLOCATIONGRANULARITY
    try:
        pages = mmap.mmap(
            stream.fileno(), first + size - start, access=mmap.ACCESS_COPY, offset=start
        )
    except OSError:
        # Some file systems cannot map.
        return None
    if prefetch and size <= PREFETCHED:
        _prefetch(pages)
    count = size // kind.itemsize
    return np.frombuffer(pages, kind, offset=first - start, count=count).reshape(shape)


def _prefetch(pages: mmap.mmap) -> None:
    """Bring a mapping into memory, where the system can be told to."""
    try:
        for start in range(0, len(pages), AT_ONCE):
            pages.madvise(MADV_POPULATE_READ, start, min(AT_ONCE, len(pages) - start))
    except (AttributeError, OSError, ValueError):
        # Not Linux, or one before 5.14: pages come as they are used.
        return
