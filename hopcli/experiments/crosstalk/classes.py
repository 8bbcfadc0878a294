"""The terms that one random pattern can add to a local field, and bounds of sums of them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions import AbstractInteraction

Floats = NDArray[np.float64]

# The number of splits of the classes that are tried for a bound of a tail.
TRIED = 200


@dataclass(frozen=True)
class Threshold:
    """The value that the crosstalk must exceed, or (`ties`) reach, to set a bit wrong.

    Attributes:
        overlap: y₁, so that the signal is D(y₁).
        ties: whether S = D(y₁) is wrong as well.
    """

    overlap: int
    ties: bool


@dataclass(frozen=True)
class Bounded:
    """A probability and a bound of its absolute error."""

    value: float
    error: float


@dataclass(frozen=True, eq=False)
class Classes:
    """The magnitudes that a term σ D(y) can have, with their probabilities.

    Attributes:
        interaction: F.
        overlaps: one y of each |D(y)|, descending.
        shares: the probability of each size.
    """

    interaction: AbstractInteraction
    overlaps: tuple[int, ...]
    shares: Floats

    def sizes(self, overlaps: tuple[int, ...], unit: int) -> Floats:
        """Return D(y) / |D(unit)|, with its sign."""
        return self.interaction.relative(overlaps, unit)


@lru_cache(maxsize=8)
def classes_of(interaction: AbstractInteraction, neurons: int) -> Classes:
    """Return the classes of N neurons."""
    others, ways, whole = neurons - 1, 1, 1 << (neurons - 1)
    # By magnitude: the first y that has it, and the number of states of the other neurons.
    found: dict[float, tuple[int, int]] = {}
    for k in range(neurons):
        y = others - 2 * k
        first, number = found.get(size := interaction.magnitude(y), (y, 0))
        found[size] = first, number + ways
        ways = ways * (others - k) // (k + 1)
    classes = [found[size] for size in sorted(found, reverse=True)]
    # Python rounds the quotient of two integers once, however long they are.
    shares = [number / whole for _, number in classes]
    return Classes(interaction, tuple(y for y, _ in classes), np.array(shares))


def tail(sizes: Floats, rates: Floats, reach: float) -> float:
    """Bound P(|S| ≥ reach) for a sum S of independent symmetric terms."""
    return float(tails(sizes, rates, np.array([reach]))[0])


def tails(sizes: Floats, rates: Floats, reaches: Floats) -> Floats:
    """Bound P(|S| ≥ reach) for each reach.

    For any x: the chance of one term above x, plus Bernstein's bound for the terms up to x. Sizes
    descend; `rates` are the expected numbers of terms of each.
    """
    above = np.concatenate([[0.0], np.cumsum(rates)])
    squares = np.cumsum((rates * sizes**2)[::-1])[::-1]
    # Any x will do: of many classes not all are tried.
    tried = slice(None, None, 1 + len(sizes) // TRIED)
    far = np.maximum(reaches, 1e-300)[:, None]
    with np.errstate(under="ignore", over="ignore"):
        exponents = far / (2 * (squares[tried] / far + sizes[tried] / 3) + 1e-300)
        bounds = np.min(above[:-1][tried] + 2 * np.exp(-exponents), axis=1)
    return np.where(reaches > 0, np.minimum(np.minimum(bounds, above[-1]), 1.0), 1.0)
