"""What one neuron feels of all patterns but the one it should recall: P(S > s), to known errors.

S is the sum of M independent terms σ D(y), σ fair and (y + N − 1)/2 Binomial(N − 1, ½). Three ways:
by listing all sums, where they are few; by a sum over one period of the characteristic function,
where the terms are whole multiples of some step, which makes ties exact; else by the integral over
the characteristic function (Gil-Pelaez 1951, Biometrika 38:481).

The integral tells little where S has few likely values: a few dozen patterns at most, or a handful
of neurons, or exp with a β far above 1. Its error then says so.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions import AbstractInteraction, Exponential, Polynomial
from hopcli.errors import HopError

Floats = NDArray[np.float64]

# How many sums are listed at most.
LISTED = 5000
# How many points one period may have, and how many terms S, for a Fourier transform's rounding.
PERIOD, PERIOD_TERMS = 2**20, 2.0**20
# How many points the integral may have with so many classes, fewer with more: half a second.
POINTS, CLASSES = 2**19, 64
# What is not worth avoiding: about the rounding of all sums together.
NEGLIGIBLE = 1e-13
# Neighbouring t of the bounds of the integral differ by this factor.
GRID = 1.04
# Classes are left out where all of them together are as rare as this, or as small.
RARE, SMALLEST = 1e-18, 1e-140
# So many places to split the classes are tried for a bound.
TRIED = 200
# Elements of a block of points times classes.
BLOCK = 2**20


@dataclass(frozen=True)
class Threshold:
    """What the sum of the others has to exceed, or (`ties`) to reach, to set a bit wrong.

    Attributes:
        overlap: y₁, so that the signal is D(y₁).
        ties: whether S = D(y₁) is wrong as well.
    """

    overlap: int
    ties: bool


@dataclass(frozen=True)
class Bounded:
    """A probability and how far it may be off."""

    value: float
    error: float


@dataclass(frozen=True, eq=False)
class Classes:
    """The sizes that a term σ D(y) can have, each with its probability.

    Attributes:
        interaction: F.
        overlaps: one y of each |D(y)|, descending.
        shares: the probability of each size.
    """

    interaction: AbstractInteraction
    overlaps: tuple[int, ...]
    shares: Floats

    def sizes(self, overlaps: tuple[int, ...], unit: int) -> Floats:
        """D(y) / |D(unit)|, with its sign."""
        if isinstance(self.interaction, Polynomial):
            bottom = abs(self.interaction.difference(unit))
            return np.array([self.interaction.difference(y) / bottom for y in overlaps])
        assert isinstance(self.interaction, Exponential)
        with np.errstate(under="ignore"):
            return np.exp(self.interaction.beta * (np.array(overlaps, dtype=float) - unit))


@lru_cache(maxsize=8)
def classes_of(interaction: AbstractInteraction, neurons: int) -> Classes:
    """The classes of N neurons.

    Raises:
        HopError: the interaction is none whose differences are known.
    """
    if not isinstance(interaction, Polynomial | Exponential):
        raise HopError(f"no differences are known for {interaction.name}; give poly or exp")
    # |D(−y)| = |D(y)| for a power, never for exp.
    even = isinstance(interaction, Polynomial)
    others, ways, whole = neurons - 1, 1, 1 << (neurons - 1)
    overlaps, shares = [], []
    for k in range(neurons):
        y = others - 2 * k
        if even and y < 0:
            break
        overlaps.append(y)
        # Python rounds the quotient of two integers once, however long they are.
        shares.append((2 * ways if even and y else ways) / whole)
        ways = ways * (others - k) // (k + 1)
    return Classes(interaction, tuple(overlaps), np.array(shares))


def exceeds(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded]:
    """P(S > s), or P(S ≥ s), for each threshold; `terms`, M, is whole as far as floats tell."""
    count = 2 * len(classes.overlaps)
    if terms < 100 and math.comb(count + int(terms) - 1, int(terms)) <= LISTED:
        return _listed(classes, int(terms), thresholds)
    return _periodic(classes, terms, thresholds) or _integrated(classes, terms, thresholds)


def _listed(classes: Classes, terms: int, thresholds: list[Threshold]) -> list[Bounded]:
    """List all sums, each by how many terms of one sign there are more than of the other."""
    sums = {(0,) * len(classes.overlaps): 1.0}
    for _ in range(terms):
        longer: dict[tuple[int, ...], float] = {}
        for net, probability in sums.items():
            for place, share in enumerate(classes.shares.tolist()):
                for sign in (1, -1):
                    key = (*net[:place], net[place] + sign, *net[place + 1 :])
                    longer[key] = longer.get(key, 0.0) + probability * share / 2
        sums = longer
    found = []
    for threshold in thresholds:
        # S is symmetric: P(S > s) = P(s + S < 0).
        wrong = [
            probability
            for net, probability in sums.items()
            if _sign(classes, net, threshold.overlap) < threshold.ties
        ]
        found.append(Bounded(math.fsum(wrong), 2.0**-50 * (terms + 1)))
    return found


def _sign(classes: Classes, net: tuple[int, ...], signal: int) -> int:
    """The exact sign of D(signal) plus a sum."""
    counts = {y: count for y, count in zip(classes.overlaps, net, strict=True) if count}
    counts[signal] = counts.get(signal, 0) + 1
    values = sorted(counts, reverse=True)
    weights = classes.sizes(tuple(values), max(abs(values[0]), abs(values[-1])) or 1)
    parts = [counts[y] * weight for y, weight in zip(values, weights.tolist(), strict=True)]
    total = math.fsum(parts)
    if abs(total) > 1e-9 * math.fsum(abs(part) for part in parts):
        return 1 if total > 0 else -1
    return classes.interaction.sign(values, [counts[y] for y in values])


def _periodic(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded] | None:
    """Sum over one period, or None where it has too many points.

    With n points this is P(|S| ≤ s) modulo n exactly: (1/n) Σ_k φ(θ_k) sin((2s+1)θ_k/2) /
    sin(θ_k/2), θ_k = 2πk/n, so it errs by P(|S| ≥ n − s), and by the transform's rounding.
    """
    interaction = classes.interaction
    if not isinstance(interaction, Polynomial) or terms > PERIOD_TERMS:
        return None
    differences = [interaction.difference(y) for y in classes.overlaps]
    signals = [interaction.difference(t.overlap) for t in thresholds]
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
            beyond = _tail(np.abs(relative), terms * classes.shares, reach)
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


def _tail(sizes: Floats, rates: Floats, reach: float) -> float:
    """Bound P(|S| ≥ reach)."""
    return float(_tails(sizes, rates, np.array([reach]))[0])


def _tails(sizes: Floats, rates: Floats, reaches: Floats) -> Floats:
    """Bound P(|S| ≥ reach) for each reach.

    For any x: the chance of one term above x, plus Bernstein's bound for the terms up to x. Sizes
    descend; `rates` are the expected numbers of terms of each.
    """
    above = np.concatenate([[0.0], np.cumsum(rates)])
    squares = np.cumsum((rates * sizes**2)[::-1])[::-1]
    # Any x will do: of many classes not all are tried.
    tried = slice(None, None, 1 + len(sizes) // TRIED)
    far = np.maximum(reaches, 1e-300)[:, None]
    with np.errstate(under="ignore", over="ignore"):
        exponents = far / (2 * (squares[tried] / far + sizes[tried] / 3) + 1e-300)
        bounds = np.min(above[:-1][tried] + 2 * np.exp(-exponents), axis=1)
    return np.where(reaches > 0, np.minimum(np.minimum(bounds, above[-1]), 1.0), 1.0)


@dataclass(frozen=True)
class _Plan:
    """How to integrate.

    Attributes:
        end: the largest t.
        step: the distance of two t.
        band: from this t on φ counts as 0.
        heavy: how many of the largest classes are taken for larger than everything.
        error: what all this costs.
        inside: a bound of P(|S| ≤ s).
    """

    end: float
    step: float
    band: float
    heavy: int
    error: float
    inside: float


def _integrated(classes: Classes, terms: float, thresholds: list[Threshold]) -> list[Bounded]:
    """½ − (1/π) ∫ sin(ts)/t φ(t) dt, by the midpoint rule."""
    # Classes so rare that all together are never seen would only make the others look small.
    dropped = int(np.count_nonzero(np.cumsum(terms * classes.shares) < RARE))
    overlaps, shares = classes.overlaps[dropped:], classes.shares[dropped:]
    even = isinstance(classes.interaction, Polynomial)
    reached = [abs(t.overlap) if even else t.overlap for t in thresholds]
    unit = max([*overlaps[:1], *reached])
    sizes = np.abs(classes.sizes(overlaps, unit))
    signals = classes.sizes(tuple(t.overlap for t in thresholds), unit)
    # P(S ≥ s) = ½ P(|S| ≥ s): where that is as good as 0 there is nothing to integrate.
    limits = [_tail(sizes, terms * shares, float(s)) / 2 + RARE if s > 0 else 1.0 for s in signals]
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
    places = np.maximum.accumulate(np.where(total[::-1] == lowest, np.arange(len(total)), 0))
    cut, bands = lowest[::-1] - passed, ends[::-1][places][::-1]
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
            beside = _tail(light, rarely, float(sizes[heavy - 1]) - signal)
        errors = _tails(light, rarely, lengths - signal) / 2
        errors += frequency**2 / 4 + frequency * beside / 2
        better = errors < found
        found[better], heavies[better] = errors[better], heavy
    return found, heavies


def _midpoints(sizes: Floats, shares: Floats, terms: float, signals: Floats, plan: _Plan) -> Floats:
    """The integral for each signal."""
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
