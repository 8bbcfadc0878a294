"""Decoding of pictures by Pillow, within limits, to levels.

| mode of Pillow | levels |
| --- | --- |
| 1, L, LA, RGB, RGBA | out of 255 |
| P, PA | those of the palette |
| CMYK, YCbCr | those of RGB, to which Pillow converts them |
| I;16 (both byte orders) | out of 65,535; out of 4,095 where a TIFF says 12 bits |
| I | out of 65,535 |
| F | out of 1, 255 or 65,535: the least of these that no value exceeds |

Of RGB with 16 bits Pillow keeps the upper 8. Whole numbers of 32 bits and floats have no defined
maximum. Mode I is read as 16 bits, which it mostly holds (a PGM of 16 bits is one). Floats from −1
to 2 are levels in [0, 1] that noise or resampling may have moved outside; they are clipped, as in
arrays. If a picture has other values (negative ones, or above 65,535), its least value is black and
its largest is white. Floats that are not finite are unknown pixels. A TIFF in which 0 is white is
inverted.
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

# The formats of Pillow that are written, and read whatever the file's name.
WRITTEN = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM", "TIFF")
FORMATS = (*WRITTEN, "AVIF", "ICO", "JPEG2000", "PCX", "QOI", "XBM", "DDS")
# Formats that are read of files with these extensions only: TGA has no signature, and HEIF is
# registered when such a file is met.
BY_EXTENSION = {
    ".tga": "TGA", ".icb": "TGA", ".vda": "TGA", ".vst": "TGA", ".heic": "HEIF", ".heif": "HEIF",
    ".hif": "HEIF",
}  # fmt: skip
# The formats of Pillow that are not read, and why.
UNREAD = {
    "BLP": "textures of a game",
    "BUFR": "only recognised by Pillow",
    "CUR": "pointers, of which ICO is the picture",
    "DCX": "pages of PCX, without a use of today",
    "DIB": "BMP without its head, found in memory rather than in files",
    "EPS": "a program, run by Ghostscript",
    "FITS": "numbers of telescopes without a scale",
    "FLI": "animations without a use of today",
    "FTEX": "textures of a game",
    "GBR": "brushes of a painting program",
    "GRIB": "only recognised by Pillow",
    "HDF5": "only recognised by Pillow",
    "ICNS": "icons of macOS; sips writes them as PNG",
    "IM": "numbers without a scale",
    "IMT": "without a signature",
    "IPTC": "a container",
    "MCIDAS": "numbers of satellites without a scale",
    "MPEG": "only recognised by Pillow",
    "MPO": "JPEG with further pictures; read as JPEG",
    "MSP": "without a use of today",
    "PCD": "decoded in one size only",
    "PIXAR": "without a use of today",
    "PSD": "layers",
    "SGI": "without a use of today",
    "SPIDER": "numbers without a scale",
    "SUN": "without a use of today",
    "WMF": "drawn by Windows only",
    "XPM": "source code of C",
    "XVTHUMB": "thumbnails of another picture",
}
# Twice the bytes of a pixel in any format, and space for metadata.
BYTES_A_PIXEL = 16
BYTES_BESIDE = 2**24
# Keys of Pillow's `info` that may hold an orientation.
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

# Without a handler Python would print what Pillow logs.
logging.getLogger("PIL").addHandler(logging.NullHandler())


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Suppress the warnings of Pillow while pictures are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def opened(path: Path | str, most: int, content: bytes | None = None) -> Iterator[Any]:
    """Open a picture without decoding it.

    Args:
        path: of the file; "-" for standard input.
        most: the most pixels that it may have, which its header tells.
        content: of the file, if it has been read.

    Raises:
        PictureError: Pillow cannot read it, or it has more pixels.
    """
    source = _stream(path, most) if content is None else BytesIO(content)
    with source as stream, _image(stream, path, most) as image:
        yield image


def orientation(image: Any) -> int:
    """Return the orientation in an image's header, 1 to 8 as in EXIF.

    It is 1 for a TIFF, which Pillow turns upright itself.
    """
    if image.format == "TIFF" or not any(key in image.info for key in EXIF):
        return 1
    try:
        # The method of PNG images would decode them first.
        return int(Image.Image.getexif(image).get(ORIENTATION, 1))
    except Exception:
        # A picture with damaged EXIF is read as if it had none.
        return 1


def decode(image: Any, path: Path | str) -> tuple[NDArray[Any], NDArray[np.float32] | None]:
    """Decode the first frame of an image, turned upright.

    Returns:
        Levels, grey of shape (h, w) or coloured of shape (h, w, 3): uint8 out of 255, or float32
        out of 1; and the opacity of each pixel, float32 from 0 to 1 of shape (h, w), or None if
        all are opaque.

    Raises:
        PictureError: the image is damaged, or of a mode that is not read.
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


