"""P(S > s) for any terms: the integral over the characteristic function (Gil-Pelaez 1951).

It tells little where the sum has few likely values: a few dozen patterns at most, or a handful of
neurons, or exp with a β far above 1. Its error then says so.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.experiments.crosstalk.classes import (
    Bounded,
    Classes,
    Floats,
    Threshold,
    tail,
    tails,
)
from hopcli.experiments.crosstalk.period import NEGLIGIBLE

# How many points the integral may have with so many classes, fewer with more: half a second.
POINTS, CLASSES = 2**19, 64
# Neighbouring t of the bounds of the integral differ by this factor.
GRID = 1.04
# Classes are left out where all of them together are as rare as this, or as small.
RARE, SMALLEST = 1e-18, 1e-140
# Elements of a block of points times classes.
BLOCK = 2**20


@dataclass(frozen=True)
class _Plan:
    """The limits, step and error of the integration.

    Attributes:
        end: the largest t.
        step: the distance of two t.
        band: from this t on φ counts as 0.
        heavy: how many of the largest classes are taken for larger than everything.
        error: a bound of the error of truncation, step and heavy classes.
        inside: a bound of P(|S| ≤ s).
    """

    end: float
    step: float
    band: float
    heavy: int
    error: float
    inside: float


def integrated(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded]:
    """Compute ½ − (1/π) ∫ sin(ts)/t φ(t) dt by the midpoint rule."""
    # Classes so rare that all together are never seen would only make the others look small.
    dropped = int(np.count_nonzero(np.cumsum(terms * classes.shares) < RARE))
    overlaps, shares = classes.overlaps[dropped:], classes.shares[dropped:]
    reached = [t.overlap for t in thresholds]
    unit = max([*overlaps[:1], *reached], key=classes.interaction.magnitude)
    sizes = np.abs(classes.sizes(overlaps, unit))
    signals = classes.sizes(tuple(t.overlap for t in thresholds), unit)
    # P(S ≥ s) = ½ P(|S| ≥ s): where that is as good as 0 there is nothing to integrate.
    limits = [tail(sizes, terms * shares, float(s)) / 2 + RARE if s > 0 else 1.0 for s in signals]
    if max(limits) <= 1e-16:
        return [Bounded(0.0, limit) for limit in limits]
    # Their squares would not be floats.
    seen = sizes > SMALLEST
    if not seen.any():
        return [Bounded(limit / 2, limit / 2) for limit in limits]
    sizes, shares = sizes[seen], shares[seen]
    plan = _plan(sizes, shares, terms, float(np.max(np.abs(signals))))
    values = _midpoints(sizes, shares, terms, signals, plan)
    found = []
    for value, limit, signal in zip(values.tolist(), limits, signals.tolist(), strict=True):
        low, high = max(0.0, value - plan.error), min(limit, value + plan.error)
        if signal > 0:
            low, high = max(low, 0.5 - plan.inside / 2), min(high, 0.5)
        found.append(Bounded((low + high) / 2, abs(high - low) / 2))
    return found


def _plan(sizes: Floats, shares: Floats, terms: float, signal: float) -> _Plan:
    """Choose the cheapest end and step whose errors are negligible, else the most exact."""
    rates = terms * shares
    spread = math.sqrt(float(np.sum(rates * sizes**2)))
    first = math.log(1e-3) - math.log(max(spread, float(sizes[0])))
    last = max(math.log(math.pi) - math.log(float(sizes[-1])), first + 1)
    times = np.exp(np.arange(first, last, math.log(GRID)))
    bound = _envelope(sizes, shares, terms, times)
    ends = times[1:]
    # Up to some t∞ the bound of |φ| counts; from there on φ is cut off, with Vaaler's weights
    # before it (1985, Bull. Am. Math. Soc. 12:183). They replace sign(x) by what differs from it by
    # at most Fejér's kernel (sin(t∞x/2) / (t∞x/2))², whose mean is at most (2/t∞) ∫₀^t∞ |φ|; and a
    # tie by itself is no likelier than that.
    within = times[0] + np.cumsum(bound * np.diff(times))
    blurred = np.minimum(1.0, 2 / ends * within)
    passed = np.cumsum(bound) * math.log(GRID) / math.pi
    total = blurred + passed
    # For each end the best t∞ from there on.
    lowest = np.minimum.accumulate(total[::-1])
    indices = np.maximum.accumulate(np.where(total[::-1] == lowest, np.arange(len(total)), 0))
    cut, bands = lowest[::-1] - passed, ends[::-1][indices][::-1]
    # Esseen (1966, Z. Wahrscheinlichkeitstheorie 5:210): an interval of δ holds no more of S than
    # (96/95)² max(δ, 1/t) ∫ |φ| from −t to t.
    width = np.maximum(2 * max(signal, SMALLEST), 1 / ends)
    inside = float(min(1.0, np.min(1.022 * width * 2 * within)))
    # Not every end is worth a try.
    ends, bands, cut = ends[::3], bands[::3], cut[::3]
    shortest = max(signal, 1e-60 * spread, SMALLEST)
    longest = max(spread, shortest) * math.exp(40)
    lengths = signal + np.geomspace(shortest, longest, 160)
    aliased, heavy = _aliasing(sizes, rates, signal, lengths)
    cost = ends[:, None] * lengths[None, :] / (2 * math.pi)
    # The rule repeats Fejér's kernel about all multiples of the length. Their mean is the integral
    # of |φ| as a sum, which has a term at t = 0 as well.
    repeated = 4 * math.pi / np.multiply.outer(bands, lengths)
    errors = cut[:, None] + aliased[None, :] + repeated
    affordable = cost <= POINTS * min(1.0, CLASSES / len(sizes))
    least = float(np.min(np.where(affordable, errors, np.inf)))
    good = affordable & (errors <= max(NEGLIGIBLE, 1.1 * least))
    row, column = divmod(int(np.argmin(np.where(good, cost, np.inf))), len(lengths))
    return _Plan(
        end=float(ends[row]),
        step=2 * math.pi / float(lengths[column]),
        band=float(bands[row]),
        heavy=int(heavy[column]),
        error=min(0.5, float(errors[row, column]) + NEGLIGIBLE),
        inside=inside,
    )


def _envelope(sizes: Floats, shares: Floats, terms: float, times: Floats) -> Floats:
    """Bound |φ| between each time and the next: from the extremes of sin²(tx/2) of each class."""
    bounds = []
    block = max(1, BLOCK // len(sizes))
    for start in range(0, len(times) - 1, block):
        here = times[start : start + block + 1]
        angles = np.multiply.outer(here, sizes / (2 * math.pi))
        # In whole turns: sin² is 0 at whole ones and 1 half-way between them.
        waves = np.sin(math.pi * angles) ** 2
        low, high = angles[:-1], angles[1:]
        least = np.where(np.floor(high) > np.floor(low), 0.0, np.minimum(waves[:-1], waves[1:]))
        peaks = np.floor(high + 0.5) > np.floor(low + 0.5)
        most = np.where(peaks, 1.0, np.maximum(waves[:-1], waves[1:]))
        # Σ p cos(tx) = 1 − 2 Σ p sin²(tx/2) = 2 Σ p cos²(tx/2) − 1.
        fall = np.minimum(2 * (least @ shares), 2 * ((1 - most) @ shares))
        with np.errstate(under="ignore"):
            # ln(1 − x) ≤ −x.
            bounds.append(np.exp(-terms * fall))
    return np.concatenate(bounds)


def _aliasing(
    sizes: Floats, rates: Floats, signal: float, lengths: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Bound what each step 2π/`length` costs, and say how many classes are best taken as heavy.

    The midpoint rule counts S modulo 2 `length`, and with the wrong sign about `length`. The
    cosine of a heavy class counts as 0, its mean over all phases: with a heavy term |S| ≤ s never
    happens. That is wrong only where two are seen, or where the others sum up to about one.
    """
    seen = np.cumsum(rates)
    # The classes at which the heavy ones become ten times as frequent, and none.
    marks = np.searchsorted(seen, 10.0 ** np.arange(-17, 1))
    found, heavies = np.ones(len(lengths)), np.zeros(len(lengths), dtype=np.int64)
    for heavy in sorted({0, *(int(m) for m in marks if m < len(sizes))}):
        light, rarely = sizes[heavy:], rates[heavy:]
        frequency = float(seen[heavy - 1]) if heavy else 0.0
        beside = 0.0
        if heavy:
            beside = tail(light, rarely, float(sizes[heavy - 1]) - signal)
        errors = tails(light, rarely, lengths - signal) / 2
        errors += frequency**2 / 4 + frequency * beside / 2
        better = errors < found
        found[better], heavies[better] = errors[better], heavy
    return found, heavies


