"""Pictures a little out of place, as another hand or camera would have put them."""

import numpy as np
from numpy.typing import NDArray

# A side of so many pixels allows for a move by one of them, and a longer one for more.
SIDE = 28
# The deviation of each entry of the matrix by which pictures are turned, sheared and stretched.
DEVIATION = 0.1


def displaced(
    levels: NDArray[np.uint8], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Pictures, each turned, sheared, stretched and moved a little.

    A pixel becomes the one nearest to where a matrix near 1 puts it, and beyond the border the one
    at the border; so levels stay whole. Moves are by up to a 28th of each side, rounded: one pixel
    for digits of 28×28. The rows of an array, which are no pictures, stay as they are.

    Args:
        levels: shape (pictures, N).
        shape: of each, [h, w] or [h, w, 3].
        rng: chooses how.
    """
    height, width = shape[:2]
    if 1 in (height, width):
        return levels
    matrices = np.eye(2) + DEVIATION * rng.standard_normal((len(levels), 2, 2))
    # From the middle of the picture.
    up, left = np.ogrid[:height, :width]
    places = up - (height - 1) / 2, left - (width - 1) / 2
    rows, columns = (_nearest(matrices[:, axis], places, shape[axis], rng) for axis in range(2))
    pictures = levels.reshape(len(levels), *shape)
    which = np.arange(len(levels))[:, None, None]
    return pictures[which, rows, columns].reshape(levels.shape)


def _nearest(
    matrix_rows: NDArray[np.float64],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    side: int,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Which row, or column, each pixel of each picture is taken from, (pictures, h, w)."""
    most = round(side / SIDE)
    moves = rng.integers(-most, most + 1, len(matrix_rows)) + (side - 1) / 2
    by_row, by_column, moved = (
        each[:, None, None] for each in (matrix_rows[:, 0], matrix_rows[:, 1], moves)
    )
    found = by_row * places[0] + by_column * places[1] + moved
    return np.clip(np.rint(found), 0, side - 1).astype(np.intp)
