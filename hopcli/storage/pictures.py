"""Pictures in files; the only room that knows Pillow."""

import contextlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from hopcli.errors import PictureError
from hopcli.storage import files
from hopcli.storage.atomic import replacing

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM", "TIFF")
# Of these formats, those that hold transparent pixels.
TRANSPARENT = ("PNG", "WEBP", "TIFF")
FRAME_MILLISECONDS = 80
LAST_FRAME_MILLISECONDS = 1500
# The luma of a colour (ITU-R BT.601).
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Picture:
    """A picture as levels from 0 for black to 1 for full.

    Attributes:
        pixels: float32 of shape (h, w), grey, or (h, w, 3), red, green and blue.
        known: False where the picture is transparent, shape (h, w).
    """

    pixels: NDArray[np.float32]
    known: NDArray[np.bool_]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def gray(self) -> NDArray[np.float32]:
        """Its grey levels, shape (h, w)."""
        return self.pixels if self.pixels.ndim == 2 else self.pixels @ LUMA

    @property
    def rgb(self) -> NDArray[np.float32]:
        """Its red, green and blue levels, shape (h, w, 3)."""
        return self.pixels if self.pixels.ndim == 3 else np.repeat(self.pixels[..., None], 3, 2)

    @property
    def levels(self) -> int:
        """How many levels the known pixels have."""
        return len(np.unique(self.gray[self.known]))

    @property
    def least_mode(self) -> str:
        """The least mode that holds all of it: binary, gray or rgb."""
        return "binary" if self.levels <= 2 else "rgb" if self.coloured else "gray"

    @property
    def coloured(self) -> bool:
        """Whether any known pixel is of a colour that is no grey."""
        if self.pixels.ndim == 2:
            return False
        known = self.pixels[self.known]
        return bool((known != known[:, :1]).any())


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep Pillow's warnings to itself while pictures are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it is shown.

    Raises:
        PictureError: Pillow cannot read it.
    """
    with quietly(), _opened(path) as image, _decoding(path):
        return _shown_size(image)


def read(path: Path) -> Picture:
    """Read a picture (`-`: from standard input), upright, its first frame.

    Raises:
        PictureError: Pillow cannot read it.
    """
    with quietly(), _opened(path) as image, _decoding(path):
        return _picture(ImageOps.exif_transpose(image))


def read_plainly(path: Path | str, content: bytes | None = None) -> NDArray[np.uint8] | Picture:
    """Read a picture, like `read` but within `quietly`, and to levels of 0 to 255 where they do.

    Args:
        path: where it is.
        content: of the file, if it has been read.

    Returns:
        Levels of shape (h, w), or (h, w, 3) where there are colours; or a Picture, if it has
        transparent pixels or finer levels.

    Raises:
        PictureError: Pillow cannot read it.
    """
    with _opened(path, content) as image, _decoding(path):
        image.load()
        levels = _levels(image) if _orientation(image) == 1 else None
        return _picture(ImageOps.exif_transpose(image)) if levels is None else levels


@contextlib.contextmanager
def _decoding(path: Path | str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Pillow raises a dozen kinds of exception on damaged files, SyntaxError among them.
        raise PictureError(f"{path} cannot be decoded as a picture: it is damaged") from error


def _orientation(image: Image.Image) -> int:
    return image.getexif().get(0x0112, 1)


def _shown_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _orientation(image) >= 5 else (width, height)


@cache
def _standard_input() -> bytes:
    """All of standard input, which can be read only once."""
    return sys.stdin.buffer.read()


def _opened(path: Path | str, content: bytes | None = None) -> Any:
    """The picture's file, opened but not decoded."""
    if str(path) == "-":
        content = _standard_input()
    if content is None:
        files.require(path)
    try:
        return Image.open(path if content is None else BytesIO(content), formats=FORMATS)
    except PermissionError as error:
        raise PictureError(f"{path} may not be read; check its permissions") from error
    except Exception as error:
        what = "standard input" if str(path) == "-" else path
        raise PictureError(
            f"{what} is no readable picture; give a {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        ) from error


def _picture(image: Image.Image) -> Picture:
    """Levels and transparency of any mode of Pillow's."""
    if image.mode.startswith("I") or image.mode == "F":
        # convert("L") would clip these instead of scaling them.
        values = np.asarray(image, dtype=np.float64)
        top = 1.0 if image.mode == "F" and values.max() <= 1 else 65535.0
        if image.mode == "F" and 1 < values.max() <= 255:
            top = 255.0
        levels = np.clip(values / top, 0, 1).astype(np.float32)
        return Picture(levels, np.ones(levels.shape, dtype=bool))
    plain = _levels(image)
    if plain is not None:
        return of_levels(plain)
    levels = np.asarray(image.convert("RGBA"))
    return Picture(_unit(without_colour(levels[..., :3])), levels[..., 3] >= 128)


def of_levels(levels: NDArray[np.uint8]) -> Picture:
    """A picture of levels from 0 to 255, (h, w) or (h, w, 3), all of them known."""
    return Picture(_unit(levels), np.ones(levels.shape[:2], dtype=bool))


def _levels(image: Image.Image) -> NDArray[np.uint8] | None:
    """Levels of a picture without transparent pixels; None if it has some, or finer levels."""
    if image.mode[0] in "IF" or "A" in image.getbands() or "transparency" in image.info:
        return None
    if image.mode in ("1", "L"):
        return np.asarray(image if image.mode == "L" else image.convert("L"))
    return without_colour(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))


