"""From grey levels to ±1."""

import numpy as np
from numpy.typing import NDArray

LEVELS = 256


def otsu(gray: NDArray[np.floating]) -> float:
    """The threshold that parts levels in [0, 1] into two classes of least variance (Otsu 1979).

    Levels above it are bright. Of several equally good thresholds the lowest is taken.
    """
    counts = np.bincount(np.rint(gray.ravel() * (LEVELS - 1)).astype(np.intp), minlength=LEVELS)
    levels = np.arange(LEVELS)
    dark, dark_sum = np.cumsum(counts), np.cumsum(counts * levels)
    bright, bright_sum = dark[-1] - dark, dark_sum[-1] - dark_sum
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = dark_sum / dark - bright_sum / bright
        between = np.nan_to_num(dark * bright * apart**2)
    # Half a level up, so that rounding to levels does not matter.
    return (int(between.argmax()) + 0.5) / (LEVELS - 1)


def binarize(gray: NDArray[np.floating], threshold: float | None) -> NDArray[np.int8]:
    """Make levels in [0, 1] +1 where they are above the threshold (None: Otsu's) and −1 elsewhere.

    A picture of one level has nothing to part; it is compared with one half.
    """
    if threshold is None:
        threshold = 0.5 if gray.min() == gray.max() else otsu(gray)
    return np.where(gray > threshold, np.int8(1), np.int8(-1))
