"""What a neuron can feel of one pattern, and with which probability."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions import AbstractInteraction, Exponential, Polynomial
from hopcli.errors import HopError

Floats = NDArray[np.float64]


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
