"""How patterns pull at a neuron whose temperature is above 0.

Each pattern pulls the neuron towards its own value there, the more strongly the better it fits the
other neurons: by an amount that depends on y = m_μ − ξ_μi s_i. How far the patterns that have +1
there outweigh those that have −1 says how much lower the energy is with s_i = +1,
ΔE = E(s_i = −1) − E(s_i = +1). It rises with ΔE, so that to compare it with the lead that an energy
takes is to compare ΔE with that energy, and no exponential can overflow.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# Sharpness up to which exponentials of what matters beside the largest one, at most four overlaps
# below it, are normal numbers.
SHARPEST = 160.0

# The lean of patterns against none: larger than any lead but an infinite one.
FINITE = 1.7e308


class AbstractPulls(ABC):
    """The pulls of one interaction among N neurons."""

    @abstractmethod
    def lean(self, felt: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """By how much the patterns with +1 at a neuron outweigh those with −1.

        Args:
            felt: y of each pattern, shape (K,).
            signs: ξ_μi of each, ±1, shape (K,).
        """

    @abstractmethod
    def leads(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a lean exceeds exactly where ΔE exceeds these energies; infinite where none does."""


@dataclass(frozen=True)
class Differences(AbstractPulls):
    """Energies that are sums over patterns: ΔE is proportional to a difference of sums.

    Attributes:
        values: the pull at y, float64, that of y = 0 in the middle, y from −N − 1 to N + 1. A
            neuron's others cannot make an overlap beyond N − 1, so the outermost are 0.
        unit: the pulls' sums over ΔE.
    """

    values: NDArray[np.float64]
    unit: float

    def lean(self, felt: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """The difference of the sums."""
        return float((self.values[felt + len(self.values) // 2] * signs).sum())

    def leads(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same in the pulls' unit."""
        return gaps * self.unit


@dataclass(frozen=True)
class Ratios(AbstractPulls):
    """E = −log Σ_μ exp(β m_μ): ΔE rises with the ratio of two sums of exp(βy).

    Attributes:
        beta: β.
        neurons: N.
    """

    beta: float
    neurons: int

    @property
    def tabulated_beta(self) -> float:
        """The β that `values` are for, which is the true one as far as numbers reach.

        Beyond, the largest overlap of a sum outweighs the next by e³²⁰, so the logarithm of a sum
        tells what that overlap is, and what the true β makes of it.
        """
        return min(self.beta, SHARPEST)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """exp(βy) for y from −2N to 0, relative to the largest overlap of the state."""
        with np.errstate(under="ignore"):
            return np.exp(self.tabulated_beta * np.arange(-2 * self.neurons, 1))

    def lean(self, felt: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """The difference of the logarithms."""
        ones = signs > 0
        up, down = felt[ones], felt[~ones]
        if not (len(up) and len(down)):
            return FINITE if len(up) else -FINITE
        return self._log_sum(up) - self._log_sum(down)

    def _log_sum(self, overlaps: NDArray[np.integer]) -> float:
        top = int(overlaps.max())
        with np.errstate(under="ignore"):
            return self.beta * top + float(np.log(np.exp(self.beta * (overlaps - top)).sum()))

    def leads(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log of sinh(β + g/2) / sinh(β − g/2) for a gap g; no neuron has one of 2β or more.

        With a and b the sums of the ones and the others, E(s_i = +1) = −log(a exp(β) + b exp(−β)),
        so a exp(β) + b exp(−β) is to exceed exp(g) times a exp(−β) + b exp(β).
        """
        leads = np.where(gaps > 0, np.inf, -np.inf)
        inside = np.abs(gaps) < 2 * self.beta
        g = gaps[inside]
        above, below = -np.expm1(-2 * self.beta - g), -np.expm1(g - 2 * self.beta)
        leads[inside] = g + np.log(above) - np.log(below)
        return leads
