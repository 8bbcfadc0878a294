"""F(x) = exp(βx) (Demircigil et al. 2017), always relative to the largest term."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext

import numpy as np

from hopcli.binary.interactions.abstract import AbstractInteraction, Table, rounding_slack
from hopcli.binary.interactions._thermal import Ratios
from hopcli.errors import HopError

# Terms that lie so far below the largest one, in exponents, cannot be seen in an energy: a million
# of them come to 2e-16 of it.
UNSEEN = 50


@dataclass(frozen=True)
class Exponential(AbstractInteraction):
    """F(x) = exp(βx), β > 0."""

    beta: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.beta) and self.beta > 0):
            raise HopError(
                f"--beta {self.beta} was given, but exp(βx) needs a β above 0; give --beta 1 or so"
            )

    @property
    def name(self) -> str:
        """The interaction in words."""
        return "exp" if self.beta == 1 else f"exp with β = {self.beta:g}"

    @property
    def reach(self) -> int:
        """How far below the largest overlap others may lie and be seen in an energy."""
        return math.ceil(UNSEEN / self.beta)

    def table(self, neurons: int, patterns: int) -> Table:
        """Tabulate exp(β(y − top)): D(y) = 2 sinh(β) exp(βy), and only ratios matter for a sign.

        Overlaps may rise while a sweep goes on; where an entry overflows to infinity, the sum
        cannot be decided, and the table is laid about the new largest overlap.
        """
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
        """The sign of Σ c_v exp(βv), to as many digits as it takes.

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
        """The sign of Σ c_v exp(βv) as far as so many digits tell it, else 0."""
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

    def pulls(self, neurons: int) -> Ratios:
        """Sums of exp(βy), whose ratio tells ΔE."""
        return Ratios(self.beta, neurons)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """E = −log Σ_μ exp(β m_μ), by log-sum-exp over what can be seen.

        So it is the same number whether the rest of the patterns is given or not.
        """
        top = max(values)
        total = math.fsum(
            c * math.exp(self.beta * (v - top))
            for v, c in zip(values, counts, strict=True)
            if v >= top - self.reach
        )
        return -(self.beta * top + math.log(total))
