"""Plain PNGs decoded in NumPy: the levels that Pillow finds, and all others left to it."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from hopcli.formats import png


@pytest.fixture(autouse=True)
def even_one(monkeypatch):
    """Not only from many on."""
    monkeypatch.setattr(png, "FEWEST", 1)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def file(rows, filters, width, *, depth=8, colour=0, interlaced=0, before=b"", pixels=None):
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, interlaced)
    raw = b"".join(bytes([f]) + row.tobytes() for f, row in zip(filters, rows, strict=True))
    packed = zlib.compress(raw) if pixels is None else pixels
    data = chunk(b"IDAT", packed[:9]) + chunk(b"IDAT", packed[9:])
    return png.SIGNATURE + chunk(b"IHDR", header) + before + data + chunk(b"IEND", b"")


def by_pillow(content):
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("L") if image.mode == "1" else image)


@pytest.mark.parametrize(("depth", "colour"), [(8, 0), (8, 2), (1, 0)])
@pytest.mark.parametrize("kinds", [(0, 1, 2, 3, 4), (4,), (1, 4), (3,), (0,)])
def test_every_filter_is_undone_as_pillow_undoes_it(depth, colour, kinds):
    rng = np.random.default_rng([depth, colour, *kinds])
    for height, width in [(1, 1), (1, 9), (7, 1), (5, 8), (6, 13), (12, 4)]:
        stride = -(-width * depth * (3 if colour else 1) // 8)
        contents = [
            file(
                rng.integers(0, 256, (height, stride)).astype(np.uint8),
                rng.choice(kinds, height), width, depth=depth, colour=colour,
            )
            for _ in range(4)
        ]  # fmt: skip
        for content, levels in zip(contents, png.decoded(contents), strict=True):
            assert levels is not None
            assert levels.dtype == np.uint8
            assert np.array_equal(levels, by_pillow(content))


def test_pictures_of_several_forms_keep_their_places(monkeypatch):
    monkeypatch.setattr(png, "AT_ONCE", 100)
    rng = np.random.default_rng(0)
    contents = []
    for k in range(30):
        size = (6, 5 + k % 3, 3)[: 2 + k % 2]
        stream = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, size).astype(np.uint8)).save(stream, "PNG")
        contents.append(stream.getvalue())
    for content, levels in zip(contents, png.decoded(contents), strict=True):
        assert np.array_equal(levels, by_pillow(content))


ROWS = np.arange(12, dtype=np.uint8).reshape(3, 4)
FILTERS = (0, 1, 4)
WHOLE = file(ROWS, FILTERS, 4)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        WHOLE[:-13],
        WHOLE[:40],
        WHOLE.replace(b"IDAT", b"IDAX"),
        WHOLE[:-20] + b"\x00" + WHOLE[-19:],
        file(ROWS, FILTERS, 4, depth=2),
        file(ROWS, FILTERS, 4, colour=3),
        file(ROWS, FILTERS, 2, depth=16),
        file(ROWS, FILTERS, 2, colour=4),
        file(ROWS, FILTERS, 4, interlaced=1),
        file(ROWS, (0, 5, 0), 4),
        file(ROWS, FILTERS, 5),
        file(ROWS, FILTERS, 3),
        file(ROWS, FILTERS, 4, before=chunk(b"tRNS", b"\0\0")),
        file(ROWS, FILTERS, 4, before=chunk(b"eXIf", b"MM\0*")),
        file(ROWS, FILTERS, 4, pixels=zlib.compress(bytes(16))),
        file(ROWS, FILTERS, 4, pixels=zlib.compress(bytes(15)) + b"more"),
        file(ROWS, FILTERS, 4, pixels=b"no compressed data"),
    ],
)
def test_whatever_is_odd_is_left_to_pillow(content):
    assert png.decoded([content, WHOLE])[0] is None
    assert np.array_equal(png.decoded([content, WHOLE])[1], by_pillow(WHOLE))


def test_a_large_picture_is_left_to_pillow_before_it_is_unpacked():
    bomb = file(np.zeros((3, 4), np.uint8), FILTERS, 4)
    bomb = bomb[:16] + struct.pack(">II", 10**5, 10**5) + bomb[24:]
    assert png.decoded([bomb]) == [None]
