"""`.npz` files whose large arrays are mapped into memory instead of read.

Members are written one after another, uncompressed, as `numpy.savez` does, but each array's first
byte stands at a multiple of 64 in the file: the zip's extra field before it is padded (with the
field that Android's zipalign pads with, which readers pass over). Such an array can be used where
it lies, so a file of any size opens in milliseconds, and processes that have it open share it.

A mapping is private: nothing that is done to an array reaches the file. A file that is replaced
(storage/atomic.py) stays what it was for those who have mapped it; one that is cut short in place
by another program would end the process, so nothing here ever writes in place.

Nothing is unpacked before it is asked for, and no pickle is ever loaded: what an array is, and what
memory it takes, is known from the zip's directory and the array's header. A zip has the CRC-32 of
each member. The last member, `digests`, has their SHA-256 in addition.
"""

import contextlib
import hashlib
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipInfo

import numpy as np
from numpy.typing import NDArray

from hopcli.storage import npy, zip_directory
from hopcli.storage.npy import Header
from hopcli.storage.zip_directory import DEFLATED, STORED

# The member that holds the SHA-256 of each member before it: uint8 of shape (members, 32).
DIGESTS = "digests"
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
# Bytes that are unpacked at once.
CHUNK = 2**20

_ZIP64_EXTRA = 20


def write(stream: BinaryIO, members: Mapping[str, NDArray[Any]]) -> bytes:
    """Write arrays in this order, and their digests; the same arrays make the same bytes.

    Returns:
        SHA-256 of the digests, which is that of the whole.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        found = [_write(archive, name, values) for name, values in members.items()]
        return _write(archive, DIGESTS, np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32))


def _write(archive: zipfile.ZipFile, name: str, values: NDArray[Any]) -> bytes:
    """Write one array, and return its digest."""
    # The date of a ZipInfo is a constant, unlike that of a file that is added.
    info = zipfile.ZipInfo(f"{name}.npy")
    info.extra = _padding(archive.start_dir, len(info.filename))
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array(
            _Digesting(member, digest), np.asanyarray(values), allow_pickle=False
        )
    return digest.digest()


class _Digesting:
    """A stream that digests what is written to it."""

    def __init__(self, stream: Any, digest: Any) -> None:
        self._stream, self._digest = stream, digest

    def write(self, content: Any) -> int:
        self._digest.update(content)
        return self._stream.write(content)


def _padding(position: int, name: int) -> bytes:
    """An extra field after which a member's content is aligned; NumPy aligns the array in that.

    Args:
        position: where the member begins.
        name: the length of its name.
    """
    before = position + zip_directory.LOCAL.size + name + _ZIP64_EXTRA + 6
    zeros = -before % ALIGNMENT
    return struct.pack("<HHH", PADDING, 2 + zeros, ALIGNMENT) + bytes(zeros)


@dataclass(frozen=True)
class Array:
    """An array that has not been read.

    Attributes:
        member: where it is.
        place: where the member's content begins.
        header: what it is.
    """

    member: ZipInfo
    place: int
    header: Header

    @property
    def mapped(self) -> bool:
        """Whether it is used where it lies."""
        return (
            self.member.compress_type == STORED
            and self.member.file_size >= MAPPED_FROM
            and (self.place + self.header.length) % ALIGNMENT == 0
            and self.header.kind.isnative
            and not self.header.by_columns
        )


@dataclass(frozen=True)
class Archive:
    """A `.npz` that is open for reading.

    Attributes:
        stream: of the file.
        members: by name, without `.npy`; others are passed over.
    """

    stream: BinaryIO
    members: Mapping[str, ZipInfo]

    def array(self, name: str) -> Array:
        """What a member holds, from its header.

        Raises:
            ValueError: it is no array of numbers or strings, or not of the size that it says.
        """
        member = self.members[name]
        place = zip_directory.content_of(self.stream, member)
        packed = min(member.compress_size, npy.LONGEST_HEADER)
        content = zip_directory.at(self.stream, place, packed)
        if member.compress_type == DEFLATED:
            content = next(_inflated(_inflater(), content), b"")[: npy.LONGEST_HEADER]
        try:
            header = npy.read_header(content)
        except ValueError as error:
            raise ValueError(f"of its member {member.filename}: {error}") from error
        if header.length + header.size != member.file_size:
            raise ValueError(f"its member {member.filename} is not of the size that it says")
        return Array(member, place, header)

    def read(self, array: Array, *, prefetch: bool = False) -> NDArray[Any]:
        """The array, mapped, or read, in which case its checksum is verified.

        Args:
            array: of this file.
            prefetch: whether it will be used as a whole.

        Raises:
            ValueError: it is damaged.
        """
        mapped = _mapped(self.stream, array, prefetch=prefetch) if array.mapped else None
        if mapped is not None:
            return mapped
        content, filled = bytearray(array.member.file_size), 0
        for chunk in self._unpacked(array.member, array.place):
            content[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        header = array.header
        order = "F" if header.by_columns else "C"
        values = np.ndarray(header.shape, header.kind, content, header.length, order=order)
        if not (header.kind.isnative and values.flags.aligned and values.flags.c_contiguous):
            values = values.astype(header.kind.newbyteorder("="), order="C")
        return values

    def verify(self, array: Array, values: NDArray[Any]) -> None:
        """See that an array that was mapped is what its checksum says.

        Raises:
            ValueError: it is not.
        """
        crc = zlib.crc32(zip_directory.at(self.stream, array.place, array.header.length))
        if zlib.crc32(values.reshape(-1).view(np.uint8).data, crc) != array.member.CRC:
            raise _unlike(array.member)

    def digest(self, name: str) -> bytes:
        """The SHA-256 of a member's content; its checksum is verified on the way.

        Raises:
            ValueError: it is damaged.
        """
        member = self.members[name]
        digest = hashlib.sha256()
        for chunk in self._unpacked(member, zip_directory.content_of(self.stream, member)):
            digest.update(chunk)
        return digest.digest()

    def _unpacked(self, member: ZipInfo, place: int) -> Iterator[bytes]:
        """A member's content, chunk by chunk, never more of it than the directory says."""
        inflater = _inflater() if member.compress_type == DEFLATED else None
        size, crc = 0, 0
        for start in range(0, member.compress_size, CHUNK):
            packed = min(CHUNK, member.compress_size - start)
            content = zip_directory.at(self.stream, place + start, packed)
            for chunk in [content] if inflater is None else _inflated(inflater, content):
                size += len(chunk)
                if size > member.file_size:
                    raise _unlike(member)
                crc = zlib.crc32(chunk, crc)
                yield chunk
        if (size, crc) != (member.file_size, member.CRC):
            raise _unlike(member)


