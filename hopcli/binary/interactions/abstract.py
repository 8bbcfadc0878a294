"""What an interaction defines, and what follows from it.

A new interaction needs `name`, `summary`, `parameters`, `difference` and `energy`; all the rest has
defaults, which hold for any sum over patterns. An interaction overrides a default where it has
a more exact, faster or published alternative.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.binary.predictions import Prediction
from hopcli.parameters import Parameter
from hopcli.results import Outcome

if TYPE_CHECKING:
    from hopcli.binary.arrays import Real
    from hopcli.binary.interactions._thermal import AbstractThermalTable
    from hopcli.results import Recall

# Sums of integers below this are exact in float64, in whatever order they are added.
EXACT_LIMIT = 2**53

# The largest entry of a table that cannot be exact is scaled to about 2 to this power: high enough
# that the small entries keep their digits, low enough that a sum over 2¹⁰⁰ patterns is finite.
SCALED_BITS = 900


@dataclass(frozen=True)
class Table:
    """The differences D(y) of an interaction for every overlap that can occur, as float64.

    Attributes:
        values: D over a run of consecutive y, possibly times one positive constant.
        origin: the index of y = 0 in `values`; of y = the largest overlap, if `relative`.
        relative: whether indices count from the largest overlap of the state.
        slack: a sum h of such terms has its true sign wherever |h| > slack · (sum of their
            magnitudes). 0: every such sum is exact, and h = 0 is a real tie.
    """

    values: "Real"
    origin: int
    relative: bool
    slack: float

    def offset(self, top: int) -> int:
        """Return what to add to an overlap for its index, where the state's largest is `top`."""
        return self.origin - top if self.relative else self.origin


def rounding_slack(patterns: int, table_error: float) -> float:
    """Bound the relative error of a sum over so many table entries, added in any order.

    Each of at most 2K + 64 additions errs by one part in 2⁵³ of what has been added up so far; the
    factor of two above that covers the products and the bound's own rounding.
    """
    return (2 * patterns + 64) * 2.0**-52 + table_error


