"""Damaged pictures of every format, and arrays: each is read, or refused in hop's own words.

Whatever the file, what comes of it is a picture with levels from 0 to 1, or a PictureError, within
MIB; and the plain decoder of PNGs finds what Pillow finds. A process of its own reads them, so that
a crash is found too. Input N of a seed is the same every time:

    python tests/fuzz/pictures.py --seconds 60 --seed 1
    python tests/fuzz/pictures.py --seed 1 --only 4711 --write found.bin
"""

import argparse
import io
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from hopcli.errors import PictureError
from hopcli.formats import arrays, pictures, png

# What one file may take of the memory.
MIB = 300
# The pixels that it may have.
MOST = 2_000_000
# Numbers on the edges of what formats count with.
EDGES = [0, 1, 2, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]


class FaultError(AssertionError):
    """A file that was neither read nor refused as it should be."""


@cache
def seeds() -> list[bytes]:
    """Small whole files of every format, in most of its forms."""
    rng = np.random.default_rng(0)
    gray = rng.integers(0, 256, (13, 17)).astype(np.uint8)
    rgb = rng.integers(0, 256, (13, 17, 3)).astype(np.uint8)
    rgba = rng.integers(0, 256, (13, 17, 4)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    images = {
        "L": Image.fromarray(gray), "RGB": Image.fromarray(rgb), "RGBA": Image.fromarray(rgba),
        "1": Image.fromarray(gray > 99), "P": Image.fromarray(rgb).quantize(9),
        "LA": Image.fromarray(rgba[..., :2]), "I;16": Image.fromarray(gray.astype(np.uint16) * 257),
        "I": Image.fromarray(gray.astype(np.int32)), "F": Image.fromarray(gray.astype(np.float32)),
        "CMYK": Image.fromarray(rgba, "CMYK"), "YCbCr": Image.fromarray(rgb, "YCbCr"),
        "LAB": Image.fromarray(rgb, "LAB"), "PA": Image.fromarray(rgba[..., :2], "PA"),
    }  # fmt: skip
    frames = {"save_all": True, "append_images": [images["L"], images["L"].rotate(180)]}
    kinds = [
        ("PNG", ["L", "RGB", "RGBA", "1", "P", "LA", "I;16"], [{}, {"exif": exif}, frames]),
        ("PNG", ["L", "RGB"], [{"transparency": 0}, {"icc_profile": bytes(99)}]),
        ("JPEG", ["L", "RGB", "CMYK"], [{}, {"progressive": True}, {"exif": exif}]),
        ("GIF", ["L", "P"], [{}, {"transparency": 3}, frames, {"interlace": 1}]),
        ("BMP", ["1", "L", "P", "RGB", "RGBA"], [{}]),
        ("WEBP", ["RGB", "RGBA"], [{}, {"lossless": True}, frames, {"exif": exif}]),
        ("PPM", ["1", "L", "RGB", "I;16", "F"], [{}]),
        ("TIFF", [*images], [{}, {"compression": "tiff_lzw"}, {"compression": "packbits"}]),
        ("TIFF", ["L", "RGB", "RGBA"], [{"compression": "tiff_adobe_deflate"}, frames]),
        ("TIFF", ["L", "RGB"], [{"compression": "jpeg"}, {"exif": exif}]),
        ("TIFF", ["1"], [{"compression": c} for c in ("group3", "group4", "tiff_ccitt")]),
        ("AVIF", ["L", "RGB", "RGBA"], [{}]),
        ("AVIF", ["L"], [frames]),
        ("ICO", ["RGB", "RGBA"], [{}, {"sizes": [(16, 16)], "bitmap_format": "bmp"}]),
        ("JPEG2000", ["L", "RGB", "RGBA", "I;16"], [{}, {"tile_size": (8, 8)}]),
        *((kind, ["1", "L", "P", "RGB", "RGBA"], [{}]) for kind in ("PCX", "QOI", "XBM", "DDS")),
    ]  # fmt: skip
    made = [b"P3 2 2 255 1 2 3 4 5 6 7 8 9 10 11 12", b"P2\n# a remark\n2 1 9\n1 8", b"P1 2 1 0 1"]
    for kind, modes, ways in kinds:
        for mode in modes:
            for options in ways:
                stream = io.BytesIO()
                try:
                    images[mode].save(stream, kind, **options)
                except (OSError, ValueError, TypeError, AttributeError):
                    # Some forms are not for all modes.
                    continue
                made.append(stream.getvalue())
    for values in (gray, gray / 255, np.asfortranarray(gray), gray[0] > 99):
        stream = io.BytesIO()
        np.save(stream, values)
        made.append(stream.getvalue())
    return made


def damaged(seed: int, number: int) -> bytes:
    """Input of this number: a whole file after one to eight injuries."""
    rng = np.random.default_rng([seed, number])
    content = bytearray(seeds()[rng.integers(len(seeds()))])
    for _ in range(rng.integers(1, 9)):
        injury = INJURIES[rng.integers(len(INJURIES))]
        content = injury(content or bytearray(1), rng)
    return bytes(_with_checksums(content) if rng.random() < 0.7 else content)


Injury = Callable[[bytearray, np.random.Generator], bytearray]


def _byte(content: bytearray, rng: np.random.Generator) -> bytearray:
    content[rng.integers(len(content))] = rng.integers(256)
    return content


def _bit(content: bytearray, rng: np.random.Generator) -> bytearray:
    content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
    return content


def _number(content: bytearray, rng: np.random.Generator) -> bytearray:
    """A number of one, two or four bytes in one of its first hundred places, or anywhere."""
    form = "<>"[rng.integers(2)] + "BHI"[rng.integers(3)]
    size = struct.calcsize(form)
    place = int(rng.integers(min(len(content), 100 if rng.random() < 0.5 else len(content))))
    value = EDGES[rng.integers(len(EDGES))] % 256**size
    content[place : place + size] = struct.pack(form, value)
    return content


def _cut(content: bytearray, rng: np.random.Generator) -> bytearray:
    return content[: rng.integers(1, len(content) + 1)]


def _missing(content: bytearray, rng: np.random.Generator) -> bytearray:
    place = int(rng.integers(len(content)))
    del content[place : place + int(rng.integers(1, 40))]
    return content


def _repeated(content: bytearray, rng: np.random.Generator) -> bytearray:
    place, length = int(rng.integers(len(content))), int(rng.integers(1, 60))
    return content[:place] + content[place : place + length] * 2 + content[place + length :]


def _noise(content: bytearray, rng: np.random.Generator) -> bytearray:
    place = int(rng.integers(len(content)))
    return content[:place] + rng.bytes(int(rng.integers(1, 30))) + content[place:]


def _crossed(content: bytearray, rng: np.random.Generator) -> bytearray:
    other = seeds()[rng.integers(len(seeds()))]
    return content[: rng.integers(len(content))] + other[rng.integers(len(other)) :]


INJURIES: list[Injury] = [
    _byte, _byte, _bit, _bit, _number, _number, _number, _cut, _missing, _repeated, _noise,
    _crossed,
]  # fmt: skip


def _with_checksums(content: bytearray) -> bytearray:
    """A PNG with the checksums of its chunks right again, so that more than those is tried."""
    if content[:8] != png.SIGNATURE:
        return content
    place = 8
    while place + 12 <= len(content):
        end = place + 8 + int.from_bytes(content[place : place + 4], "big")
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[place + 4 : end]).to_bytes(4, "big")
        place = end + 4
    return content


