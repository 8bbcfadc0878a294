"""P(S > s) for integer terms: a sum over one period of the characteristic function."""

import math
from collections.abc import Sequence

import numpy as np

from hopcli.binary.interactions import AbstractInteraction
from hopcli.experiments.crosstalk.classes import Bounded, Classes, Threshold, tail

# How many points one period may have, and how many terms S, for a Fourier transform's rounding.
PERIOD, PERIOD_TERMS = 2**20, 2.0**20
# What is not worth avoiding: about the rounding of all sums together.
NEGLIGIBLE = 1e-13


def periodic(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded] | None:
    """Sum over one period, or None where it has too many points.

    With n points this is P(|S| ≤ s) modulo n exactly: (1/n) Σ_k φ(θ_k) sin((2s+1)θ_k/2) /
    sin(θ_k/2), θ_k = 2πk/n, so it errs by P(|S| ≥ n − s), and by the transform's rounding.
    """
    interaction = classes.interaction
    if terms > PERIOD_TERMS:
        return None
    differences = _whole(interaction, classes.overlaps)
    signals = _whole(interaction, [t.overlap for t in thresholds])
    if differences is None or signals is None:
        return None
    largest, smallest = max(abs(s) for s in signals), min(abs(d) for d in differences if d)
    # The step is no larger than the smallest; to find it takes long where numbers are.
    if largest >= PERIOD * smallest:
        return None
    step = math.gcd(*differences)
    sizes = [abs(d) // step for d in differences]
    signals, largest = [s // step for s in signals], largest // step
    if largest >= PERIOD:
        return None
    unit = sizes[0]
    relative = classes.sizes(classes.overlaps, classes.overlaps[0])
    points = 2 ** max(4, (2 * largest + 1).bit_length())
    while True:
        if points > PERIOD:
            return None
        # Beyond M times the largest term there is nothing.
        beyond = 0.0
        if int(terms) * unit >= points - largest:
            reach = (points - largest) / unit
            beyond = tail(np.abs(relative), terms * classes.shares, reach)
        if beyond <= NEGLIGIBLE:
            break
        points *= 2
    masses = np.zeros(points)
    for size, share in zip(sizes, classes.shares.tolist(), strict=True):
        masses[size % points] += share / 2
        masses[-size % points] += share / 2
    with np.errstate(under="ignore"):
        powers = np.fft.rfft(masses).real ** terms
    k = np.arange(1, points // 2 + 1)
    # Every point but the first and the last stands for two.
    weighted = 2 * powers[1:] / np.sin(np.pi / points * k)
    weighted[-1] /= 2
    error = beyond + NEGLIGIBLE + 2.0**-52 * math.log2(points) * terms
    found = []
    for signal, threshold in zip(signals, thresholds, strict=True):
        odd = 2 * (signal - threshold.ties) + 1
        # The remainder is exact; a large multiple of π/n would not be.
        waves = np.sin(np.pi / points * (odd * k % (2 * points)))
        inside = float(odd * powers[0] + waves @ weighted) / points
        found.append(Bounded(min(1.0, max(0.0, (1 - inside) / 2)), error))
    return found


def _whole(interaction: AbstractInteraction, overlaps: Sequence[int]) -> list[int] | None:
    """Return the differences at some overlaps, or None where they are not whole."""
    differences = [interaction.difference(y) for y in overlaps]
    whole = [d for d in differences if isinstance(d, int)]
    return whole if len(whole) == len(differences) else None
