"""The directory at the end of a zip file: which members there are and where, nothing unpacked.

Only what memories need is understood: members that are stored or deflated, in one file, without
encryption; with sizes and places beyond 4 GiB (zip64). Every number is checked against the file's
length before it is used, and a directory larger than any memory's is refused unread.
Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 to 4.3.16 and 4.5.3.
"""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

STORED, DEFLATED = 0, 8
# Memories have about ten members of 100 bytes here.
LARGEST_DIRECTORY = 2**16
LARGEST_COMMENT = 2**16 - 1

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 1
_FULL_16, _FULL_32 = 2**16 - 1, 2**32 - 1


class NoZipError(ValueError):
    """A file that is no zip, or has lost its end."""


@dataclass(frozen=True)
class Member:
    """An entry of the directory.

    Attributes:
        name: of the member.
        flags: what the zip says of how it is packed.
        method: STORED, DEFLATED, or one that hop does not know.
        crc: CRC-32 of what is unpacked.
        packed: bytes in the file.
        size: bytes when unpacked.
        place: where its own header begins.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    place: int


def read(stream: BinaryIO) -> dict[str, Member]:
    """The members by name.

    Args:
        stream: of an ordinary file, unbuffered.

    Raises:
        NoZipError: it is no zip.
        ValueError: it is one that is damaged, or has what no memory has.
    """
    place, size, count, limit = _find(stream)
    if size > LARGEST_DIRECTORY:
        raise ValueError("it has more members than any memory")
    if place + size != limit:
        raise ValueError("its directory is not where it should be")
    content = at(stream, place, size)
    members: dict[str, Member] = {}
    position = 0
    for _ in range(count):
        member, position = _entry(content, position)
        if member.name in members:
            raise ValueError(f"two of its members are called {member.name}")
        if member.place + LOCAL.size + member.packed > place:
            raise ValueError(f"its member {member.name} is cut short")
        members[member.name] = member
    if position != size:
        raise ValueError("its directory holds more than its members")
    return members


def content_of(stream: BinaryIO, member: Member) -> int:
    """Where a member's content begins.

    Raises:
        ValueError: another member, or none, begins at its place, or it is packed in a way that hop
            does not know.
    """
    if member.flags & _ENCRYPTED or member.method not in (STORED, DEFLATED):
        raise ValueError(f"its member {member.name} is packed in a way that hop does not know")
    if member.method == STORED and member.size != member.packed:
        raise ValueError(f"its member {member.name} has two sizes")
    header = at(stream, member.place, LOCAL.size)
    signature, *_, name, extra = LOCAL.unpack(header)
    place = member.place + LOCAL.size
    if signature != b"PK\3\4" or _text(at(stream, place, name)) != member.name:
        raise ValueError(f"its member {member.name} is not where it should be")
    return place + name + extra


def at(stream: BinaryIO, place: int, size: int) -> bytes:
    """So many bytes of a file.

    Raises:
        ValueError: it ends before.
    """
    found = os.pread(stream.fileno(), size, place)
    if len(found) != size:
        raise ValueError("it is cut short")
    return found


def _find(stream: BinaryIO) -> tuple[int, int, int, int]:
    """Place, size and number of entries of the directory, and where it has to end."""
    length = os.fstat(stream.fileno()).st_size
    # Most have no comment, and end with the record.
    for tail in (_END.size, min(length, _END.size + LARGEST_COMMENT)):
        if length < _END.size:
            break
        content = at(stream, length - tail, tail)
        found = content.rfind(b"PK\5\6", 0, tail - _END.size + 4)
        if found < 0:
            continue
        *_, count, size, place, comment = _END.unpack_from(content, found)
        end = length - tail + found
        if found + _END.size + comment != tail:
            continue
        if count == _FULL_16 or _FULL_32 in (size, place):
            return _find64(stream, end)
        return place, size, count, end
    raise NoZipError("it is no zip, or has lost its end")


def _find64(stream: BinaryIO, end: int) -> tuple[int, int, int, int]:
    """The same for a directory beyond 4 GiB, from the records before the last one."""
    before = end - _END64_PLACE.size
    if before < 0:
        raise ValueError("its directory is not where it should be")
    signature, _, place, _ = _END64_PLACE.unpack(at(stream, before, _END64_PLACE.size))
    if signature != b"PK\6\7" or place != before - _END64.size:
        raise ValueError("its directory is not where it should be")
    signature, *_, count, size, start = _END64.unpack(at(stream, place, _END64.size))
    if signature != b"PK\6\6":
        raise ValueError("its directory is not where it should be")
    return start, size, count, place


def _entry(content: bytes, position: int) -> tuple[Member, int]:
    """The entry at a position, and where the next one begins."""
    first = position + _ENTRY.size
    if first > len(content):
        raise ValueError("its directory is cut short")
    entry = _ENTRY.unpack_from(content, position)
    signature, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, *_, place = entry
    following = first + name + extra + comment
    if signature != b"PK\1\2" or following > len(content):
        raise ValueError("its directory is damaged")
    fields = content[first + name : first + name + extra]
    size, packed, place = _beyond(fields, (size, packed, place))
    called = _text(content[first : first + name])
    return Member(called, flags, method, crc, packed, size, place), following


def _beyond(extra: bytes, numbers: tuple[int, int, int]) -> tuple[int, ...]:
    """Size, packed size and place, those that 32 bits do not hold from the zip64 field."""
    missing = sum(number == _FULL_32 for number in numbers)
    if not missing:
        return numbers
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind == 1 and 8 * missing <= length and position + 4 + length <= len(extra):
            long = iter(struct.unpack_from(f"<{missing}Q", extra, position + 4))
            return tuple(next(long) if number == _FULL_32 else number for number in numbers)
        position += 4 + length
    raise ValueError("a size in its directory is missing")


def _text(name: bytes) -> str:
    """A member's name; those of memories are ASCII, and others are shown escaped."""
    return repr(name)[2:-1]
