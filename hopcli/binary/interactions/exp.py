"""F(x) = exp(βx) (Demircigil et al. 2017), always relative to the largest term."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.binary.interactions.abstract import AbstractInteraction, Table, rounding_slack
from hopcli.binary.predictions import ALL, Prediction, prediction
from hopcli.parameters import Parameter
from hopcli.results import Outcome

if TYPE_CHECKING:
    from hopcli.binary.arrays import Real
    from hopcli.binary.interactions._thermal import Ratios
    from hopcli.results import Recall

# Beyond these, βy and the reach are no finite numbers.
BETA = Parameter("beta", float, 1.0, "β of F(x) = exp(βx).", low=1e-300, high=1e300, auto=True)

# Terms whose exponents are so far below the largest one change no energy: a million of them sum to
# 2e-16 of it.
NEGLIGIBLE = 50


@dataclass(frozen=True)
class Exponential(AbstractInteraction):
    """F(x) = exp(βx), β > 0."""

    name: ClassVar[str] = "exp"
    summary: ClassVar[str] = "an exponential, F(x) = exp(βx) (Demircigil et al. 2017)"
    parameters: ClassVar[tuple[Parameter, ...]] = (BETA,)
    growth_law: ClassVar[str] = "rate"

    beta: float = BETA.default

    def __post_init__(self) -> None:
        BETA.checked(self.beta)

    def describe(self) -> str:
        """Return the name, with β where it is not 1."""
        return "exp" if self.beta == 1 else f"exp with β = {self.beta:g}"

    @property
    def reach(self) -> int:
        """How far below the largest overlap a pattern still counts in an energy."""
        return math.ceil(NEGLIGIBLE / self.beta)

    def difference(self, y: int) -> float:
        """Return D(y) = 2 sinh(β) exp(βy), infinite where it is too large for a float."""
        try:
            return 2 * math.sinh(self.beta) * math.exp(self.beta * y)
        except OverflowError:
            return math.inf

    def magnitude(self, y: int) -> int:
        """Return y, with which D(y) rises."""
        return y

    def relative(self, overlaps: Sequence[int], unit: int) -> "Real":
        """Return D(y) / D(unit) = exp(β(y − unit)) of some overlaps."""
        import numpy as np

        with np.errstate(under="ignore"):
            return np.exp(self.beta * (np.array(overlaps, dtype=float) - unit))

    def table(self, neurons: int, patterns: int) -> Table:
        """Tabulate exp(β(y − top)): D(y) = 2 sinh(β) exp(βy), and only ratios matter for a sign.

        Overlaps may rise while a sweep goes on; where an entry overflows to infinity, the sum
        cannot be decided, and indices are counted from the new largest overlap.
        """
        import numpy as np

        reach = 2 * neurons + 2
        exponents = self.beta * np.arange(-reach, reach + 1)
        with np.errstate(over="ignore", under="ignore"):
            values = np.exp(exponents)
        # β·y is rounded before exp sees it, which costs up to |βy| units in the last place, and
        # entries that are not 0 or infinite have |βy| < 746.
        return Table(
            values=values,
            origin=reach,
            relative=True,
            slack=rounding_slack(patterns, table_error=750 * 2.0**-52),
        )

    def sign(self, values: Sequence[int], counts: Sequence[int]) -> int:
        """Return the sign of Σ c_v exp(βv), with as many digits as it takes.

        For a rational β ≠ 0 the exp(βv) of distinct integers are linearly independent over the
        integers (Lindemann and Weierstrass), so the sum is 0 only if all counts are.
        """
        terms = [(v, c) for v, c in zip(values, counts, strict=True) if c]
        if not terms:
            return 0
        digits = 50
        while True:
            sign = self._sign_to(digits, terms)
            if sign:
                return sign
            digits *= 2

    def _sign_to(self, digits: int, terms: list[tuple[int, int]]) -> int:
        """Return the sign of Σ c_v exp(βv) if so many digits decide it, else 0."""
        from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext

        with localcontext(Context(prec=digits, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])):
            beta, top = Decimal(self.beta), terms[0][0]
            rest = sum(abs(c) for _, c in terms)
            # Each term errs by a few units of the last digit of a number of at most `rest`.
            error = rest * len(terms) * Decimal(10) ** (2 - digits)
            total = Decimal(0)
            for v, c in terms:
                weight = (beta * (v - top)).exp()
                total += c * weight
                rest -= abs(c)
                # All that is still to come weighs less than this term.
                if abs(total) > rest * weight + error:
                    return 1 if total > 0 else -1
        return 0

    def thermal(self, neurons: int) -> "Ratios":
        """Return the sums of exp(βy) whose ratio gives ΔE."""
        from hopcli.binary.interactions._thermal import Ratios

        return Ratios(self.beta, neurons)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """Return E = −log Σ_μ exp(β m_μ), by log-sum-exp over the terms within `reach`.

        Patterns beyond it are left out, so that it is the same number without them.
        """
        top = max(values)
        total = math.fsum(
            c * math.exp(self.beta * (v - top))
            for v, c in zip(values, counts, strict=True)
            if v >= top - self.reach
        )
        return -(self.beta * top + math.log(total))

    def predictions(self, neurons: int, *, error: float, noise: float) -> list[Prediction]:
        """Return the capacity for β = 1; for others there is no theory."""
        if self.beta != 1:
            return []
        what = "every pattern corrected in one update" if noise else "every pattern stable"
        return [prediction(what, capacity(neurons, noise), ALL, "Demircigil et al. 2017")]

    def growth(self, neurons: int, *, noise: float) -> float | None:
        """Return the rate α of K ∝ exp(αN) for β = 1."""
        return capacity(neurons, noise) * math.log(2) / neurons if self.beta == 1 else None

    def page(self, neurons: int) -> dict[str, Any]:
        """Return the form that the page computes relative to the largest term."""
        return {"family": "exponential", "beta": self.beta}

    def advice(self, recall: "Recall", *, patterns: int, neurons: int) -> str:
        """Say that patterns near the cue are nearly the same, or β is small."""
        if recall.outcome is Outcome.INVERSE:
            return super().advice(recall, patterns=patterns, neurons=neurons)
        return (
            "The cue lies between patterns that are nearly the same, or β is small; try a larger "
            "`beta`, or a cue with less damage."
        )


def capacity(neurons: int, noise: float) -> float:
    """Return log₂ of exp(αN) with α = I(1−2ρ)/2, for F(x) = exp(x).

    I(x) = ½[(1+x) ln(1+x) + (1−x) ln(1−x)]; with nothing flipped this is 2^(N/2) (Demircigil et
    al. 2017, theorem 3).
    """
    agreeing, flipped = 2 - 2 * noise, 2 * noise
    rate = (agreeing * math.log2(agreeing) + (flipped * math.log2(flipped) if flipped else 0)) / 2
    return rate / 2 * neurons


MEMBER = Exponential
