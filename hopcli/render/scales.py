"""Scales of axes: positions of values, and round numbers for ticks."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.render.numbers import patterns_text

# A logarithmic axis that spans less than this factor has ticks at multiples of one step; a longer
# one at some digits of each decade, the most that are few enough.
NARROW = 6.0
DIGITS = ((1, 2, 3, 4, 5, 6, 8), (1, 2, 3, 5), (1, 2, 5))
# Numbers of patterns from 2^40 are powers of two, as in numbers.patterns_text.
POWERS_OF_TWO = 40.0


@dataclass(frozen=True)
class Tick:
    """A value of an axis and its label."""

    value: float
    label: str


@dataclass(frozen=True)
class Scale:
    """A map between the values of an axis and positions on a linear ruler.

    Attributes:
        positions: positions of n values, float64 (n,); not finite where a value has none.
        ticks: increasing round values from ≤ low to ≥ high, for low, high and their largest number
            (at least three).
        minor: values of small ticks without labels, between and around given ticks.
        label: a value as text of about four digits.
    """

    positions: Callable[[Sequence[float]], NDArray[np.float64]]
    ticks: Callable[[float, float, int], list[Tick]]
    minor: Callable[[Sequence[Tick]], list[float]]
    label: Callable[[float], str]


def number_text(value: float, digits: int = 4) -> str:
    """Format a number with four digits in at most ten characters: 0.05, 1,000, 2·10^6."""
    if value == 0 or 1e-3 <= abs(value) * 1.0000001 < 1e6:
        digits = max(digits, len(f"{abs(value):.0f}"))
        return f"{float(f'{value:.{digits}g}'):,.{digits}g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    times = {1.0: "", -1.0: "-"}.get(float(mantissa), f"{float(mantissa):.{digits}g}·")
    return f"{times}10^{int(exponent)}"


def _numbered(values: Sequence[float]) -> list[Tick]:
    """Label values with as many digits as distinguish neighbours."""
    ticks = []
    for k, value in enumerate(values):
        near = [abs(v - value) for v in values[max(0, k - 1) : k + 2] if v != value]
        digits = _exponent(value) - _exponent(min(near, default=math.inf)) + 1
        ticks.append(Tick(value, number_text(value, max(4, digits))))
    return ticks


def _exponent(value: float) -> int:
    """Return the decimal exponent; 0 for zero and infinity."""
    return math.floor(math.log10(abs(value)) + 1e-9) if 0 < abs(value) < math.inf else 0


def multiples(low: float, high: float, most: int, digits: Sequence[int] = (1, 2, 5)) -> list[float]:
    """Return multiples of one of these digits times a power of ten, from ≤ low to ≥ high."""
    if _same(low, high):
        return [low]
    for step in _steps((high - low) / max(2, most - 1), digits):
        # A value that differs from a multiple by a rounding error is that multiple.
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first < max(3, most):
            return [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    raise AssertionError("steps grow without end")


def _same(low: float, high: float) -> bool:
    """Tell whether two values differ by no more than rounding errors."""
    return high - low <= 1e-9 * max(abs(low), abs(high))


def _steps(least: float, digits: Sequence[int]) -> Iterator[float]:
    """Yield the digits times increasing powers of ten, from about `least` on, without zeros."""
    exponent = math.floor(math.log10(max(least, math.ulp(0.0))))
    while True:
        yield from filter(None, (float(f"{m}e{exponent}") for m in digits))
        exponent += 1


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Return round numbers for a logarithmic axis of positive values, from ≤ low to ≥ high."""
    if _same(low, high):
        return [low]
    if high / low < NARROW:
        evenly = multiples(low, high, most)
        if evenly[0] > 0:
            return evenly
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    for digits in DIGITS:
        finer = [float(f"{m}e{k}") for k in range(first, last + 1) for m in digits]
        begin = max(i for i, v in enumerate(finer) if i == 0 or v <= low * (1 + 1e-9))
        end = next(i for i, v in enumerate(finer) if v >= high * (1 - 1e-9))
        if end - begin < max(3, most):
            return finer[begin : end + 1]
    if last - first < max(3, most):
        return [float(f"1e{k}") for k in range(first, last + 1)]
    return [float(f"1e{k:.0f}") for k in multiples(first, last, most, (1, 2, 3, 4, 5, 6, 8))]


def _as_they_are(values: Sequence[float]) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


def _logarithms(values: Sequence[float]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(np.asarray(values, dtype=np.float64))


def _even_ticks(low: float, high: float, most: int) -> list[Tick]:
    return _numbered(multiples(low, high, most))


def _no_ticks(_: Sequence[Tick]) -> list[float]:
    return []


def _round_ticks(low: float, high: float, most: int) -> list[Tick]:
    return _numbered(round_numbers(low, high, most))


def _digits(ticks: Sequence[Tick]) -> list[float]:
    """The digits of each decade, where every decade has its tick."""
    values = [t.value for t in ticks]
    if len(values) < 2 or not math.isclose(values[1], 10 * values[0]):
        return []
    return [m * decade for decade in (values[0] / 10, *values) for m in range(2, 10)]


def _pattern_ticks(low: float, high: float, most: int) -> list[Tick]:
    if max(-low, high) <= POWERS_OF_TWO:
        numbers = round_numbers(2**low, 2**high, most)
        return [Tick(math.log2(tick.value), tick.label) for tick in _numbered(numbers)]
    first, last = math.floor(low), math.ceil(high)
    # Fractions of a power would not be round numbers.
    few = last - first < max(3, most)
    whole = range(first, last + 1) if few else multiples(first, last, most)
    return [Tick(float(v), f"2^{v:g}") for v in whole]


def _pattern_digits(ticks: Sequence[Tick]) -> list[float]:
    if not ticks or max(abs(t.value) for t in ticks) > POWERS_OF_TWO:
        return []
    return [math.log2(v) for v in _digits([Tick(2**t.value, t.label) for t in ticks])]


LINEAR = Scale(_as_they_are, _even_ticks, _no_ticks, number_text)
# Positive values; zero has no position.
LOG = Scale(_logarithms, _round_ticks, _digits, number_text)
# Numbers of patterns, given as log₂ K since K may not fit a float.
PATTERNS = Scale(_as_they_are, _pattern_ticks, _pattern_digits, patterns_text)
