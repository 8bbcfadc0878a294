"""What every interaction has: a table of differences, an exact sign, an energy."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions._thermal import AbstractPulls

# Sums of integers below this are exact in float64, in whatever order they are added.
EXACT_LIMIT = 2**53


@dataclass(frozen=True)
class Table:
    """The differences D(y) of an interaction for every overlap that can occur, as float64.

    Attributes:
        values: D over a run of consecutive y, possibly times one positive constant.
        origin: where y = 0 stands in `values`; where y is the largest overlap, if `relative`.
        relative: whether the table is laid about the largest overlap of the state.
        slack: a sum h of such terms has its true sign wherever |h| > slack · (sum of their
            magnitudes). 0: every such sum is exact, and h = 0 is a real tie.
    """

    values: NDArray[np.float64]
    origin: int
    relative: bool
    slack: float

    def offset(self, top: int) -> int:
        """What to add to an overlap to find its place, for a state whose largest one is `top`."""
        return self.origin - top if self.relative else self.origin


def rounding_slack(patterns: int, table_error: float) -> float:
    """Bound the relative error of a sum over so many table entries, added in any order.

    Each of at most 2K + 64 additions errs by one part in 2⁵³ of what has been added up so far; the
    factor of two above that covers the products and the bound's own rounding.
    """
    return (2 * patterns + 64) * 2.0**-52 + table_error


class AbstractInteraction(ABC):
    """An interaction F of overlaps."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The interaction in words, as in 'poly of degree 3'."""

    @abstractmethod
    def table(self, neurons: int, patterns: int) -> Table:
        """Tabulate D for N neurons, y from −N − 1 to N + 1, to be summed over K patterns."""

    @abstractmethod
    def sign(self, values: Sequence[int], counts: Sequence[int]) -> int:
        """The exact sign of Σ counts · D(values), −1, 0 or 1, whatever the size of the terms.

        `values` are distinct overlaps in descending order, `counts` signed numbers of patterns.
        """

    @abstractmethod
    def pulls(self, neurons: int) -> AbstractPulls:
        """How patterns pull at one of N neurons at a temperature above 0."""

    @abstractmethod
    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """The energy of a state, from how many patterns (`counts`) are at each overlap (`values`).

        `known` of the N neurons are ±1, the others 0.
        """
