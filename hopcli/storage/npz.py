"""`.npz` files whose large arrays are mapped into memory instead of read.

Members are written one after another, uncompressed, as by `numpy.savez`, but the first byte of each
array has an offset in the file that is a multiple of 64: the zip's extra field before it is padded
(with the field of Android's zipalign, which readers ignore). Such an array can be mapped, so a file
of any size opens in milliseconds, and processes that have it open share its pages.

A mapping is private: changes to an array do not reach the file. A process that has mapped a file
keeps its content when it is replaced (storage/atomic.py). Truncating a mapped file would end the
process, so hop never writes to an existing file.

Members are unpacked only when they are read, and pickles are never loaded: the type, shape and size
of an array are known from the zip's directory and the array's header. The zip has the CRC-32 of
each member, and the last member, `digests`, their SHA-256.
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
# Offsets of arrays are multiples of this: a cache line, and the size of a vector register.
ALIGNMENT = 64
# The id of the extra field of zipalign; its content is the alignment and zeros.
PADDING = 0xD935
# Arrays from this size on are mapped; reading and verifying smaller ones takes less time.
MAPPED_FROM = 2**16
# An array up to this size is read into memory when it is mapped, if all of it will be used; a
# larger one may exceed the memory and is read page by page.
PREFETCHED = 2**30
# Bytes of one such read, which cannot be interrupted: 0.1 s from a slow disk.
AT_ONCE = 2**23
# Linux: fill the page tables of a mapping (<linux/mman.h>; Python has no name for it).
MADV_POPULATE_READ = 22
# Bytes that are read or unpacked at once.
CHUNK = 2**20

_ZIP64_EXTRA = 20


def write(stream: BinaryIO, members: Mapping[str, NDArray[Any]]) -> bytes:
    """Write arrays in this order, and their digests; equal arrays give equal bytes.

    Returns:
        SHA-256 of the digests, which identifies the content.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        found = [_write(archive, name, values) for name, values in members.items()]
        return _write(archive, DIGESTS, np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32))


def _write(archive: zipfile.ZipFile, name: str, values: NDArray[Any]) -> bytes:
    """Write one array, and return its SHA-256."""
    # The date of a new ZipInfo is a constant, so that equal arrays give equal bytes.
    info = zipfile.ZipInfo(f"{name}.npy")
    info.extra = _padding(archive.start_dir, len(info.filename))
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array(
            _Digesting(member, digest), np.asanyarray(values), allow_pickle=False
        )
    return digest.digest()


class _Digesting:
    """A stream whose content is hashed while it is written."""

    def __init__(self, stream: Any, digest: Any) -> None:
        self._stream, self._digest = stream, digest

    def write(self, content: Any) -> int:
        self._digest.update(content)
        return self._stream.write(content)


def _padding(position: int, name: int) -> bytes:
    """Return an extra field after which the content of a member is aligned.

    The array is aligned then as well, as NumPy pads its header.

    Args:
        position: offset of the member in the file.
        name: the length of its name.
    """
    before = position + zip_directory.LOCAL.size + name + _ZIP64_EXTRA + 6
    zeros = -before % ALIGNMENT
    return struct.pack("<HHH", PADDING, 2 + zeros, ALIGNMENT) + bytes(zeros)


@dataclass(frozen=True)
class Array:
    """An array that has not been read.

    Attributes:
        member: its entry in the directory.
        position: offset of the member's content in the file.
        header: its type and shape.
    """

    member: ZipInfo
    position: int
    header: Header

    @property
    def mapped(self) -> bool:
        """Whether it can be mapped into memory."""
        return (
            self.member.compress_type == STORED
            and self.member.file_size >= MAPPED_FROM
            and (self.position + self.header.length) % ALIGNMENT == 0
            and self.header.kind.isnative
            and not self.header.by_columns
        )


