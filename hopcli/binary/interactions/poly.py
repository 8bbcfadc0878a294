"""F(x) = xⁿ (Krotov and Hopfield 2016, arXiv:1606.01164), in integers of any size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.binary.interactions.abstract import AbstractInteraction
from hopcli.binary.predictions import TYPICAL, Prediction, prediction
from hopcli.parameters import Parameter
from hopcli.results import Outcome

if TYPE_CHECKING:
    from hopcli.binary.interactions._thermal import Differences
    from hopcli.results import Recall

# Integers of ten thousand times the digits of an overlap still take only milliseconds.
DEGREE = Parameter("degree", int, 3, "n of F(x) = xⁿ.", low=2, high=10_000)


@lru_cache(maxsize=2048)
def _difference(y: int, degree: int) -> int:
    return (y + 1) ** degree - (y - 1) ** degree


@dataclass(frozen=True)
class Polynomial(AbstractInteraction):
    """F(x) = xⁿ with degree n ≥ 2."""

    name: ClassVar[str] = "poly"
    summary: ClassVar[str] = "a power, F(x) = xⁿ (Krotov and Hopfield 2016)"
    parameters: ClassVar[tuple[Parameter, ...]] = (DEGREE,)

    degree: int = DEGREE.default

    def __post_init__(self) -> None:
        DEGREE.checked(self.degree)

    def difference(self, y: int) -> int:
        """Return D(y) = (y + 1)ⁿ − (y − 1)ⁿ."""
        return _difference(y, self.degree)

    def differences(self, most: int) -> list[int]:
        """Return D of −most … most, most at least 0."""
        # D is even for odd n and odd for even n, so one half of it gives the other.
        powers = [x**self.degree for x in range(most + 2)]
        upper = [high - low for low, high in zip(powers, powers[2:], strict=False)]
        parity = -1 if self.degree % 2 == 0 else 1
        at_zero = 1 - (-1) ** self.degree
        return [parity * d for d in reversed(upper)] + [at_zero, *upper]

    def magnitude(self, y: int) -> int:
        """Return |y|, with which |D(y)| rises."""
        return abs(y)

    def sign(self, values: Sequence[int], counts: Sequence[int]) -> int:
        """Return the sign of a sum of Python integers, of which the largest mostly decide."""
        terms = sorted(zip(values, counts, strict=True), key=lambda term: -abs(term[0]))
        rest, total = sum(abs(count) for count in counts), 0
        for y, count in terms:
            difference = self.difference(y)
            # |D| rises with |y|, so what is still to come is no larger than this.
            if abs(total) > rest * abs(difference):
                break
            total += count * difference
            rest -= abs(count)
        return (total > 0) - (total < 0)

    def thermal(self, neurons: int) -> "Differences":
        """Return the terms of ΔE = N^(1−n) Σ_μ ξ_μi D(y_μ), none of which exceeds N."""
        import numpy as np

        from hopcli.binary.interactions._thermal import Differences

        scale = neurons ** (self.degree - 1)
        values = np.zeros(2 * neurons + 3)
        values[2:-2] = [d / scale for d in self.differences(neurons - 1)]
        return Differences(values, unit=1.0)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """Return E = −N^(1−n) Σ_μ m_μⁿ, rounded once."""
        total = sum(count * m**self.degree for m, count in zip(values, counts, strict=True))
        return -total / neurons ** (self.degree - 1)

    def predictions(self, neurons: int, *, error: float, noise: float) -> list[Prediction]:
        """Return the capacities with few errors and with none."""
        source = "Krotov and Hopfield 2016"
        gaussian = within_error(self.degree, neurons, error=error, noise=noise)
        found = [prediction(f"bit error {error:g}", gaussian, TYPICAL, source)]
        if neurons > 1:  # ln 1 = 0
            whole = without_errors(self.degree, neurons, noise)
            found.append(prediction("no errors", whole, TYPICAL, source))
        return found

    def bit_error(self, neurons: int, *, log2_patterns: float, noise: float) -> float:
        """Return Q((1−2ρ)^(n−1) √(N^(n−1) / ((2n−3)!! K))).

        Krotov and Hopfield 2016; for n = 2 it is Q((1−2ρ)/√α) (Hertz, Krogh and Palmer 1991).
        """
        squared = signal_to_noise(self.degree, neurons, noise) - log2_patterns
        # Q(2¹⁰) is 0 as a float, and so is all beyond.
        return math.erfc(2 ** (min(squared / 2, 10) - 0.5)) / 2

    def growth(self, neurons: int, *, noise: float) -> float:
        """Return n − 1: the capacity grows as N^(n−1)."""
        return self.degree - 1.0

    def page(self, neurons: int) -> dict[str, Any]:
        """Return the form that the page computes exactly, in integers of any size."""
        return {"family": "power", "degree": self.degree}

    def advice(self, recall: "Recall", *, patterns: int, neurons: int) -> str:
        """Say that the degree is too low for these patterns."""
        if recall.outcome is Outcome.INVERSE:
            return super().advice(recall, patterns=patterns, neurons=neurons)
        return (
            f"F(x) = xⁿ of degree {self.degree} does not tell patterns apart that are this many, "
            f"or this alike; try a higher `degree` or `energy=exp`."
        )


def signal_to_noise(degree: int, neurons: int, noise: float) -> float:
    """Return log₂ of K times the squared ratio of a bit's signal to its noise, for F(x) = xⁿ.

    The signal is 2n (N(1 − 2ρ))^(n−1), the variance of the noise 4n² K (2n−3)!! N^(n−1)
    (Krotov and Hopfield 2016; n = 2 is Hebb's network). For large N: at N = 20 and n = 4, where
    the Gaussian bit error is 0.010, the true one is 0.013.
    """
    odd_factors = sum(math.log2(odd) for odd in range(1, 2 * degree - 2, 2))
    return (degree - 1) * (math.log2(neurons) + 2 * math.log2(1 - 2 * noise)) - odd_factors


def within_error(degree: int, neurons: int, *, error: float, noise: float) -> float:
    """Return log₂ of the K at which the Gaussian bit error equals `error`."""
    from statistics import NormalDist

    quantile = -NormalDist().inv_cdf(error)
    return signal_to_noise(degree, neurons, noise) - 2 * math.log2(quantile)


def without_errors(degree: int, neurons: int, noise: float) -> float:
    """Return log₂ of the K up to which one update makes no error: ratio² = 2 ln N, N ≥ 2.

    N^(n−1) / (2 (2n−3)!! ln N), Krotov and Hopfield 2016; N / (2 ln N) for n = 2, McEliece et al.
    1987, who also give its factor (1−2ρ)². Finite N approach it slowly.
    """
    return signal_to_noise(degree, neurons, noise) - math.log2(2 * math.log(neurons))


MEMBER = Polynomial
