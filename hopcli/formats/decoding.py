"""Pictures opened and decoded by Pillow: limits, and the levels of every mode.

| mode | its levels |
| --- | --- |
| 1, L, LA, RGB, RGBA | out of 255 |
| P, PA | those of the palette |
| CMYK, YCbCr | those of the RGB that Pillow converts them to |
| I;16 (both byte orders) | out of 65,535; out of 4,095 where a TIFF says 12 bits |
| I | out of 65,535 |
| F | out of 1, 255 or 65,535: the least of these that holds all of its values |

RGB of 16 bits arrives from Pillow with the upper 8. Whole numbers of 32 bits and floats say
nothing of what is full: I is taken for the 16 bits that it mostly holds (a PGM of 16 bits is one),
and floats from −1 to 2 for levels in [0, 1] with what noise or resampling left outside, which is
clipped, as in arrays. A picture with values beyond all of that (negative ones, or above 65,535) has
no scale but its own: its least value is black, its largest full. Floats that are no finite numbers
are unknown pixels. A TIFF in which 0 is white is turned round.
"""

import contextlib
import ctypes
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hopcli.errors import PictureError
from hopcli.formats import files

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM", "TIFF")
# No frame takes more bytes a pixel than half of these, and the rest is for what stands beside it.
BYTES_A_PIXEL = 16
BYTES_BESIDE = 2**24
# Where Pillow keeps what may hold an orientation.
EXIF = ("exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Tags of TIFF.
BITS_PER_SAMPLE, PHOTOMETRIC, TILE_WIDTH, TILE_LENGTH, SAMPLE_FORMAT = 258, 262, 322, 323, 339

# What Pillow logs is for programmers. Without a handler Python would show it.
logging.getLogger("PIL").addHandler(logging.NullHandler())


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep Pillow's warnings back while pictures are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def opened(path: Path | str, most: int, content: bytes | None = None) -> Iterator[Any]:
    """A picture (`-`: standard input), opened and not yet decoded.

    Args:
        path: the file.
        most: pixels that it may have, which its header tells.
        content: of the file, if it has been read.

    Raises:
        PictureError: Pillow cannot read it, or it has more pixels.
    """
    source = _stream(path, most) if content is None else BytesIO(content)
    with source as stream, _image(stream, path, most) as image:
        yield image


def orientation(image: Any) -> int:
    """How an image is to be turned, 1 to 8 as in EXIF, from what its header says.

    A TIFF is turned by Pillow when it is decoded, and its size is told as it will be.
    """
    if image.format == "TIFF" or not any(key in image.info for key in EXIF):
        return 1
    try:
        # Not the method of PNG images, which decodes them first.
        return int(Image.Image.getexif(image).get(ORIENTATION, 1))
    except Exception:
        # Damaged EXIF is no reason to do without the picture.
        return 1


def decode(image: Any, path: Path | str) -> tuple[NDArray[Any], NDArray[np.float32] | None]:
    """The levels of an image, upright, its first frame, and its opacity.

    Returns:
        Levels of shape (h, w), grey, or (h, w, 3) in colour: uint8 out of 255, or float32 out of 1;
        and how opaque each pixel is, float32 from 0 to 1, shape (h, w), or None where all are.

    Raises:
        PictureError: it is damaged, or of a kind that is not read.
    """
    if image.mode == "LAB":
        raise PictureError(f"{path} is in Lab colours, which are not read; save it as RGB")
    try:
        see_through = _key_colour(image)
        image.load()
        turn = UPRIGHT.get(orientation(image))
        if turn is not None:
            image = image.transpose(turn)
        if image.mode.startswith("I") or image.mode == "F":
            return _deep(image, see_through)
        if see_through is not None:
            levels = np.asarray(image)
            opacity = (levels != see_through).astype(np.float32)
            return np.asarray(image.convert("L")), opacity
        if image.has_transparency_data:
            levels = np.asarray(image.convert("RGBA"))
            return without_colour(levels[..., :3]), unit(levels[..., 3])
        if image.mode in ("1", "L"):
            return np.asarray(image if image.mode == "L" else image.convert("L")), None
        rgb = image if image.mode == "RGB" else image.convert("RGB")
        return without_colour(np.asarray(rgb)), None
    except Exception as error:
        # Pillow raises a dozen kinds of exception on damaged files, SyntaxError among them.
        raise PictureError(f"{path} cannot be decoded as a picture: it is damaged") from error


def _stream(path: Path | str, most: int) -> BufferedIOBase:
    """The bytes of a picture."""
    if str(path) != "-":
        what, stream = path, files.opened(path)
    else:
        what, stream = "standard input", BytesIO(standard_input(most))
    if stream.seek(0, os.SEEK_END) > longest(most):
        stream.close()
        raise PictureError(
            f"{what} holds more than any picture of {most:,} pixels; shrink it, or allow more with "
            f"`max_pixels`"
        )
    stream.seek(0)
    return stream


@cache
def standard_input(most: int) -> bytes:
    """Standard input, which can be read only once: a byte more at most than such a picture has."""
    return sys.stdin.buffer.read(longest(most) + 1) if sys.stdin else b""


def longest(most: int) -> int:
    """Bytes that the file of a picture of so many pixels may have; Pillow reads some as a whole."""
    return BYTES_A_PIXEL * most + BYTES_BESIDE


def _image(stream: Any, path: Path | str, most: int) -> Any:
    """The image in a stream."""
    # Pillow allocates while it opens some formats. Its own limit, which is twice this, is asked
    # first, and would also be in the way of a larger one that somebody allows.
    Image.MAX_IMAGE_PIXELS = most / 2  # pyright: ignore[reportAttributeAccessIssue]
    what = "standard input" if str(path) == "-" else path
    try:
        image = Image.open(stream, formats=FORMATS)
        if _pixels(image) > most:
            raise Image.DecompressionBombError
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"{what} has more than {most:,} pixels; shrink it, or allow more with `max_pixels`"
        ) from error
    except Exception as error:
        raise PictureError(
            f"{what} is no readable picture; give a {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        ) from error
    return image


def _pixels(image: Any) -> int:
    """How many pixels are decoded: of a TIFF in tiles, those of whole tiles."""
    width, height = image.size
    if image.format != "TIFF":
        return width * height
    _silence_libtiff()
    across, down = (image.tag_v2.get(tag) or 1 for tag in (TILE_WIDTH, TILE_LENGTH))
    # A picture that is yet to be turned tells its size as it will be.
    return max(
        -(-one // across) * across * (-(-other // down) * down)
        for one, other in ((width, height), (height, width))
    )


@cache
def _silence_libtiff() -> None:
    """Keep libtiff's errors from standard error, where it writes them itself, past Python.

    Pillow reports what failed as an exception, and takes care of libtiff's warnings only. Its
    library is the process's one libtiff, and the handler that is taken away here belongs to the
    process: nothing needs to be redirected while other threads write. Where the library hides
    the name, libtiff goes on talking.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(Image.core.__file__).TIFFSetErrorHandler(None)


def _key_colour(image: Any) -> int | None:
    """The grey level that stands for transparent in a PNG, on the scale of the decoded pixels.

    Pillow tells it on the file's scale, which for 2 and 4 bits is another, and does not heed it in
    1 and 16 bits. Of a transparent colour of 16 bits the upper 8 are kept, as of the pixels.
    """
    given = image.info.get("transparency")
    if image.format != "PNG" or given is None:
        return None
    raw = str(image.tile[0][3])
    if isinstance(given, tuple):
        shift = 8 if "16" in raw else 0
        image.info["transparency"] = tuple((value >> shift) & 255 for value in given)
        return None
    if image.mode not in ("1", "L") and not image.mode.startswith("I"):
        return None
    bits = {"1": 1, "L;2": 2, "L;4": 4, "L": 8}.get(raw, 16)
    level = given & ((1 << bits) - 1)
    return level * 255 // ((1 << bits) - 1) if image.mode == "L" else level


def _deep(
    image: Any, see_through: int | None
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """Levels and opacity of whole numbers of 16 and 32 bits, and of floats."""
    tags = getattr(image, "tag_v2", {})
    values = np.asarray(image)
    if values.dtype == np.int32 and tags.get(SAMPLE_FORMAT, (1,))[0] == 1 and tags:
        # Of 32 bits without a sign; Pillow shows the highest as one.
        values = values.view(np.uint32)
    known = np.isfinite(values)
    opacity = None if known.all() else known.astype(np.float32)
    if see_through is not None:
        opacity = (values != see_through).astype(np.float32)
    if not known.any():
        return np.zeros(values.shape, dtype=np.float32), opacity
    if image.mode.startswith("I;"):
        low, high = 0.0, 4095.0 if tags.get(BITS_PER_SAMPLE) == (12,) else 65535.0
    else:
        low, high = _scale(values[known], floats=image.mode == "F")
    levels = (np.where(known, values, low).astype(np.float64) - low) / ((high - low) or 1.0)
    levels = np.clip(levels, 0, 1)
    if tags.get(PHOTOMETRIC) == 0:
        levels = 1 - levels
    return levels.astype(np.float32), opacity


def _scale(values: NDArray[Any], *, floats: bool) -> tuple[float, float]:
    """Which values are black and full in a picture that does not say so."""
    least, largest = float(values.min()), float(values.max())
    if floats and least >= -1 and largest <= 2:
        return 0.0, 1.0
    if floats and least >= 0 and largest <= 255:
        return 0.0, 255.0
    if least >= 0 and largest <= 65535:
        return 0.0, 65535.0
    return least, largest


def without_colour(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One channel, shape (h, w), of a picture whose three are the same; else all of them."""
    if levels.ndim == 2:
        return levels
    # One row tells of most that they have colours.
    same = (levels[:1] == levels[:1, :, :1]).all() and (levels == levels[..., :1]).all()
    return levels[..., 0] if same else levels


def unit(levels: NDArray[Any]) -> NDArray[np.float32]:
    """Levels of 0 to 255 as 0 to 1; those that are so already as they are."""
    return levels if levels.dtype == np.float32 else np.divide(levels, 255, dtype=np.float32)
