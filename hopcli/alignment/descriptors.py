"""Few numbers of each picture that neither light nor flat covers change much.

A picture, averaged to cells, less its own surroundings, divided by the local deviation of that
difference: what is left is bounded, is 0 in flat regions (so a cover of one colour says nothing),
and changes only its sign in a negative. The product of two descriptors is a saturating measure of
likeness.
"""

from functools import lru_cache

import numpy as np

FINE = 1.0  # standard deviations of the Gaussians, in half cells
COARSE = 3.2
FLOOR = 0.25


@lru_cache(maxsize=512)
def _smoothing(size: int, deviation: float) -> np.ndarray:
    """The (size, size) matrix of a Gaussian that is normalised at the ends of the line."""
    at = np.arange(size)
    matrix = np.exp(-0.5 * ((at[:, None] - at[None]) / deviation) ** 2)
    return (matrix / matrix.sum(1, keepdims=True)).astype(np.float32)


def _smooth(pictures: np.ndarray, deviation: float) -> np.ndarray:
    height, width = pictures.shape[-3:-1]
    planes = np.moveaxis(pictures, -1, -3)
    smooth = _smoothing(height, deviation) @ planes @ _smoothing(width, deviation).T
    return np.moveaxis(smooth, -3, -1)


def opponent(pictures: np.ndarray) -> np.ndarray:
    """Luminance, and for colour also red less blue and green less the mean of both."""
    if pictures.shape[-1] == 1:
        return pictures
    red, green, blue = pictures[..., 0], pictures[..., 1], pictures[..., 2]
    return np.stack(
        [
            0.299 * red + 0.587 * green + 0.114 * blue,
            (red - blue) * 0.5,
            (green - 0.5 * (red + blue)) * 0.5,
        ],
        axis=-1,
    )


def maps(pictures: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """Normalise pictures (..., h, w, C) of levels in [0, 1] locally, two pixels a cell."""
    pictures = opponent(np.asarray(pictures, np.float32))
    if known is None:
        band = _smooth(pictures, FINE) - _smooth(pictures, COARSE)
    else:
        weight = known[..., None].astype(np.float32)
        fine = _smooth(pictures * weight, FINE) / (_smooth(weight, FINE) + 1e-3)
        coarse = _smooth(pictures * weight, COARSE) / (_smooth(weight, COARSE) + 1e-3)
        band = (fine - coarse) * weight
    power = (band**2).sum(-1, keepdims=True)
    overall = np.sqrt(power.mean((-3, -2), keepdims=True))
    local = np.sqrt(_smooth(power, COARSE))
    return (band / (local + FLOOR * overall + 0.004)).astype(np.float32)


def cells(found: np.ndarray) -> np.ndarray:
    """Average maps of two pixels a cell: (..., h, w, C) becomes (..., h / 2 * w / 2 * C)."""
    *front, height, width, depth = found.shape
    halves = found.reshape(*front, height // 2, 2, width // 2, 2, depth).mean((-4, -2))
    return halves.reshape(*front, -1)
