"""States as Pillow pictures, and pictures as notebooks show them."""

import math
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

# Notebooks show pictures enlarged to at least this width, in whole multiples of their pixels.
WIDTH = 192
# Between the pictures of a contact sheet: pixels, and their level.
GAP, GROUND = 1, 0.5


def picture_of(state: NDArray[Any], mode: str, shape: tuple[int, ...]) -> "Image":
    """Make a Pillow picture of a state; unknown pixels are transparent.

    Args:
        state: shape (N,): ±1 and 0 where unknown, or levels and NaN where unknown.
        mode: binary, gray or rgb.
        shape: of a pattern.
    """
    from hopcli.formats.pictures import image
    from hopcli.storage.memory_file import to_levels

    return image(to_levels(state, mode, shape), two_levels=mode == "binary")


def png_of(picture: "Image") -> bytes:
    """Return the bytes of a PNG, the picture enlarged so that its pixels can be seen."""
    scale = max(1, -(-WIDTH // max(1, picture.width)))
    stream = BytesIO()
    picture.resize((picture.width * scale, picture.height * scale), 0).save(stream, format="PNG")
    return stream.getvalue()


def contact_sheet(levels: "Sequence[NDArray[Any]]") -> "Image":
    """Make one picture of several of the same shape, (h, w) or (h, w, 3), in rows."""
    from hopcli.formats.pictures import image

    height, width, *colours = levels[0].shape
    columns = math.ceil(math.sqrt(len(levels) * height / width))
    rows = -(-len(levels) // columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, *colours), GROUND)
    for number, picture in enumerate(levels):
        top, left = (number // columns) * (height + GAP), (number % columns) * (width + GAP)
        sheet[top : top + height, left : left + width] = np.nan_to_num(picture, nan=GROUND)
    return image(sheet)
