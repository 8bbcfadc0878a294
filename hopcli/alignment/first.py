"""The first comparison: which stored picture a cue shows, where that needs no search for poses.

A cue that lies on a stored picture differs from it by nothing, or by noise alone. Then nothing is
left to explain by a pose, by light or by a cover, and no other stored picture can explain the cue
as well unless it is nearly the same picture. The comparison works in NumPy, so that it needs no
compiled code.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Levels that differ by less than this are the same level of a byte.
EQUAL = 0.6 / 255
# Side of the grid of cells in which residuals are averaged.
CELLS = 10
# Largest ratio of the squared mean residuals of cells to what white noise leaves of them: of 100
# cells of white noise it is 1 ± 0.14.
WHITE = 1.7
# Least logarithm of the likelihood ratio between the best stored picture and any other, or none,
# beyond the logarithm of their number.
MARGIN = 20.0
# Deviation of the noise that is assumed of a cue without any: a few levels of a byte.
LEAST_NOISE = 4 / 255
# The range of gains at which the light of a cue counts as unchanged: without noise, and with noise
# that was clipped to the range of levels, which lowers the contrast.
GAINS, GAINS_NOISY = (0.97, 1.03), (0.1, 1.3)
# Noise from which on clipping matters.
NOISY = 0.03
# Other stored pictures that are compared with the best one, the nearest first.
RIVALS = 16


@dataclass(frozen=True)
class First:
    """What the first comparison decides.

    Attributes:
        equal: the stored pictures that equal the cue in every known pixel.
        index: the stored picture that the cue shows, or None where that is not beyond doubt.
        log_odds: logarithm of the odds of that picture against any other.
    """

    equal: tuple[int, ...] = ()
    index: int | None = None
    log_odds: float = 0.0


def compare(
    cue: NDArray[np.floating],
    known: NDArray[np.bool_],
    rows: NDArray[np.integer],
    stored: NDArray[np.floating],
    count: int,
) -> First:
    """Compare a cue with the stored pictures that are nearest to it.

    The cue shows the nearest one beyond doubt if they are equal, or if all of this holds:

    - what is left of the cue, after a gain and an offset near 1 and 0, is white noise: averaged in
      100 cells it is as small as the average of white noise is (so nothing is covered, moved, or of
      another light);
    - any other stored picture, with a gain and an offset of its own, and a picture of one colour
      are at least K e²⁰ times less likely, the residuals of all being normally distributed.

    Args:
        cue: levels in [0, 1], shape (h, w, C).
        known: which pixels are known, shape (h, w).
        rows: the nearest stored pictures, the nearest first.
        stored: these pictures, levels in [0, 1], shape (rows, h, w, C).
        count: K, the number of all stored pictures.
    """
    if not known.any():
        return First()
    x = cue[known].astype(np.float64)
    pictures = stored[:, known].astype(np.float64)
    difference = np.abs(pictures - x).reshape(len(pictures), -1).max(axis=1)
    same = rows[difference < EQUAL]
    if len(same) and known.all():
        return First(tuple(int(row) for row in same))
    fits = [_fit(x, picture) for picture in pictures]
    gain, offset, noise = fits[0]
    low, high = GAINS_NOISY if noise > NOISY else GAINS
    if not low <= gain <= high:
        return First()
    if noise <= NOISY and abs(offset) > high - 1:
        return First()
    residual = np.zeros(cue.shape)
    residual[known] = x - gain * pictures[0] - offset
    if _in_cells(residual, known) > WHITE * max(noise, LEAST_NOISE) ** 2:
        return First()
    scale = max(noise, LEAST_NOISE)
    ratios = [np.log(max(other, scale) / scale) for _, _, other in fits[1:]]
    odds = x.size * min(ratios, default=np.inf) - np.log(count)
    contrast = float(np.sqrt(np.mean((x - x.mean(axis=0)) ** 2)))
    odds = min(odds, x.size * np.log(max(contrast, scale) / scale))
    return First(index=int(rows[0]), log_odds=float(odds)) if odds >= MARGIN else First()


def _fit(x: NDArray[np.float64], picture: NDArray[np.float64]) -> tuple[float, float, float]:
    """Compute gain, offset and deviation of the residual by least squares."""
    mean, centre = float(x.mean()), float(picture.mean())
    spread = float(np.mean((picture - centre) ** 2))
    together = float(np.mean((picture - centre) * (x - mean)))
    gain = together / spread if spread > 0 else 0.0
    left = float(np.mean((x - mean) ** 2)) - gain * together
    return gain, mean - gain * centre, float(np.sqrt(max(left, 0.0)))


def _in_cells(values: NDArray[np.float64], known: NDArray[np.bool_]) -> float:
    """Compute the mean over cells of n m², m the mean of n known pixels; white noise has σ²."""
    height, width = known.shape
    down = np.arange(height) * min(CELLS, height) // height
    across = np.arange(width) * min(CELLS, width) // width
    cell = (down[:, None] * CELLS + across[None]).ravel()
    counts = np.bincount(cell, known.ravel())
    total = 0.0
    for values_of in values.reshape(height * width, -1).T:
        sums = np.bincount(cell, values_of)
        total += float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    return total / (np.count_nonzero(counts) * values.shape[2])
