"""Undoing what clipping does to noise."""

import math

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns

# What Gaussian noise of deviation 1 takes away at a bound, on the average over where it clips:
# the mean of its positive half, √(2/π).
# Deviations below this are those of rounding to bytes.
ROUNDING = 0.5 / 255
EXCESS = math.sqrt(2 / math.pi)


def unclipped(cue: NDArray[np.float64], patterns: AbstractPatterns) -> NDArray[np.float64]:
    """The cue, its pixels at 0 and 1 moved out to where noise would have put them.

    A noisy picture that was written to a file is clipped to [0, 1], which biases squared distances
    towards patterns of middle levels. The deviation σ of the noise is taken from what the pixels in
    between differ from the nearest pattern by absolute distance, which clipping hardly moves; then
    pixels at a bound are moved by √(2/π) σ. A cue without noise stays as it is, and so does one
    with values beyond the bounds, since nothing has clipped it.

    Args:
        cue: levels, NaN where unknown, shape (N,).
        patterns: the memories.
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
