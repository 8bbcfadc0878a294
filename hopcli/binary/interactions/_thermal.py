"""Fields that decide a neuron at a temperature above 0.

A neuron that is visited compares ΔE = E(s_i = −1) − E(s_i = +1) with a random energy
(binary/glauber.py). Here ΔE is expressed by a field, a function of y_μ = m_μ − ξ_μi s_i that rises
with ΔE, and the energy by a threshold for that field, so that no exponential can overflow.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.arrays import Real

# The largest β of tabulated exponentials: what counts beside the largest term, at most four
# overlaps below it, is then a normal number.
LARGEST_BETA = 160.0

# The field where all patterns have the same value: larger than any threshold but an infinite one.
FINITE = 1.7e308


class AbstractThermalTable(ABC):
    """The fields of one interaction among N neurons."""

    @abstractmethod
    def field(self, y: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """Return the field of a neuron.

        Args:
            y: m_μ − ξ_μi s_i of each pattern, shape (K,).
            signs: ξ_μi of each, ±1, shape (K,).
        """

    @abstractmethod
    def thresholds(self, energies: Real) -> Real:
        """Return what a field exceeds exactly where ΔE exceeds these energies; may be infinite."""

    @abstractmethod
    def kernel(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        """Return the compiled sweep (kernels/thermal.py), and its arguments after thresholds."""


@dataclass(frozen=True)
class Differences(AbstractThermalTable):
    """A field that is a sum over patterns, proportional to ΔE.

    Attributes:
        values: the term at y, float64, y from −N − 1 to N + 1. The others of a neuron cannot make
            an overlap beyond N − 1, so the outermost are 0.
        unit: the field over ΔE.
    """

    values: Real
    unit: float

    def field(self, y: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """Return Σ_μ ξ_μi values(y_μ)."""
        return float((self.values[y + len(self.values) // 2] * signs).sum())

    def thresholds(self, energies: Real) -> Real:
        """Return the energies in the field's unit."""
        return energies * self.unit

    def kernel(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        """Return the sweep whose fields are sums of table entries."""
        from hopcli.kernels import thermal

        return thermal.differences, (self.values,)


@dataclass(frozen=True)
class Linear(Differences):
    """Differences with values(y) = y, whose field is the integer N h_i = Σ_μ ξ_μi m_μ − K s_i."""

    def kernel(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        """Return the sweep whose fields are sums of overlaps."""
        from hopcli.kernels import thermal

        return thermal.integers, ()


@dataclass(frozen=True)
class Ratios(AbstractThermalTable):
    """The field of E = −log Σ_μ exp(β m_μ): the logarithm of the ratio of two sums of exp(βy).

    Attributes:
        beta: β.
        neurons: N.
    """

    beta: float
    neurons: int

    @property
    def tabulated_beta(self) -> float:
        """The β of `values`: the true one, up to 160.

        Beyond, the largest overlap of a sum outweighs the next by e³²⁰, so the logarithm of the sum
        gives that overlap, and from it the term with the true β.
        """
        return min(self.beta, LARGEST_BETA)

    @cached_property
    def values(self) -> Real:
        """exp(βy) for y from −2N to 0, relative to the largest overlap of the state."""
        with np.errstate(under="ignore"):
            return np.exp(self.tabulated_beta * np.arange(-2 * self.neurons, 1))

    def field(self, y: NDArray[np.integer], signs: NDArray[np.integer]) -> float:
        """Return log Σ exp(βy) of the patterns with +1, less that of those with −1."""
        ones = signs > 0
        up, down = y[ones], y[~ones]
        if not (len(up) and len(down)):
            return FINITE if len(up) else -FINITE
        return self._log_sum(up) - self._log_sum(down)

    def _log_sum(self, overlaps: NDArray[np.integer]) -> float:
        top = int(overlaps.max())
        with np.errstate(under="ignore"):
            return self.beta * top + float(np.log(np.exp(self.beta * (overlaps - top)).sum()))

    def thresholds(self, energies: Real) -> Real:
        """Return log of sinh(β + g/2) / sinh(β − g/2) for an energy g; infinite for |g| ≥ 2β.

        With a and b the sums of exp(βy), E(s_i = +1) = −log(a exp(β) + b exp(−β)), so
        a exp(β) + b exp(−β) is to exceed exp(g) times a exp(−β) + b exp(β).
        """
        thresholds = np.where(energies > 0, np.inf, -np.inf)
        inside = np.abs(energies) < 2 * self.beta
        g = energies[inside]
        above, below = -np.expm1(-2 * self.beta - g), -np.expm1(g - 2 * self.beta)
        thresholds[inside] = g + np.log(above) - np.log(below)
        return thresholds

    def kernel(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        """Return the sweep whose fields are logarithms of two sums of table entries."""
        from hopcli.kernels import thermal

        return thermal.ratios, (self.values, self.beta, self.tabulated_beta)
