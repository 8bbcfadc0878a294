"""Automatic β: large enough that each distinct stored pattern is a fixed point."""

import math

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.similarities.abstract import AbstractSimilarity

# At a pattern, the weights of all others add up to no more than this.
OTHERS = 1e-12
# Patterns whose nearest neighbours are searched for, fewer if these comparisons read more than
# SAMPLE_PIXELS, and the share of the smallest gaps that is left out, so that a few near-duplicates,
# which then blend, do not raise β for all.
SAMPLE = 64
SAMPLE_PIXELS = 2**30
NEAR_DUPLICATES = 0.02


def auto(patterns: AbstractPatterns, similarity: AbstractSimilarity) -> float:
    """Compute β = ln(K / 10⁻¹²) / gap.

    A pattern's gap is the difference of its score for itself and of the largest score of another
    pattern that is not a copy. The gap of the formula is the 2 % quantile over up to 64 patterns,
    spread evenly. For squared distances it is d²/2, so β = 2 ln(K / 10⁻¹²) / d². A single pattern,
    or copies of one, give β = 1.

    Args:
        patterns: K patterns.
        similarity: which has the scores.
    """
    rows = sample(patterns)
    # The quantile lies between two of the sorted gaps; larger ones do not matter.
    rank = min(len(rows), 2 + int((len(rows) - 1) * NEAR_DUPLICATES))
    gaps = similarity.gaps(patterns, rows, rank)
    gaps = gaps[np.isfinite(gaps)]
    if not gaps.size:
        return 1.0
    return math.log(len(patterns) / OTHERS) / float(np.quantile(gaps, NEAR_DUPLICATES))


def evenly(count: int, sample: int) -> NDArray[np.intp]:
    """Choose up to `sample` of the indices 0 … count − 1, spread evenly."""
    return np.unique(np.linspace(0, count - 1, sample).round().astype(np.intp))


def sample(patterns: AbstractPatterns) -> NDArray[np.intp]:
    """Choose the indices of some patterns, spread evenly."""
    count = len(patterns)
    sample = min(count, SAMPLE, max(4, SAMPLE_PIXELS // (count * patterns.neurons)))
    return evenly(count, sample)
