"""Correction of noisy pictures whose levels were clipped to [0, 1]."""

import math

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns

# Deviations below this come from rounding to bytes.
ROUNDING = 0.5 / 255
# Mean of the positive half of Gaussian noise of deviation 1: what clipping at a bound takes away.
EXCESS = math.sqrt(2 / math.pi)


def unclipped(cue: NDArray[np.float64], patterns: AbstractPatterns) -> NDArray[np.float64]:
    """Move the pixels of a cue that are 0 or 1 out to where noise would have put them.

    A noisy picture that was written to a file is clipped to [0, 1], which biases squared distances
    towards patterns of middle levels. The deviation σ of the noise is that of the other pixels from
    the nearest pattern by absolute distance, which clipping changes little; pixels at a bound are
    moved by √(2/π) σ. A cue without noise is returned itself, and so is one with values beyond the
    bounds, since it has not been clipped.

    Args:
        cue: levels, NaN where unknown, shape (N,).
        patterns: the stored patterns.

    Returns:
        The cue itself if nothing is to be corrected, else a new array.
    """
    dark, bright = cue <= 0, cue >= 1
    between = ~(dark | bright | np.isnan(cue))
    if not (dark | bright).any() or not between.any() or np.nanmin(cue) < 0 or np.nanmax(cue) > 1:
        return cue
    nearest = patterns.nearest_by_magnitude(cue)
    difference = cue - patterns.rows(np.array([nearest]))[0]
    deviation = math.sqrt(np.mean(difference[between] ** 2))
    if deviation < ROUNDING:
        return cue
    return cue + EXCESS * deviation * (bright.astype(np.float64) - dark)
