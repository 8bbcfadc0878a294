"""Pictures at lower resolutions, by averaging areas."""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=256)
def averaging(size: int, to: int) -> np.ndarray:
    """The (to, size) matrix that averages a line of `size` pixels over `to` equal parts.

    A line that gets longer is interpolated linearly.
    """
    if to >= size:
        at = np.clip((np.arange(to) + 0.5) * size / to - 0.5, 0, size - 1)
        low = np.minimum(at.astype(int), max(size - 2, 0))
        matrix = np.zeros((to, size), np.float32)
        part = (at - low).astype(np.float32)
        matrix[np.arange(to), low] += 1 - part
        matrix[np.arange(to), np.minimum(low + 1, size - 1)] += part
        return matrix
    edges = np.linspace(0, size, to + 1)
    left, right = edges[:-1, None], edges[1:, None]
    pixels = np.arange(size)[None]
    overlap = np.clip(np.minimum(right, pixels + 1) - np.maximum(left, pixels), 0, None)
    return (overlap * to / size).astype(np.float32)


def resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resize a picture (h, w, C), or several (K, h, w, C), to float32 of the same scale."""
    rows, columns = picture.shape[-3:-1]
    if (rows, columns) == (height, width):
        return picture.astype(np.float32)
    down, across = averaging(rows, height), averaging(columns, width)
    lines = np.tensordot(picture.astype(np.float32), down, axes=([-3], [1]))  # (..., w, C, h)
    both = np.tensordot(lines, across, axes=([-3], [1]))  # (..., C, h, w)
    return np.ascontiguousarray(np.moveaxis(both, -3, -1))


def fitted(height: int, width: int, area: float) -> tuple[int, int]:
    """The size of a picture reduced to at most `area` pixels, its proportions kept."""
    factor = min(1.0, (area / (height * width)) ** 0.5)
    return max(1, round(height * factor)), max(1, round(width * factor))
