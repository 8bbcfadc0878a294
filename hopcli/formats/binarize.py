"""Conversion of grey levels to ±1 by a threshold."""

import numpy as np
from numpy.typing import NDArray

LEVELS = 256


def otsu(gray: NDArray[np.floating]) -> float:
    """Return the threshold that divides levels in [0, 1] into two classes of least variance.

    Levels above it are bright. Of several equally good thresholds the lowest is returned. Source:
    Otsu, A threshold selection method from gray-level histograms, 1979.
    """
    levels = np.rint(gray.ravel() * (LEVELS - 1)).astype(np.intp)
    darkest = _last_dark(np.bincount(levels, minlength=LEVELS))
    # Half a level higher, so that rounding to levels does not matter.
    return (int(darkest) + 0.5) / (LEVELS - 1)


def _last_dark(counts: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return the last dark level by Otsu's method, from histograms of shape (…, 256)."""
    levels = np.arange(LEVELS)
    dark, dark_sum = np.cumsum(counts, axis=-1), np.cumsum(counts * levels, axis=-1)
    bright, bright_sum = dark[..., -1:] - dark, dark_sum[..., -1:] - dark_sum
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = dark_sum / dark - bright_sum / bright
        between = np.nan_to_num(dark * bright * apart**2)
    return between.argmax(axis=-1)


def binarize(gray: NDArray[np.floating], threshold: float | None) -> NDArray[np.int8]:
    """Convert levels in [0, 1] to +1 where they are above the threshold and to −1 elsewhere.

    Args:
        gray: levels of any shape.
        threshold: None for Otsu's, or 0.5 if all levels are equal.
    """
    if threshold is None:
        threshold = 0.5 if gray.min() == gray.max() else otsu(gray)
    return np.where(gray > threshold, np.int8(1), np.int8(-1))


def bright_bits(levels: NDArray[np.uint8], threshold: float | None) -> NDArray[np.bool_]:
    """Tell for levels from 0 to 255 of many pictures which pixels `binarize` converts to +1.

    It takes about a tenth of the time: of two levels the higher one is bright, whatever Otsu's
    threshold is, and the histograms of other pictures are counted together.

    Args:
        levels: shape (pictures, pixels).
        threshold: in [0, 1]; None for Otsu's.

    Returns:
        True where a pixel is bright, of the same shape.
    """
    if threshold is not None:
        bright = np.divide(np.arange(LEVELS), LEVELS - 1, dtype=np.float32) > threshold
        return bright[levels]
    low, high = levels.min(axis=1, keepdims=True), levels.max(axis=1, keepdims=True)
    first = np.where(low == high, np.uint8(LEVELS // 2), high)
    many = np.flatnonzero(((levels != low) & (levels != high)).any(axis=1))
    if many.size:
        bins = levels[many] + LEVELS * np.arange(many.size)[:, None]
        counts = np.bincount(bins.ravel(), minlength=LEVELS * many.size)
        first[many, 0] = _last_dark(counts.reshape(many.size, LEVELS)) + 1
    return levels >= first