@dataclass(frozen=True)
class Archive:
    """A `.npz` that is open for reading.

    Attributes:
        stream: of the file, unbuffered.
        members: entries of the directory by name, without `.npy`; other members are ignored.
    """

    stream: BinaryIO
    members: Mapping[str, ZipInfo]

    def array(self, name: str) -> Array:
        """Read the header of a member.

        Raises:
            ValueError: it is not an array of numbers or strings, or its size is wrong.
        """
        member = self.members[name]
        position = zip_directory.content_of(self.stream, member)
        packed = min(member.compress_size, npy.LONGEST_HEADER)
        content = zip_directory.read_at(self.stream, position, packed)
        if member.compress_type == DEFLATED:
            content = next(_inflated(_inflater(), content), b"")[: npy.LONGEST_HEADER]
        try:
            header = npy.read_header(content)
        except ValueError as error:
            raise ValueError(f"of its member {member.filename}: {error}") from error
        if header.length + header.size != member.file_size:
            raise ValueError(f"its member {member.filename} is not of the size that it says")
        return Array(member, position, header)

    def read(self, array: Array, *, prefetch: bool = False) -> NDArray[Any]:
        """Return an array, either mapped, or read and verified by its checksum.

        Args:
            array: of this file.
            prefetch: whether all of it will be used.

        Raises:
            ValueError: it is damaged.
        """
        mapped = _mapped(self.stream, array, prefetch=prefetch) if array.mapped else None
        if mapped is not None:
            return mapped
        content, filled = bytearray(array.member.file_size), 0
        for chunk in self._unpacked(array.member, array.position):
            content[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        header = array.header
        order = "F" if header.by_columns else "C"
        values = np.ndarray(header.shape, header.kind, content, header.length, order=order)
        if not (header.kind.isnative and values.flags.aligned and values.flags.c_contiguous):
            values = values.astype(header.kind.newbyteorder("="), order="C")
        return values

    def verify(self, array: Array, values: NDArray[Any]) -> None:
        """Verify the checksum of an array that was mapped.

        Raises:
            ValueError: the array is damaged.
        """
        crc = zlib.crc32(zip_directory.read_at(self.stream, array.position, array.header.length))
        if zlib.crc32(values.reshape(-1).view(np.uint8).data, crc) != array.member.CRC:
            raise _unlike(array.member)

    def digest(self, name: str) -> bytes:
        """Return the SHA-256 of a member's content, and verify its checksum.

        Raises:
            ValueError: it is damaged.
        """
        member = self.members[name]
        digest = hashlib.sha256()
        for chunk in self._unpacked(member, zip_directory.content_of(self.stream, member)):
            digest.update(chunk)
        return digest.digest()

    def _unpacked(self, member: ZipInfo, position: int) -> Iterator[bytes]:
        """Yield the content of a member in chunks, at most as many bytes as the directory says."""
        inflater = _inflater() if member.compress_type == DEFLATED else None
        size, crc = 0, 0
        for start in range(0, member.compress_size, CHUNK):
            packed = min(CHUNK, member.compress_size - start)
            content = zip_directory.read_at(self.stream, position + start, packed)
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
    """Return a decompressor for members of zips: deflate without a header."""
    return zlib.decompressobj(-zlib.MAX_WBITS)


def _inflated(inflater: Any, content: bytes) -> Iterator[bytes]:
    """Yield the next part of packed content, unpacked, in chunks.

    Raises:
        ValueError: the content is not deflate's.
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
        zip_directory.NoZipError: the file is not a zip.
        ValueError: its directory is damaged.
    """
    with path.open("rb", buffering=0) as stream:
        found = zip_directory.read(stream)
        yield Archive(
            stream,
            {name.removesuffix(".npy"): found[name] for name in found if name.endswith(".npy")},
        )


def verify_digests(archive: Archive) -> tuple[int, int]:
    """Verify the checksum and the digest of every member.

    Returns:
        The number of members, and the number of those that have a digest: all, or none.

    Raises:
        ValueError: a member is damaged.
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
    """Map an array into memory; return None if the file system cannot map files."""
    header = array.header
    first = array.position + header.length
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
    """Read a mapping into memory, on systems that support it."""
    try:
        for start in range(0, len(pages), AT_ONCE):
            pages.madvise(MADV_POPULATE_READ, start, min(AT_ONCE, len(pages) - start))
    except (AttributeError, OSError, ValueError):
        # Not Linux, or before 5.14: pages are read when they are used.
        return
