"""Pictures in files; the only room that knows Pillow."""

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from hopcli.errors import PictureError
from hopcli.storage.atomic import replacing

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "PPM", "TIFF")
FRAME_MILLISECONDS = 80
LAST_FRAME_MILLISECONDS = 1500


@dataclass(frozen=True)
class Picture:
    """A picture as grey levels.

    Attributes:
        gray: 0 for black to 1 for white, float32 of shape (h, w).
        known: False where the picture is transparent, shape (h, w).
    """

    gray: NDArray[np.float32]
    known: NDArray[np.bool_]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.gray.shape[1], self.gray.shape[0]

    @property
    def levels(self) -> int:
        """How many grey levels the known pixels have."""
        return len(np.unique(self.gray[self.known]))


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it is shown, without decoding it.

    Raises:
        PictureError: Pillow cannot read it.
    """
    with _opened(path) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) >= 5
        return (height, width) if turned else (width, height)


def read(path: Path) -> Picture:
    """Read a picture (`-`: from standard input), upright, its first frame.

    Raises:
        PictureError: Pillow cannot read it.
    """
    with _opened(path) as image:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                upright = ImageOps.exif_transpose(image)
                return _picture(upright)
        except Exception as error:
            # Pillow raises a dozen kinds of exception on damaged files, SyntaxError among them.
            raise PictureError(f"{path} cannot be decoded as a picture: it is damaged") from error


@cache
def _standard_input() -> bytes:
    """All of standard input, which can be read only once."""
    return sys.stdin.buffer.read()


def _opened(path: Path) -> Any:
    """The picture's file, opened but not decoded."""
    if str(path) != "-" and not path.exists():
        raise PictureError(f"there is no file {path}; check its name")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(
                BytesIO(_standard_input()) if str(path) == "-" else path, formats=FORMATS
            )
    except PermissionError as error:
        raise PictureError(f"{path} may not be read; check its permissions") from error
    except Exception as error:
        what = "standard input" if str(path) == "-" else path
        raise PictureError(
            f"{what} is no readable picture; give a {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        ) from error


def _picture(image: Image.Image) -> Picture:
    """Grey levels and transparency of any mode of Pillow's."""
    if image.mode.startswith("I") or image.mode == "F":
        # convert("L") would clip these instead of scaling them.
        values = np.asarray(image, dtype=np.float64)
        top = 1.0 if image.mode == "F" and values.max() <= 1 else 65535.0
        if image.mode == "F" and 1 < values.max() <= 255:
            top = 255.0
        gray = np.clip(values / top, 0, 1).astype(np.float32)
        return Picture(gray, np.ones(gray.shape, dtype=bool))
    if "A" not in image.getbands() and "transparency" not in image.info:
        gray = _unit(np.asarray(image.convert("L")))
        return Picture(gray, np.ones(gray.shape, dtype=bool))
    levels = np.asarray(image.convert("RGBA").convert("LA"))
    return Picture(_unit(levels[..., 0]), levels[..., 1] >= 128)


def _unit(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Levels of 0 to 255 as 0 to 1."""
    return np.divide(levels, 255, dtype=np.float32)


def on_white(picture: Picture) -> Picture:
    """The picture with its transparent pixels white, and all of them known."""
    return Picture(
        np.where(picture.known, picture.gray, np.float32(1)), np.ones_like(picture.known)
    )


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
    gray = shrink(picture.gray * known) / np.maximum(share, 1e-6)
    return Picture(np.clip(gray, 0, 1).astype(np.float32), share >= 0.5)


def _image(pixels: NDArray[np.int8]) -> Image.Image:
    """±1 as white and black, shape (h, w); with 0, unknown, as transparent pixels."""
    gray = np.where(pixels > 0, np.uint8(255), np.uint8(0))
    if (pixels != 0).all():
        return Image.fromarray(gray).convert("1", dither=Image.Dither.NONE)
    return Image.fromarray(np.dstack([gray, np.where(pixels != 0, np.uint8(255), np.uint8(0))]))


def write(pixels: NDArray[np.int8], path: Path) -> None:
    """Write ±1 (0: transparent) of shape (h, w) as a picture; `-`: a PNG to standard output.

    Raises:
        PictureError: the name's ending is that of no picture, or of one that cannot be transparent.
    """
    image = _image(pixels)
    if str(path) == "-":
        image.save(sys.stdout.buffer, format="PNG")
        sys.stdout.buffer.flush()
        return
    kind = Image.registered_extensions().get(path.suffix.lower())
    if kind not in FORMATS:
        raise PictureError(
            f"{path} was given as output, but its ending names no kind of picture; end it in .png"
        )
    if image.mode == "LA" and kind not in ("PNG", "WEBP", "TIFF"):
        raise PictureError(f"{path} cannot hold transparent pixels; end its name in .png")
    with replacing(path) as stream:
        image.save(stream, format=kind)


def write_gif(film: Sequence[NDArray[np.int8]], path: Path, *, scale: int) -> None:
    """Write states of shape (h, w) as an animation, enlarged; unknown pixels are grey."""
    frames = []
    for pixels in film:
        gray = np.choose(pixels + 1, [0, 128, 255]).astype(np.uint8)
        frames.append(Image.fromarray(gray.repeat(scale, axis=0).repeat(scale, axis=1)))
    durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [LAST_FRAME_MILLISECONDS]
    with replacing(path) as stream:
        frames[0].save(
            stream, format="GIF", save_all=True, append_images=frames[1:], duration=durations,
            loop=0,
        )  # fmt: skip