def has_more(image: Any) -> bool:
    """Tell whether an image has a second frame."""
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:
        return False


def frames(image: Any) -> int:
    """Return the number of frames of an image; 1 if its file is damaged behind the first."""
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:
        return 1


def sought(image: Any, number: int, path: Path | str) -> int:
    """Move an image to one of its frames, and return how many pixels that has.

    Raises:
        PictureError: the file is damaged there.
    """
    try:
        image.seek(number)
        return _pixels(image)
    except Exception as error:
        raise PictureError(f"{path} is damaged at frame {number}; give the whole file") from error


def _stream(path: Path | str, most: int) -> BufferedIOBase:
    """Open the file of a picture, and refuse one that is longer than any with so many pixels."""
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
    """Read standard input, once for all calls, up to a byte more than a picture may have."""
    return sys.stdin.buffer.read(longest(most) + 1) if sys.stdin else b""


def longest(most: int) -> int:
    """Return the most bytes of a picture file; Pillow reads files of some formats as a whole."""
    return BYTES_A_PIXEL * most + BYTES_BESIDE


def _image(stream: Any, path: Path | str, most: int) -> Any:
    """Open the image in a stream, and refuse one with more pixels."""
    # Pillow allocates while it opens files of some formats, after checking its own limit, which is
    # twice this number.
    Image.MAX_IMAGE_PIXELS = most / 2  # pyright: ignore[reportAttributeAccessIssue]
    what = "standard input" if str(path) == "-" else path
    try:
        own = BY_EXTENSION.get(os.path.splitext(path)[1].lower())  # noqa: PTH122
        image = Image.open(stream, formats=FORMATS if own is None else (*FORMATS, own))
        if _pixels(image) > most:
            raise Image.DecompressionBombError
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"{what} has more than {most:,} pixels; shrink it, or allow more with `max_pixels`"
        ) from error
    except Exception as error:
        raise PictureError(
            f"{what} is no readable picture; give a {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, an "
            f"array (.npy, .npz, .mat, idx), a table (.csv) or letters drawn in text (.txt)"
        ) from error
    return image


def _pixels(image: Any) -> int:
    """Return the number of pixels that are decoded; in a TIFF of tiles, those of whole tiles."""
    width, height = image.size
    if image.format != "TIFF":
        return width * height
    _silence_libtiff()
    across, down = (image.tag_v2.get(tag) or 1 for tag in (TILE_WIDTH, TILE_LENGTH))
    # If the picture is still to be turned, this size is the one that it will have.
    return max(
        -(-one // across) * across * (-(-other // down) * down)
        for one, other in ((width, height), (height, width))
    )


@cache
def _silence_libtiff() -> None:
    """Stop libtiff from writing errors to standard error; Pillow reports them as exceptions.

    This removes the error handler of the process's libtiff. It has no effect where Pillow's
    library does not export the function.
    """
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(Image.core.__file__).TIFFSetErrorHandler(None)


def _key_colour(image: Any) -> int | None:
    """Return the grey level that is transparent in a PNG, on the scale of the decoded pixels.

    Pillow gives it on the file's scale, which differs for 2 and 4 bits, and ignores it for 1 and
    16 bits. A transparent colour of 16 bits is reduced to the upper 8 in `image.info`, as Pillow
    reduces the pixels.
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
    """Return levels and opacity of an image of 16 or 32 bits, or of floats."""
    tags = getattr(image, "tag_v2", {})
    values = np.asarray(image)
    if values.dtype == np.int32 and tags.get(SAMPLE_FORMAT, (1,))[0] == 1 and tags:
        # Unsigned 32 bits, which Pillow gives as signed.
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
    """Return the values that are black and white in a picture without a defined maximum."""
    least, largest = float(values.min()), float(values.max())
    if floats and least >= -1 and largest <= 2:
        return 0.0, 1.0
    if floats and least >= 0 and largest <= 255:
        return 0.0, 255.0
    if least >= 0 and largest <= 65535:
        return 0.0, 65535.0
    return least, largest


def without_colour(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return one channel, shape (h, w), if all three are equal, else the levels as they are."""
    if levels.ndim == 2:
        return levels
    # The first row of most coloured pictures has colours.
    same = (levels[:1] == levels[:1, :, :1]).all() and (levels == levels[..., :1]).all()
    return levels[..., 0] if same else levels


def unit(levels: NDArray[Any]) -> NDArray[np.float32]:
    """Convert levels from 0 to 255 to 0 to 1; float32 levels are returned as they are."""
    return levels if levels.dtype == np.float32 else np.divide(levels, 255, dtype=np.float32)
