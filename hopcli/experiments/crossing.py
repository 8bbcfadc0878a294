"""Where the bit error crosses a given one: a straight line through probits."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from hopcli.experiments.intervals import Tally, students_quantile

NORMAL = NormalDist()

# Rounds of reweighting; the line stands still after about six.
ROUNDS = 20

# Probits are held to this (an error of 1e-12), and move by no more than a step a round.
FURTHEST = 7.0
STEP = 1.0

# How far from the crossing, as a factor of K, points belong to the line: near it the line is
# straight in either scale. Those further out tell which scale it is, and help where errors are few.
NARROW = 1.4
WIDE = 3.0

# An interval that reaches further than this factor is no answer.
FAR = 1000.0


@dataclass(frozen=True)
class Crossing:
    """The number of patterns at which the bit error reaches a given one, with a 95 % interval."""

    patterns: float
    low: float
    high: float


@dataclass(frozen=True)
class Scale:
    """A function of K in which the probit may be a straight line, and its inverse."""

    of: Callable[[float], float]
    back: Callable[[float], float]


# In the Gaussian theory the probit is proportional to K^(−1/2); where a few patterns outweigh all
# others (exp, and poly of a high degree in a small network) it is straighter against log K.
SCALES = (
    Scale(of=lambda k: k**-0.5, back=lambda x: x**-2),
    Scale(of=lambda k: -math.log(k), back=lambda x: math.exp(-x)),
)


@dataclass(frozen=True)
class Line:
    """probit = height + slope · (x − centre).

    Attributes:
        centre: the mean x of the bits.
        height: the probit there.
        slope: positive, since x falls as K rises.
        covariance: of height and slope, shape (2, 2).
        misfit: Pearson's χ² of all trials.
        freedom: its degrees of freedom, the trials less 2.
    """

    centre: float
    height: float
    slope: float
    covariance: NDArray[np.floating]
    misfit: float
    freedom: int


def crossing(tallies: Sequence[Tally], error: float, *, near: float) -> Crossing | None:
    """Estimate the K at which the share of wrong bits is `error`.

    Of the two scales, the one that the trials bear out better is used. The interval is Fieller's:
    all K at which the line may pass through `error`. Of 200 such intervals for each of eleven
    networks whose capacity is known exactly, 93 to 98 % held it.

    Args:
        tallies: of different K.
        error: between 0 and 0.5.
        near: a guess of the K that is sought.

    Returns:
        None if the tallies do not tell, as when fewer than two of them hold errors.
    """
    wide = _within(WIDE, near, tallies)
    if not _tells(wide):
        return None
    scale = min(SCALES, key=lambda s: fit(wide, s).misfit)
    probit = -NORMAL.inv_cdf(error)
    narrow = _within(NARROW, near, tallies)
    for close in (narrow, wide) if _tells(narrow) else (wide,):
        xs = _solve(fit(close, scale), probit)
        if xs is not None and xs[0] > scale.of(FAR * near):
            high, middle, low = (scale.back(x) for x in xs)
            return Crossing(middle, low, high)
    return None


def _within(reach: float, near: float, tallies: Sequence[Tally]) -> list[Tally]:
    """Return the tallies within a factor of K."""
    return [t for t in tallies if near / reach <= t.patterns <= near * reach]


def _tells(tallies: Sequence[Tally]) -> bool:
    """Tell whether tallies determine a line and the spread about it."""
    return sum(any(t.wrong) for t in tallies) >= 2 and sum(len(t.wrong) for t in tallies) >= 3


def fit(tallies: Sequence[Tally], scale: Scale) -> Line:
    """Fit the line by maximum likelihood: least squares, reweighted until it converges.

    The covariance is that of independent bits times the spread of the trials about the line (χ²
    over the degrees of freedom, at least 1), since the bits of one trial are not independent.
    """
    x = np.array([scale.of(t.patterns) for t in tallies])
    bits = np.array([t.total_bits for t in tallies], dtype=np.float64)
    share = np.array([t.share for t in tallies])
    centre = float(np.average(x, weights=bits))
    design = np.stack([np.ones(len(x)), x - centre], axis=1)
    z = np.array([-NORMAL.inv_cdf(p) for p in (share * bits + 0.5) / (bits + 1)])
    line, covariance = _reweighted(design, z, share, bits)
    for _ in range(ROUNDS):
        z = np.clip(design @ line, -FURTHEST, FURTHEST)
        line, covariance = _reweighted(design, z, share, bits)
    misfit = _misfit(tallies, _tail(z))
    freedom = sum(len(t.wrong) for t in tallies) - 2
    spread = max(1.0, misfit / freedom)
    return Line(centre, float(line[0]), float(line[1]), spread * covariance, misfit, freedom)


def _reweighted(
    design: NDArray[np.float64],
    z: NDArray[np.float64],
    share: NDArray[np.float64],
    bits: NDArray[np.float64],
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Fit the weighted line for true probits `z`; return it with its covariance."""
    tail, density = _tail(z), np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    weighted = design * (bits * density**2 / (tail * (1 - tail)))[:, None]
    target = z - np.clip((share - tail) / density, -STEP, STEP)
    covariance = np.linalg.inv(design.T @ weighted)
    return covariance @ (weighted.T @ target), covariance


def _tail(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Q(z), the Gaussian tail."""
    return np.array([math.erfc(v / math.sqrt(2)) / 2 for v in z])


def _misfit(tallies: Sequence[Tally], expected: NDArray[np.float64]) -> float:
    """Return χ² of all trials about the given shares."""
    return sum(
        (w - t.bits * p) ** 2 / (t.bits * p * (1 - p))
        for t, p in zip(tallies, expected, strict=True)
        for w in t.wrong
    )


def _solve(line: Line, probit: float) -> tuple[float, float, float] | None:
    """Return where the line reaches a probit, as low, middle, high; None if it is too flat.

    With d = x − centre, the ends are where (height + slope d − probit)² = q² var(height + slope d).
    """
    quantile = students_quantile(line.freedom)
    (var_height, cov), (_, var_slope) = quantile**2 * line.covariance
    rise = probit - line.height
    a = line.slope**2 - var_slope
    if line.slope <= 0 or a <= 0:
        return None
    b = line.slope * rise + cov
    c = rise**2 - var_height
    reach = math.sqrt(max(0.0, b * b - a * c))
    low, middle, high = (b - reach) / a, rise / line.slope, (b + reach) / a
    return line.centre + low, line.centre + middle, line.centre + high