def without_colour(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One channel, shape (h, w), of a picture whose three are the same; else all of them."""
    if levels.ndim == 2:
        return levels
    # One row tells of most that they have colours.
    same = (levels[:1] == levels[:1, :, :1]).all() and (levels == levels[..., :1]).all()
    return levels[..., 0] if same else levels


def _unit(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Levels of 0 to 255 as 0 to 1."""
    return np.divide(levels, 255, dtype=np.float32)


def on_white(picture: Picture) -> Picture:
    """The picture with its transparent pixels white, and all of them known."""
    known = picture.known if picture.pixels.ndim == 2 else picture.known[..., None]
    white = np.where(known, picture.pixels, np.float32(1))
    return Picture(white, np.ones_like(picture.known))


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resize to (width, height), each pixel the mean of the known ones that it covers.

    A pixel is known if at least half of what it covers is.
    """
    if picture.size == size:
        return picture

    def shrink(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))

    known = picture.known.astype(np.float32)
    share = shrink(known)
    channels = np.atleast_3d(picture.pixels)
    means = [
        shrink(channels[..., c] * known) / np.maximum(share, 1e-6) for c in range(channels.shape[2])
    ]
    pixels = np.clip(np.dstack(means), 0, 1).astype(np.float32)
    return Picture(pixels[..., 0] if picture.pixels.ndim == 2 else pixels, share >= 0.5)


def write(pixels: NDArray[np.floating], path: Path, *, two_levels: bool = False) -> None:
    """Write levels, clipped to [0, 1] (NaN: transparent), as a picture; `-`: a PNG to the output.

    Args:
        pixels: shape (h, w) or (h, w, 3).
        path: its ending names the format.
        two_levels: whether to write one bit a pixel where none is transparent.

    Raises:
        PictureError: the name's ending is that of no picture, or of one that cannot be transparent.
    """
    image = _image(pixels, two_levels=two_levels)
    if str(path) == "-":
        image.save(sys.stdout.buffer, format="PNG")
        sys.stdout.buffer.flush()
        return
    kind = Image.registered_extensions().get(path.suffix.lower())
    if kind not in FORMATS:
        raise PictureError(
            f"{path} was given as output, but its ending names no kind of picture; end it in .png"
        )
    if image.mode in ("LA", "RGBA") and kind not in TRANSPARENT:
        raise PictureError(f"{path} cannot hold transparent pixels; end its name in .png")
    with replacing(path) as stream:
        image.save(stream, format=kind)


def _bytes(pixels: NDArray[np.floating], unknown: float) -> NDArray[np.uint8]:
    """Levels as 0 to 255, clipped, `unknown` where NaN."""
    levels = np.where(np.isnan(pixels), unknown, np.clip(pixels, 0, 1))
    return np.rint(levels * 255).astype(np.uint8)


def _image(pixels: NDArray[np.floating], *, two_levels: bool) -> Image.Image:
    levels = _bytes(pixels, unknown=1.0)
    hidden = np.isnan(pixels)
    if hidden.any():
        hidden = hidden if hidden.ndim == 2 else hidden.any(axis=2)
        return Image.fromarray(np.dstack([levels, np.where(hidden, 0, 255).astype(np.uint8)]))
    image = Image.fromarray(levels)
    return image.convert("1", dither=Image.Dither.NONE) if two_levels else image


def write_gif(film: Sequence[NDArray[np.floating]], path: Path, *, scale: int) -> None:
    """Write pictures of shape (h, w) or (h, w, 3) as an animation, enlarged; NaN becomes grey."""
    frames = []
    for pixels in film:
        levels = _bytes(pixels, unknown=0.5).repeat(scale, axis=0).repeat(scale, axis=1)
        frames.append(Image.fromarray(levels))
    durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [LAST_FRAME_MILLISECONDS]
    with replacing(path) as stream:
        frames[0].save(
            stream, format="GIF", save_all=True, append_images=frames[1:], duration=durations,
            loop=0,
        )  # fmt: skip