def attempt(content: bytes, folder: Path) -> bool:
    """Read a file as a picture, or as an array if it looks like one; whether it could be.

    Raises:
        FaultError: neither a picture nor hop's own error came of it, or it took too much.
    """
    path = folder / "damaged"
    path.write_bytes(content)
    held = _held()
    taken = _array(path) if content[:6] == b"\x93NUMPY" else _picture(path)
    grown = _held() - held
    if grown > MIB:
        raise FaultError(f"{grown:.0f} MiB were taken")
    if not _decoders_agree(content, path):
        raise FaultError("the two decoders of PNGs do not agree")
    return taken


def _held() -> float:
    """The most MiB that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _picture(path: Path) -> bool:
    try:
        found = pictures.read(path, most=MOST)
    except PictureError:
        return False
    except Exception as error:
        raise FaultError(f"{type(error).__name__}: {error}") from error
    for values in (found.pixels, found.opacity):
        if values is not None and not (values.min() >= 0 and values.max() <= 1):
            raise FaultError(f"levels from {values.min()} to {values.max()}")
    if found.known.size > MOST or found.pixels.shape[:2] != found.known.shape:
        raise FaultError(f"pixels of shape {found.pixels.shape}")
    try:
        pictures.size_of(path, most=MOST)
    except Exception as error:
        raise FaultError(f"its size: {type(error).__name__}: {error}") from error
    return True


def _array(path: Path) -> bool:
    try:
        found = arrays.read(path, path.name)
    except PictureError:
        return False
    except Exception as error:
        raise FaultError(f"{type(error).__name__}: {error}") from error
    if found.values.dtype.kind not in "buif" or not np.isfinite(found.values).all():
        raise FaultError(f"values of {found.values.dtype}")
    return True


def _decoders_agree(content: bytes, path: Path) -> bool:
    """Whether the plain decoder of PNGs leaves a file to Pillow, or finds what Pillow finds."""
    fewest, png.FEWEST = png.FEWEST, 1
    try:
        (levels,) = png.decoded([content])
    finally:
        png.FEWEST = fewest
    if levels is None or levels.shape[0] * levels.shape[1] > MOST:
        return True
    try:
        found = pictures.read(path, most=MOST)
    except PictureError:
        return False
    return found.opacity is None and np.array_equal(
        found.rgb, pictures.of_levels(levels).rgb
    )  # fmt: skip


def work(seed: int, first: int, seconds: float, files: int) -> int:
    """Read inputs one after another; writes the number of each before it is tried."""
    until = time.monotonic() + seconds
    number, read = first, 0
    with tempfile.TemporaryDirectory() as folder:
        while number < files and time.monotonic() < until:
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            read += attempt(damaged(seed, number), Path(folder))
            number += 1
    sys.stdout.write(f"{number} {read}\n")
    return number


def main() -> int:
    """Read damaged files until the time is over; returns how many faults were found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--files", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="one input, here")
    parser.add_argument("--write", type=Path, help="where to write that input")
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only is not None:
        content = damaged(given.seed, given.only)
        if given.write:
            given.write.write_bytes(content)
        with tempfile.TemporaryDirectory() as folder:
            print("read" if attempt(content, Path(folder)) else "refused")
        return 0
    if given.first is not None:
        work(given.seed, given.first, given.seconds, given.files)
        return 0
    return _supervise(given.seed, given.seconds, given.files)


def _supervise(seed: int, seconds: float, files: int) -> int:
    until, first, faults, read = time.monotonic() + seconds, 0, 0, 0
    while first < files and (left := until - time.monotonic()) > 0:
        call = [sys.executable, __file__, "--seed", seed, "--first", first]
        call += ["--seconds", left, "--files", files]
        ran = subprocess.run([*map(str, call)], capture_output=True, text=True, check=False)
        last = ran.stdout.splitlines()[-1].split() if ran.stdout else ["0"]
        first = int(last[0]) + 1
        if ran.returncode == 0:
            read += int(last[1])
            first -= 1
            # Libraries are to be silent.
            if not ran.stderr:
                continue
            print(f"fault: --seed {seed}: on standard error: {ran.stderr.strip()}")
            faults += 1
            continue
        faults += 1
        why = (ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"])[-1]
        print(f"fault: --seed {seed} --only {first - 1}: {why}")
    print(f"{first:,} files, of which {read:,} could be read; faults: {faults}")
    return faults


if __name__ == "__main__":
    sys.exit(min(1, main()))
