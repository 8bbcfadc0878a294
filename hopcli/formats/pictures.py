"""Pictures: reading, resizing and writing. Only this module and decoding.py use Pillow."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hopcli.errors import ParameterError, PictureError
from hopcli.formats import decoding
from hopcli.formats.decoding import WRITTEN
from hopcli.formats.decoding import quietly as quietly
from hopcli.formats.decoding import without_colour as without_colour
from hopcli.formats.limits import MOST_PIXELS
from hopcli.storage.atomic import replacing

# Formats that can hold transparent pixels.
TRANSPARENT = ("PNG", "WEBP", "TIFF")
# Red, green and blue.
WHITE = (1.0, 1.0, 1.0)
# The least opacity of a known pixel of a cue.
KNOWN_FROM = 0.5
FRAME_MILLISECONDS = 80
LAST_FRAME_MILLISECONDS = 1500
# The luma of a colour (ITU-R BT.601).
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Picture:
    """A picture as levels from 0 (black) to 1 (white).

    Attributes:
        pixels: float32 of shape (h, w), grey, or (h, w, 3), red, green and blue.
        opacity: from 0 (transparent) to 1, float32 of shape (h, w); None if all are opaque.
        more: whether the file has further frames, which were not read.
    """

    pixels: NDArray[np.float32]
    opacity: NDArray[np.float32] | None = None
    more: bool = False

    @property
    def known(self) -> NDArray[np.bool_]:
        """True for the pixels that are at least half opaque, shape (h, w)."""
        if self.opacity is None:
            return np.ones(self.pixels.shape[:2], dtype=bool)
        return self.opacity >= KNOWN_FROM

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def gray(self) -> NDArray[np.float32]:
        """The grey levels, shape (h, w)."""
        return self.pixels if self.pixels.ndim == 2 else self.pixels @ LUMA

    @property
    def rgb(self) -> NDArray[np.float32]:
        """The red, green and blue levels, shape (h, w, 3)."""
        return self.pixels if self.pixels.ndim == 3 else np.repeat(self.pixels[..., None], 3, 2)

    @property
    def least_mode(self) -> str:
        """The simplest mode that holds all known pixels: binary, gray or rgb."""
        gray = self.gray if self.opacity is None else self.gray[self.known]
        if not gray.size or ((gray == gray.min()) | (gray == gray.max())).all():
            return "binary"
        return "rgb" if self.coloured else "gray"

    @property
    def coloured(self) -> bool:
        """Whether any known pixel is not grey."""
        if self.pixels.ndim == 2:
            return False
        pixels = self.pixels if self.opacity is None else self.pixels[self.known]
        return bool((pixels != pixels[..., :1]).any())


def size_of(path: Path, *, most: int = MOST_PIXELS) -> tuple[int, int]:
    """Return width and height of a picture, turned upright, without decoding it.

    Raises:
        PictureError: Pillow cannot read the file, or the picture has more than `most` pixels.
    """
    with quietly(), decoding.opened(path, most) as image:
        width, height = image.size
        return (height, width) if decoding.orientation(image) >= 5 else (width, height)


def read(path: Path, *, most: int = MOST_PIXELS) -> Picture:
    """Read the first frame of a picture, turned upright; `-` reads standard input.

    Raises:
        PictureError: Pillow cannot read the file, or the picture has more than `most` pixels.
    """
    with quietly():
        found = read_plainly(path, most=most)
    return found if isinstance(found, Picture) else of_levels(found)


def read_plainly(
    path: Path | str, content: bytes | None = None, *, most: int = MOST_PIXELS
) -> NDArray[np.uint8] | Picture:
    """Read a picture like `read`, without converting plain levels; to be called in `quietly`.

    Args:
        path: of the file; "-" for standard input.
        content: of the file, if it has been read.
        most: the most pixels that the picture may have.

    Returns:
        Levels from 0 to 255, uint8 of shape (h, w), or (h, w, 3) if there are colours; a Picture
        if it has transparent pixels or more than 8 bits.

    Raises:
        PictureError: Pillow cannot read the file, or the picture has more pixels.
    """
    with decoding.opened(path, most, content) as image:
        more = decoding.has_more(image)
        levels, opacity = decoding.decode(image, path)
    return _plain(levels, opacity, more=more)


def read_frames(path: Path | str, *, most: int = MOST_PIXELS) -> list[NDArray[np.uint8] | Picture]:
    """Read all frames or pages of a picture, each as `read_plainly` returns it.

    Args:
        path: of the file; "-" for standard input.
        most: the most pixels that all together may have.

    Raises:
        PictureError: Pillow cannot read the file, or the frames have more pixels.
    """
    found: list[NDArray[np.uint8] | Picture] = []
    with decoding.opened(path, most) as image:
        count, pixels = decoding.frames(image), 0
        for number in range(count):
            pixels += decoding.sought(image, number, path)
            if pixels > most:
                raise PictureError(
                    f"{path} has {count} frames of more than {most:,} pixels together; allow more "
                    f"with `max_pixels`, or leave `frames=all` out"
                )
            found.append(_plain(*decoding.decode(image, path)))
    return found


def _plain(
    levels: NDArray[Any], opacity: NDArray[np.float32] | None, *, more: bool = False
) -> NDArray[np.uint8] | Picture:
    """Return plain levels as they are, and others as a Picture."""
    if opacity is None and levels.dtype == np.uint8 and not more:
        return levels
    return Picture(decoding.unit(levels), opacity, more)


def of_image(image: Any, name: str) -> Picture:
    """Convert a Pillow image.

    Raises:
        PictureError: it is not an image, or of a mode that is not read.
    """
    if not isinstance(image, Image.Image):
        raise PictureError(
            f"{name} is of type {type(image).__name__}; give a path, a Pillow picture or an array"
        )
    if not image.width or not image.height:
        raise PictureError(f"{name} is a picture without pixels; give another")
    with quietly():
        levels, opacity = decoding.decode(image.copy(), name)
    return Picture(decoding.unit(levels), opacity)


def of_levels(levels: NDArray[np.uint8]) -> Picture:
    """Return an opaque picture with levels from 0 to 255, of shape (h, w) or (h, w, 3)."""
    return Picture(decoding.unit(levels))


def colour(text: str) -> tuple[float, float, float]:
    """Return the red, green and blue levels of a colour, a name or #rrggbb as in CSS.

    Raises:
        ParameterError: it is not a colour.
    """
    # Imported here, as the list of names is seldom needed.
    from PIL import ImageColor

    try:
        red, green, blue = (level / 255 for level in ImageColor.getrgb(text))
    except ValueError as error:
        raise ParameterError(
            "background", text, "it takes a colour", "try white, gray or #ffcc00"
        ) from error
    return red, green, blue


def first_only(what: str, remedy: str) -> str:
    """Return the note for a picture whose other frames were not read."""
    return f"only the first frame of {what} was taken{remedy}"


def on_background(picture: Picture, background: tuple[float, float, float] = WHITE) -> Picture:
    """Lay a picture over a background; the result is opaque.

    Each level is opacity · level + (1 − opacity) · background.

    Args:
        picture: any.
        background: red, green and blue levels.
    """
    if picture.opacity is None:
        return picture
    red, green, blue = background
    opacity, pixels = picture.opacity, picture.pixels
    behind: Any = np.float32(red)
    if pixels.ndim == 3 or not red == green == blue:
        opacity, pixels = opacity[..., None], picture.rgb
        behind = np.array(background, dtype=np.float32)
    return Picture((opacity * pixels + (1 - opacity) * behind).astype(np.float32, copy=False))


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resize a picture to (width, height) by means weighted with opacity.

    Each new pixel is the mean of the old ones below it, and its opacity is their mean opacity.
    """
    if picture.size == size:
        return picture

    def shrink(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))

    channels = np.atleast_3d(picture.pixels)
    if picture.opacity is None:
        means = [shrink(channels[..., c]) for c in range(channels.shape[2])]
        opacity = None
    else:
        opacity = shrink(picture.opacity)
        means = [
            shrink(channels[..., c] * picture.opacity) / np.maximum(opacity, 1e-6)
            for c in range(channels.shape[2])
        ]
    pixels = np.clip(np.dstack(means), 0, 1).astype(np.float32)
    return Picture(pixels[..., 0] if picture.pixels.ndim == 2 else pixels, opacity)