def _midpoints(sizes: Floats, shares: Floats, terms: float, signals: Floats, plan: _Plan) -> Floats:
    """Compute the integral for each signal."""
    points = max(1, math.ceil(plan.end / plan.step))
    block = max(1, BLOCK // len(sizes))
    light, common = sizes[plan.heavy :], shares[plan.heavy :]
    rare = float(np.sum(shares[: plan.heavy]))
    totals = np.zeros(len(signals))
    for start in range(0, points, block):
        t = (np.arange(start, min(points, start + block)) + 0.5) * plan.step
        # 1 − cos = 2 sin²: M = 10¹⁵ would not leave a digit of the cosines' sum.
        fall = 2 * (np.sin(np.multiply.outer(t, light / 2)) ** 2 @ common) + rare
        with np.errstate(under="ignore", divide="ignore"):
            logs = np.where(fall < 1, np.log1p(-np.minimum(fall, 1)), np.log(np.abs(fall - 1)))
            phi = np.exp(terms * logs)
        if terms % 2 == 1:
            phi = np.where(fall > 1, -phi, phi)
        u = np.minimum(t / plan.band, 1 - 1e-9)
        weights = math.pi * u * (1 - u) / np.tan(math.pi * u) + u
        totals += np.sin(np.multiply.outer(signals, t)) @ (phi * weights / t)
    return 0.5 - plan.step / math.pi * totals
