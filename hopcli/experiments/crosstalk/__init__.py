"""The crosstalk of one neuron, from all patterns but the recalled one: P(S > s), with error bounds.

S is the sum of M independent terms σ D(y), σ fair and (y + N − 1)/2 Binomial(N − 1, ½). Three ways:
by listing all sums, where they are few; by a sum over one period of the characteristic function,
where the terms are whole multiples of some step, which makes ties exact; else by the integral over
the characteristic function (Gil-Pelaez 1951, Biometrika 38:481).
"""

import math

from hopcli.experiments.crosstalk.classes import Bounded, Classes, Threshold, classes_of
from hopcli.experiments.crosstalk.integral import integrated
from hopcli.experiments.crosstalk.listing import listed
from hopcli.experiments.crosstalk.period import periodic

__all__ = ["Bounded", "Classes", "Threshold", "classes_of", "exceeds"]

# How many sums are listed at most.
LISTED = 5000


def exceeds(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded]:
    """Compute P(S > s), or P(S ≥ s), for each threshold; `terms` is M, a whole number."""
    count = 2 * len(classes.overlaps)
    if terms < 100 and math.comb(count + int(terms) - 1, int(terms)) <= LISTED:
        return listed(classes, int(terms), thresholds)
    return periodic(classes, terms, thresholds) or integrated(classes, terms, thresholds)
