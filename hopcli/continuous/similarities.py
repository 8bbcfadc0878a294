"""How alike a state and a pattern are: the scores that a softmax turns into weights.

The larger a score, the more alike. What is unknown in a state (NaN) is left out of every sum.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns


class AbstractSimilarity(ABC):
    """A score of patterns against a state."""

    @abstractmethod
    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """How alike each pattern and the state are, shape (…, K)."""

    def gaps(
        self, patterns: AbstractPatterns, rows: NDArray[np.integer], rank: int
    ) -> NDArray[np.float64]:
        """By how much the score of some patterns with themselves surpasses that of any other.

        Copies do not count; infinite where there are only these. Only the `rank` least of the gaps,
        of shape (len(rows),), have to be exact.
        """
        gaps = []
        for row, likeness in zip(rows, self.scores(patterns, patterns.rows(rows)), strict=True):
            own = likeness[row]
            # A tie is a duplicate, whatever the last digit says.
            others = likeness[likeness < own - 1e-9 * max(1.0, abs(own))]
            gaps.append(own - others.max(initial=-np.inf))
        return np.array(gaps)


@dataclass(frozen=True)
class SquaredDistance(AbstractSimilarity):
    """−½ Σ_i (θ_μi − x_i)²: the most likely pattern under Gaussian noise."""

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minus half the squared distances."""
        return -patterns.squared_distances(x) / 2

    def gaps(
        self, patterns: AbstractPatterns, rows: NDArray[np.integer], rank: int
    ) -> NDArray[np.float64]:
        """Half the squared distance to the nearest pattern that is not the same."""
        return patterns.squares_to_others(rows, rank) / 2


@dataclass(frozen=True)
class AbsoluteDistance(AbstractSimilarity):
    """−Σ_i |θ_μi − x_i|: bears pixels that are far off."""

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minus the absolute distances."""
        return -patterns.absolute_distances(x)


@dataclass(frozen=True)
class Dot(AbstractSimilarity):
    """Σ_i θ_μi x_i, which is attention; among pictures of unlike length it prefers the bright."""

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The dot products."""
        return patterns.dot(x)


@dataclass(frozen=True)
class Cosine(AbstractSimilarity):
    """The cosine of the mean-free pattern and the mean-free state."""

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The cosines, over the known neurons; 0 where either is of one level."""
        known = ~np.isnan(x)
        count = known.sum(axis=-1, keepdims=True)
        state = np.where(known, x, 0.0)
        mean = state.sum(axis=-1, keepdims=True) / np.maximum(count, 1)
        centred = np.where(known, x - mean, np.nan)
        sums = patterns.dot(np.where(known, 1.0, np.nan))
        squares = patterns.squared_distances(np.where(known, 0.0, np.nan))
        spread = np.maximum(squares - sums**2 / np.maximum(count, 1), 0)
        length = np.sqrt(spread * np.nansum(centred**2, axis=-1, keepdims=True))
        products = patterns.dot(centred)
        return np.where(length > 1e-9, products / np.where(length > 1e-9, length, 1.0), 0.0)


SIMILARITIES: dict[str, AbstractSimilarity] = {
    "l2": SquaredDistance(),
    "l1": AbsoluteDistance(),
    "dot": Dot(),
    "cosine": Cosine(),
}


def cosine(state: NDArray[np.float64], pattern: NDArray[np.float64]) -> float:
    """The cosine of two mean-free pictures over the known pixels; 0 if either is of one level."""
    known = ~np.isnan(state)
    if not known.any():
        return 0.0
    one, other = state[known] - state[known].mean(), pattern[known] - pattern[known].mean()
    lengths = float(np.sqrt((one @ one) * (other @ other)))
    if lengths < 1e-9:
        return 0.0
    return float(np.clip(one @ other / lengths, -1.0, 1.0))
