"""Random small affine distortions of pictures, for learning."""

import numpy as np
from numpy.typing import NDArray

# Pixels of a side for each pixel by which a picture may be moved along it.
SIDE = 28
# Standard deviation of each entry of the affine matrix (rotation, shear, stretch).
DEVIATION = 0.1


def distorted(
    levels: NDArray[np.uint8], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Rotate, shear, stretch and move each picture at random.

    Each pixel takes the level of the nearest source pixel, or of the border beyond it, so levels
    stay whole. Moves are by up to a 28th of each side, rounded: one pixel for digits of 28×28.
    The rows of an array, which are not pictures, are returned unchanged.

    Args:
        levels: shape (pictures, N).
        shape: of each picture, (h, w) or (h, w, 3).
        rng: source of randomness.

    Returns:
        The same shape.
    """
    height, width = shape[:2]
    if 1 in (height, width):
        return levels
    matrices = np.eye(2) + DEVIATION * rng.standard_normal((len(levels), 2, 2))
    # Coordinates relative to the middle of the picture.
    up, left = np.ogrid[:height, :width]
    coordinates = up - (height - 1) / 2, left - (width - 1) / 2
    rows, columns = (
        _nearest(matrices[:, axis], coordinates, shape[axis], rng) for axis in range(2)
    )
    pictures = levels.reshape(len(levels), *shape)
    which = np.arange(len(levels))[:, None, None]
    return pictures[which, rows, columns].reshape(levels.shape)


def _nearest(
    matrix_rows: NDArray[np.float64],
    coordinates: tuple[NDArray[np.float64], NDArray[np.float64]],
    side: int,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Compute the source row, or column, of each pixel, shape (pictures, h, w)."""
    most = round(side / SIDE)
    moves = rng.integers(-most, most + 1, len(matrix_rows)) + (side - 1) / 2
    by_row, by_column, moved = (
        each[:, None, None] for each in (matrix_rows[:, 0], matrix_rows[:, 1], moves)
    )
    found = by_row * coordinates[0] + by_column * coordinates[1] + moved
    return np.clip(np.rint(found), 0, side - 1).astype(np.intp)