class AbstractInteraction(ABC):
    """An interaction F of overlaps.

    Final classes are frozen dataclasses, whose fields are the parameters.

    Attributes:
        name: what the `energy` parameter takes; the name of the file.
        summary: one clause for the help.
        parameters: of the constructor.
        linear: whether D(y) is proportional to y, so that N h_i = Σ_μ ξ_μi m_μ − K s_i.
        growth_law: how the capacity grows with N: "exponent" of K ∝ N^value, or "rate" of
            K ∝ exp(value · N).
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    linear: ClassVar[bool] = False
    growth_law: ClassVar[str] = "exponent"

    @abstractmethod
    def difference(self, y: int) -> int | float:
        """Return D(y) = F(y + 1) − F(y − 1): an int where it is whole, else the nearest float."""

    @abstractmethod
    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """Return the energy of a state.

        Args:
            values: distinct overlaps, in descending order.
            counts: the number of patterns at each.
            neurons: N.
            known: how many of the N neurons are ±1; the others are 0.
        """

    def values(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {parameter.name: getattr(self, parameter.name) for parameter in self.parameters}

    def describe(self) -> str:
        """Return the interaction in words, as in "poly of degree 3"."""
        said = " and ".join(f"{name} {value:g}" for name, value in self.values().items())
        return f"{self.name} of {said}" if said else self.name

    @property
    def reach(self) -> int | None:
        """How far below the largest overlap a pattern still counts in an energy.

        A number promises that D is positive and rises, and that patterns further below change no
        energy, so that the patterns near a state are enough (binary/pruned.py). None: all count.
        """
        return None

    def table(self, neurons: int, patterns: int) -> Table:
        """Tabulate D for N neurons, y from −N − 1 to N + 1, to be summed over K patterns.

        Integers are exact where all their sums stay below 2⁵³.
        """
        import numpy as np

        differences = self.differences(neurons + 1)
        largest = max(map(abs, differences))
        whole = all(isinstance(d, int) for d in differences)
        exact = whole and 8 * patterns * largest < EXACT_LIMIT
        unit = 1 << max(0, int(largest).bit_length() - SCALED_BITS)
        return Table(
            values=np.array([d / unit for d in differences], dtype=np.float64),
            origin=neurons + 1,
            relative=False,
            slack=0.0 if exact else rounding_slack(patterns, table_error=2.0**-52),
        )

    def differences(self, most: int) -> Sequence[int | float]:
        """Return D of −most … most."""
        return [self.difference(y) for y in range(-most, most + 1)]

    def sign(self, values: Sequence[int], counts: Sequence[int]) -> int:
        """Return the exact sign of Σ counts · D(values), −1, 0 or 1, whatever the terms' size.

        Args:
            values: distinct overlaps, in descending order.
            counts: signed numbers of patterns.
        """
        from fractions import Fraction

        terms = zip(values, counts, strict=True)
        total = sum((count * Fraction(self.difference(y)) for y, count in terms), Fraction(0))
        return (total > 0) - (total < 0)

    def thermal(self, neurons: int) -> "AbstractThermalTable":
        """Return the terms of the energy differences ΔE_i of N neurons, for a temperature above 0.

        By default those of one pattern alone, of whose energies that of many patterns is the sum.
        """
        import numpy as np

        from hopcli.binary.interactions._thermal import Differences

        values = np.zeros(2 * neurons + 3)
        values[2:-2] = [
            self.energy([y - 1], [1], neurons=neurons, known=neurons)
            - self.energy([y + 1], [1], neurons=neurons, known=neurons)
            for y in range(1 - neurons, neurons)
        ]
        return Differences(values, unit=1.0)

    def magnitude(self, y: int) -> int | float:
        """Return a number that rises with |D(y)|, and is equal where |D(y)| is."""
        return abs(self.difference(y))

    def relative(self, overlaps: Sequence[int], unit: int) -> "Real":
        """Return D(y) / |D(unit)| of some overlaps, shape (len(overlaps),)."""
        import numpy as np

        bottom = abs(self.difference(unit)) or 1
        return np.array([self.difference(y) / bottom for y in overlaps], dtype=np.float64)

    def predictions(self, neurons: int, *, error: float, noise: float) -> list[Prediction]:
        """Return the capacities that are published for random patterns, the first for `error`.

        Every formula is for large N and independent, fair patterns. One update is made from a cue
        with flipped bits.

        Args:
            neurons: N, at least 1.
            error: the share of a cue's bits that one update may set wrong, between 0 and 0.5.
            noise: the share of the cue's bits that are flipped, from 0 to less than 0.5.
        """
        return []

    def bit_error(self, neurons: int, *, log2_patterns: float, noise: float) -> float | None:
        """Return the Gaussian probability that one update sets a bit wrong; None: no formula."""
        return None

    def retrieval(self, neurons: int) -> float | None:
        """Return log₂ of the K up to which the dynamics find back; None: no formula."""
        return None

    def growth(self, neurons: int, *, noise: float) -> float | None:
        """Return the value of `growth_law` that theory gives at N; None: no formula."""
        return None

    def page(self, neurons: int) -> dict[str, Any]:
        """Return the form in which the page of `hop demo` computes it, by default a table.

        The page decides exactly by whole numbers below 2⁵³, else by the nearest float64. A form
        that depends on parameters names them, so that the page may use other values; a
        table is that of the parameters it is made for.

        Args:
            neurons: N.

        Returns:
            "family": "table"; "differences": D(y), possibly times one positive constant, for y from
            −N − 1 to N + 1; "energies": F(m), in the scale of `energy`, for m from −N to N.
        """
        differences = AbstractInteraction.table(self, neurons, 1).values.tolist()
        energies = [
            0.0 - self.energy([m], [1], neurons=neurons, known=neurons)
            for m in range(-neurons, neurons + 1)
        ]
        return {"family": "table", "differences": differences, "energies": energies}

    def advice(self, recall: "Recall", *, patterns: int, neurons: int) -> str:
        """Say why a recall ended in no stored pattern, and what to try.

        Args:
            recall: one whose outcome is INVERSE or SPURIOUS.
            patterns: K.
            neurons: N.
        """
        if recall.outcome is Outcome.INVERSE:
            return inverse_advice(recall, f"an interaction of {self.describe()}")
        return (
            f"{self.describe()} does not tell patterns apart that are this many, or this alike; "
            f"try `energy=exp`, or a cue with less damage."
        )


def inverse_advice(recall: "Recall", network: str) -> str:
    """Say why a recall ended in the negative of a pattern, in a network of so many words."""
    nearer = ", and the cue was nearer to it" if recall.cue_overlap < 0 else ""
    return (
        f"With {network} the negative of every pattern is a minimum too{nearer}; try `energy=exp`."
    )
