"""Shares of wrong bits with their intervals, from trials whose bits are not independent."""

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
# How many standard deviations a normal variable stays within, with that probability.
QUANTILE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Tally:
    """The counts of some trials at one number of patterns.

    Attributes:
        patterns: K.
        bits: how many bits each trial probed.
        wrong: how many of them were wrong, trial by trial.
    """

    patterns: int
    bits: int
    wrong: tuple[int, ...]

    @property
    def total_bits(self) -> int:
        """The bits of all trials."""
        return self.bits * len(self.wrong)

    @property
    def share(self) -> float:
        """The share of wrong bits."""
        return sum(self.wrong) / self.total_bits

    @property
    def effective_bits(self) -> float:
        """The number of independent bits of the same variance, p(1 − p) / var(p), at most all.

        Bits of one trial share its patterns, and where these happen to be unusually alike many are
        wrong at once. So the variance is that between the trials; of a few trials it is itself
        uncertain, and counts for more, as in Student's t. One trial alone cannot tell, and its bits
        count as independent.
        """
        trials, p = len(self.wrong), self.share
        if trials == 1 or p in (0, 1):
            return self.total_bits
        squares = sum((w / self.bits - p) ** 2 for w in self.wrong)
        variance_of_mean = squares / (trials - 1) / trials
        if variance_of_mean == 0:
            return self.total_bits
        caution = (QUANTILE / students_quantile(trials - 1)) ** 2
        return min(self.total_bits, p * (1 - p) / variance_of_mean * caution)

    @property
    def interval(self) -> tuple[float, float]:
        """A 95 % interval of the share, by Wilson with the effective bits."""
        return wilson(self.share, self.effective_bits)


def students_quantile(freedom: int) -> float:
    """Return Student's 97.5 % quantile, to first order in 1/freedom (Cornish and Fisher)."""
    return QUANTILE * (1 + (QUANTILE**2 + 1) / (4 * freedom))


def wilson(share: float, bits: float) -> tuple[float, float]:
    """Return the 95 % interval of a probability whose estimate from independent bits is `share`.

    Those p with |share − p| ≤ z √(p(1 − p)/bits) (Wilson 1927, J. Am. Stat. Assoc. 22:209); it is
    not empty where no bit, or every bit, is wrong.
    """
    square = QUANTILE**2 / bits
    middle = (share + square / 2) / (1 + square)
    reach = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    low = 0.0 if share == 0 else middle - reach
    high = 1.0 if share == 1 else middle + reach
    return low, high
