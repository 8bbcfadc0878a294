"""F(x) = xⁿ (Krotov and Hopfield 2016), in integers of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hopcli.binary.interactions.abstract import (
    EXACT_LIMIT,
    AbstractInteraction,
    Table,
    rounding_slack,
)
from hopcli.binary.interactions._thermal import Differences
from hopcli.errors import HopError

# The largest entry of a table that cannot be exact is scaled to about 2 to this power: high enough
# that the small entries keep their digits, low enough that a sum over 2¹⁰⁰ patterns is finite.
SCALED_BITS = 900


# Integers of ten thousand times the digits of an overlap are still worked with in milliseconds.
LARGEST_DEGREE = 10_000


@lru_cache(maxsize=2048)
def _difference(y: int, degree: int) -> int:
    return (y + 1) ** degree - (y - 1) ** degree


@dataclass(frozen=True)
class Polynomial(AbstractInteraction):
    """F(x) = xⁿ with degree n ≥ 2."""

    degree: int = 3

    def __post_init__(self) -> None:
        if not 2 <= self.degree <= LARGEST_DEGREE:
            raise HopError(
                f"--degree {self.degree} was given, but F(x) = xⁿ takes a degree from 2 to "
                f"{LARGEST_DEGREE:,}; give one of these, or --energy exp, which is steeper still"
            )

    @property
    def name(self) -> str:
        """The interaction in words."""
        return f"poly of degree {self.degree}"

    def difference(self, y: int) -> int:
        """D(y) = (y + 1)ⁿ − (y − 1)ⁿ."""
        return _difference(y, self.degree)

    def table(self, neurons: int, patterns: int) -> Table:
        """Tabulate D, exactly where all its sums stay below 2⁵³."""
        differences = self._differences(neurons + 1)
        largest = differences[-1]
        exact = 8 * patterns * largest < EXACT_LIMIT
        unit = 1 << max(0, largest.bit_length() - SCALED_BITS)
        return Table(
            values=np.array([d / unit for d in differences]),
            origin=neurons + 1,
            relative=False,
            slack=0.0 if exact else rounding_slack(patterns, table_error=2.0**-52),
        )

    def _differences(self, most: int) -> list[int]:
        """D from −most to most, at least 0."""
        # D is even for odd n and odd for even n, so one half of it gives the other.
        powers = [x**self.degree for x in range(most + 2)]
        upper = [high - low for low, high in zip(powers, powers[2:], strict=False)]
        parity = -1 if self.degree % 2 == 0 else 1
        at_zero = 1 - (-1) ** self.degree
        return [parity * d for d in reversed(upper)] + [at_zero, *upper]

    def sign(self, values: Sequence[int], counts: Sequence[int]) -> int:
        """The sign of a sum of Python integers, of which the largest mostly decide."""
        terms = sorted(zip(values, counts, strict=True), key=lambda term: -abs(term[0]))
        rest, total = sum(abs(count) for count in counts), 0
        for y, count in terms:
            felt = self.difference(y)
            # |D| rises with |y|, so what is still to come is no larger than this.
            if abs(total) > rest * abs(felt):
                break
            total += count * felt
            rest -= abs(count)
        return (total > 0) - (total < 0)

    def pulls(self, neurons: int) -> Differences:
        """ΔE = N^(1−n) Σ_μ ξ_μi D(y_μ), no term of which exceeds N."""
        scale = neurons ** (self.degree - 1)
        values = np.zeros(2 * neurons + 3)
        values[2:-2] = [d / scale for d in self._differences(neurons - 1)]
        return Differences(values, unit=1.0)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """E = −N^(1−n) Σ_μ m_μⁿ, rounded once."""
        total = sum(count * m**self.degree for m, count in zip(values, counts, strict=True))
        return -total / neurons ** (self.degree - 1)