def write(pixels: NDArray[np.floating], path: Path, *, two_levels: bool = False) -> None:
    """Write levels as a picture.

    Args:
        pixels: shape (h, w) or (h, w, 3), clipped to [0, 1]; NaN is transparent.
        path: its extension names the format; "-" for a PNG on standard output.
        two_levels: whether to write one bit a pixel if none is transparent.

    Raises:
        PictureError: the extension is not that of a picture, or its format has no transparency.
    """
    picture = image(pixels, two_levels=two_levels)
    if str(path) == "-":
        picture.save(sys.stdout.buffer, format="PNG")
        sys.stdout.buffer.flush()
        return
    kind = check_name(path)
    if picture.mode in ("LA", "RGBA") and kind not in TRANSPARENT:
        raise PictureError(f"{path} cannot hold transparent pixels; end its name in .png")
    with replacing(path) as stream:
        picture.save(stream, format=kind)


def check_name(path: Path) -> str:
    """Return the picture format that the extension of a path names.

    Raises:
        PictureError: it names none.
    """
    kind = Image.registered_extensions().get(path.suffix.lower())
    if kind is None or kind not in WRITTEN:
        raise PictureError(
            f"{path} was given as output, but its ending names no kind of picture; end it in .png"
        )
    return kind


def _bytes(pixels: NDArray[np.floating], unknown: float) -> NDArray[np.uint8]:
    """Convert levels to 0 to 255, clipped; NaN becomes the level `unknown`."""
    levels = np.where(np.isnan(pixels), unknown, np.clip(pixels, 0, 1))
    return np.rint(levels * 255).astype(np.uint8)


def image(pixels: NDArray[np.floating], *, two_levels: bool = False) -> Image.Image:
    """Convert levels to a Pillow image.

    Args:
        pixels: shape (h, w) or (h, w, 3), clipped to [0, 1]; NaN is transparent.
        two_levels: whether to hold one bit a pixel if none is transparent.
    """
    levels = _bytes(pixels, unknown=1.0)
    hidden = np.isnan(pixels)
    if hidden.any():
        hidden = hidden if hidden.ndim == 2 else hidden.any(axis=2)
        return Image.fromarray(np.dstack([levels, np.where(hidden, 0, 255).astype(np.uint8)]))
    whole = Image.fromarray(levels)
    return whole.convert("1", dither=Image.Dither.NONE) if two_levels else whole


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
