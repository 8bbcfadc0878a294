"""Pictures a little out of place, as another hand or camera would have put them."""

import numpy as np
from numpy.typing import NDArray

# A side of so many pixels allows for one of them, and a longer one for more.
SIDE = 28


def displaced(
    levels: NDArray[np.uint8], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Pictures, each moved by whole pixels in both directions; what it bares repeats the border.

    By up to a 28th of each side, rounded: one pixel for digits of 28×28, none for sides below 14
    or for the rows of an array, which are no pictures.

    Args:
        levels: shape (pictures, N).
        shape: of each, [h, w] or [h, w, 3].
        rng: chooses how far.
    """
    height, width = shape[:2]
    if 1 in (height, width):
        return levels
    down, across = round(height / SIDE), round(width / SIDE)
    if not (down or across):
        return levels
    rows, columns = (
        np.clip(np.arange(side) + rng.integers(-most, most + 1, (len(levels), 1)), 0, side - 1)
        for side, most in ((height, down), (width, across))
    )
    pictures = levels.reshape(len(levels), *shape)
    which = np.arange(len(levels))[:, None, None]
    moved = pictures[which, rows[:, :, None], columns[:, None, :]]
    return moved.reshape(levels.shape)