def _unlike(member: ZipInfo) -> ValueError:
    return ValueError(f"its member {member.filename} is not what its checksum says")


def _inflater() -> Any:
    """What unpacks the members of zips: deflate without a header."""
    return zlib.decompressobj(-zlib.MAX_WBITS)


def _inflated(inflater: Any, content: bytes) -> Iterator[bytes]:
    """What more of packed content becomes, in chunks.

    Raises:
        ValueError: it was never packed so.
    """
    try:
        while chunk := inflater.decompress(content, CHUNK):
            yield chunk
            content = inflater.unconsumed_tail
    except zlib.error as error:
        raise ValueError("what it holds cannot be unpacked") from error


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a file, and read its directory.

    Raises:
        zip_directory.NoZipError: it is none.
        ValueError: it is damaged.
    """
    with path.open("rb", buffering=0) as stream:
        found = zip_directory.read(stream)
        yield Archive(
            stream,
            {name.removesuffix(".npy"): found[name] for name in found if name.endswith(".npy")},
        )


def verify_digests(archive: Archive) -> tuple[int, int]:
    """See that every member is what its checksum and its digest say.

    Returns:
        How many there are, and how many have a digest: all, or none.

    Raises:
        ValueError: one of them is damaged.
    """
    names = [name for name in archive.members if name != DIGESTS]
    found = b"".join(archive.digest(name) for name in names)
    if DIGESTS not in archive.members:
        return len(names), 0
    array = archive.array(DIGESTS)
    if array.header.kind != np.uint8 or array.header.shape != (len(names), 32):
        raise ValueError("its digests are not those of its members")
    stored = archive.read(array).tobytes()
    for row, name in enumerate(names):
        if found[32 * row : 32 * (row + 1)] != stored[32 * row : 32 * (row + 1)]:
            raise ValueError(f"its member {name}.npy is not what its digest says")
    return len(names), len(names)


def _mapped(stream: BinaryIO, array: Array, *, prefetch: bool) -> NDArray[Any] | None:
    """An array where it lies in the file; None where the file system cannot map."""
    header = array.header
    first = array.place + header.length
    start = first - first % mmap.ALLOCATIONGRANULARITY
    try:
        pages = mmap.mmap(
            stream.fileno(), first + header.size - start, access=mmap.ACCESS_COPY, offset=start
        )
    except OSError:
        return None
    if prefetch and header.size <= PREFETCHED:
        _prefetch(pages)
    return np.ndarray(header.shape, header.kind, pages, first - start)


def _prefetch(pages: mmap.mmap) -> None:
    """Bring a mapping into memory, where the system can be told to."""
    try:
        for start in range(0, len(pages), AT_ONCE):
            pages.madvise(MADV_POPULATE_READ, start, min(AT_ONCE, len(pages) - start))
    except (AttributeError, OSError, ValueError):
        # Not Linux, or one before 5.14: pages come as they are used.
        return
