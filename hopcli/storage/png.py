"""Many plain PNGs decoded at once, in NumPy.

Pillow takes a small picture's file apart in many steps, and undoes its filters byte by byte. Here
those of many pictures of one size are undone together, in about two thirds of the time. Only the
plainest files are: grey of one or eight bits, or red, green and blue of eight, not interlaced, with
nothing in them that could turn or hide pixels, and with all checksums right. All others, and all
that are odd in any way, are left to Pillow.

The format: Portable Network Graphics Specification (third edition), W3C 2025.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Chunks that say nothing that matters here.
PASSED = frozenset((b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"tIME", b"bKGD", b"sBIT"))
# Bits a sample, and type of colour.
FORMS = ((1, 0), (8, 0), (8, 2))
CHUNK = struct.Struct(">I4s")
HEADER = struct.Struct(">IIBBBBB")
AVERAGE = 3
# The values of 16 bits that are worked on at once; more would not stay in cache.
AT_ONCE = 2**21
# A picture of more bytes is decoded by Pillow in no more time, as are fewer pictures than these.
LARGEST = 2**16
FEWEST = 48


@dataclass(frozen=True)
class Scan:
    """The rows of one picture as they are in the file.

    Attributes:
        height: rows.
        width: pixels a row.
        depth: bits a sample, 1 or 8.
        samples: a pixel, 1 or 3.
        rows: for each row its filter and its bytes, uint8 of shape (h, 1 + bytes a row).
    """

    height: int
    width: int
    depth: int
    samples: int
    rows: NDArray[np.uint8]

    @property
    def form(self) -> tuple[int, int, int, int]:
        """What pictures that are decoded together have in common."""
        return self.height, self.width, self.depth, self.samples


def decoded(files: Sequence[bytes]) -> list[NDArray[np.uint8] | None]:
    """The levels of plain PNGs, 0 to 255, of shape (h, w) or (h, w, 3).

    None stands for those of all other files, and of forms that only a few of them have.
    """
    levels: list[NDArray[np.uint8] | None] = [None] * len(files)
    alike: dict[tuple[int, int, int, int], list[tuple[int, Scan]]] = {}
    for place, file in enumerate(files):
        scan = scanned(file)
        if scan is not None:
            alike.setdefault(scan.form, []).append((place, scan))
    for found in alike.values():
        if len(found) < FEWEST:
            continue
        rows = found[0][1].rows
        most = max(1, AT_ONCE // rows.size)
        for start in range(0, len(found), most):
            some = found[start : start + most]
            pixels = _pixels(some[0][1], np.array([scan.rows for _, scan in some]))
            for (place, _), picture in zip(some, pixels, strict=True):
                levels[place] = picture
    return levels


def scanned(file: bytes) -> Scan | None:
    """The rows of a plain PNG; None for all other files."""
    if file[:8] != SIGNATURE or file[12:16] != b"IHDR" or len(file) < 33:
        return None
    width, height, depth, colour, *rest = HEADER.unpack_from(file, 16)
    samples = 3 if colour == 2 else 1
    stride = 1 + -(-width * depth * samples // 8)
    if (depth, colour) not in FORMS or any(rest) or not 0 < height * stride <= LARGEST:
        return None
    packed = _image_data(file)
    if packed is None:
        return None
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, height * stride)
        more = unpacking.decompress(unpacking.unconsumed_tail, 1)
    except zlib.error:
        return None
    if len(data) != height * stride or more or not unpacking.eof or unpacking.unused_data:
        return None
    rows = np.frombuffer(data, np.uint8).reshape(height, stride)
    return None if rows[:, 0].max() > 4 else Scan(height, width, depth, samples, rows)


def _image_data(file: bytes) -> bytes | None:
    """What the IDAT chunks hold together; None if a chunk is damaged, or may matter otherwise."""
    place, packed = 8, b""
    while len(file) >= place + 12:
        length, kind = CHUNK.unpack_from(file, place)
        end = place + 8 + length
        body = file[place + 8 : end]
        if int.from_bytes(file[end : end + 4], "big") != zlib.crc32(body, zlib.crc32(kind)):
            return None
        if kind == b"IEND":
            return packed
        if kind == b"IDAT":
            packed += body
        elif kind not in PASSED and place > 8:
            return None
        place = end + 4
    return None


def _pixels(scan: Scan, rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The levels of pictures of one form, (pictures, h, w) or (pictures, h, w, 3)."""
    pictures = len(rows)
    shape = (pictures, scan.height, -1, scan.samples)
    plain = _unfiltered(rows[:, :, 1:].reshape(shape), rows[:, :, 0])
    if scan.depth == 1:
        bits = np.unpackbits(plain.reshape(pictures, scan.height, -1), axis=2, count=scan.width)
        return bits * np.uint8(255)
    return plain[..., 0] if scan.samples == 1 else plain


def _unfiltered(rows: NDArray[np.uint8], filters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Add to each byte what its filter foretells from its neighbours.

    The neighbours are the byte to the left, a, the one above, b, and the one above that to the
    left, c. Paeth's filter foretells the one that is nearest to a + b − c. Those that look at a
    alone, at b alone or at nothing are Paeth's with the other neighbours taken for 0. Bytes on a
    falling diagonal do not depend on each other, so each diagonal of all pictures is one vector.

    Args:
        rows: (pictures, h, w, samples).
        filters: of each row, 0 to 4, (pictures, h).
    """
    if not filters.any():
        return rows
    pictures, height, width, samples = rows.shape
    wide = width + 1
    # Pictures come last, so that a step works on whole vectors; in front is a column of zeros, and
    # above a row of them.
    whole = np.zeros((height + 1, wide, samples, pictures), dtype=np.int16)
    whole[1:, 1:] = rows.transpose(1, 2, 3, 0)
    flat = whole.reshape(-1, samples, pictures)
    # Most rows are Paeth's; in the first one, below zeros, a alone foretells the same.
    paeth = (filters[:, 1:] == 4).all() and np.isin(filters[:, 0], (1, 4)).all()
    kinds = filters.T[:, None, :]
    left, above, corner = (
        -np.isin(kinds, looking).astype(np.int16) for looking in ((1, 3, 4), (2, 3, 4), (4,))
    )
    average = -(kinds == AVERAGE).astype(np.int16) if (filters == AVERAGE).any() else None
    for diagonal in range(height + width - 1):
        first, last = max(0, diagonal - width + 1), min(height, diagonal + 1)
        some = slice(first, last)
        # The byte in row r and column diagonal − r; the next row's is one place less than a row on.
        start = (first + 1) * wide + diagonal - first + 1
        stop = start + (last - first - 1) * width + 1

        def at(shift: int, start: int = start, stop: int = stop) -> NDArray[np.int16]:
            return flat[start - shift : stop - shift : width]

        a, b, c = at(1), at(wide), at(wide + 1)
        if not paeth:
            a, b, c = a & left[some], b & above[some], c & corner[some]
        from_a = b - c
        from_b = a - c
        from_c = np.abs(from_a + from_b)
        np.abs(from_a, out=from_a)
        np.abs(from_b, out=from_b)
        b_or_c = c ^ ((b ^ c) & -(from_b <= from_c).view(np.int8))
        is_a = -(from_a <= np.minimum(from_b, from_c)).view(np.int8)
        foretold = b_or_c ^ ((a ^ b_or_c) & is_a)
        if average is not None:
            foretold ^= (foretold ^ (a + b >> 1)) & average[some]
        here = at(0)
        here += foretold
        here &= 255
    return np.ascontiguousarray(whole[1:, 1:].transpose(3, 0, 1, 2).astype(np.uint8))
