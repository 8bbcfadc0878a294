"""β worked out from the memories: sharp enough that each distinct one is a fixed point."""

import math

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.similarities.abstract import AbstractSimilarity

# All other memories together have no more weight than this at a memory.
OTHERS = 1e-12
# Memories whose nearest neighbours are looked for, fewer of them where all of their pixels would be
# more than so many, and the share of them that may be nearer than the distance that β is made for:
# near-duplicates, which then blend, do not sharpen all the rest.
SAMPLE = 64
SAMPLE_PIXELS = 2**30
NEAR_DUPLICATES = 0.02


def auto(patterns: AbstractPatterns, similarity: AbstractSimilarity) -> float:
    """β = ln(K / 10⁻¹²) / gap.

    The gap is by how much a memory's score with itself surpasses that of the memory most like it;
    of up to 64 memories, spread evenly, the 2 % quantile of the gaps above 0 (copies have none).
    For squared distances the gap is d²/2, so β = 2 ln(K / 10⁻¹²) / d². A single memory, or copies
    of one, take β = 1.
    """
    rows = sample(patterns)
    # Where the quantile lies between two of the gaps, sorted, none above these matters.
    rank = min(len(rows), 2 + int((len(rows) - 1) * NEAR_DUPLICATES))
    gaps = similarity.gaps(patterns, rows, rank)
    gaps = gaps[np.isfinite(gaps)]
    if not gaps.size:
        return 1.0
    return math.log(len(patterns) / OTHERS) / float(np.quantile(gaps, NEAR_DUPLICATES))


def evenly(count: int, sample: int) -> NDArray[np.intp]:
    """So many of 0 … count − 1, spread evenly."""
    return np.unique(np.linspace(0, count - 1, sample).round().astype(np.intp))


def sample(patterns: AbstractPatterns) -> NDArray[np.intp]:
    """Some memories, spread evenly."""
    count = len(patterns)
    sample = min(count, SAMPLE, max(4, SAMPLE_PIXELS // (count * patterns.neurons)))
    return evenly(count, sample)
