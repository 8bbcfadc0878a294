"""Tables of an interaction for the kernel of trials, and the arithmetic of its sums."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.interactions import AbstractInteraction

# Sums of integers below this are exact in float32.
SINGLE_LIMIT = 2.0**24

# The share of it that magnitudes may be expected to reach; they scatter by a few percent.
PLAUSIBLE = 0.8


@dataclass(frozen=True, eq=False)
class ProbingTable:
    """An interaction's differences, two by two, for a cue that differs from a pattern in d bits.

    Attributes:
        pairs: D(m − 1) + D(m + 1) and D(m − 1) − D(m + 1) at m = N − 2d, float32 or float64 of
            shape (2, N + 1), possibly times one positive constant.
        slack: a sum has its true sign where it is larger than slack · (sum of the magnitudes of
            both members of its pairs).
        limit: every sum is exact where the latter is below this.
    """

    pairs: NDArray[np.floating]
    slack: float
    limit: float


def probing_tables(
    interaction: AbstractInteraction, neurons: int, patterns: int, *, flips: int
) -> list[ProbingTable]:
    """Yield the tables to try in turn, float32 first where its sums are probably exact.

    Args:
        interaction: F.
        neurons: N.
        patterns: K.
        flips: in how many bits a cue differs from its own pattern.
    """
    table = interaction.table(neurons, patterns)
    # One that is relative is laid about the overlap of the cue with its own pattern. Entries of
    # patterns that are much nearer overflow, and their sums decide nothing.
    indices = neurons - 2 * np.arange(neurons + 1) + table.offset(neurons - 2 * flips)
    below, above = table.values[indices - 1], table.values[indices + 1]
    with np.errstate(over="ignore", invalid="ignore"):
        pairs = np.stack([below + above, below - above])
    exact = table.slack == 0
    double = ProbingTable(pairs, table.slack, math.inf if exact else 0.0)
    if not exact:
        return [double]
    magnitudes = np.abs(pairs).sum(axis=0)
    others = (patterns - 1) * (_shares(neurons) @ magnitudes)
    if magnitudes[flips] + others > PLAUSIBLE * SINGLE_LIMIT:
        return [double]
    return [ProbingTable(pairs.astype(np.float32), math.inf, SINGLE_LIMIT), double]


def _shares(neurons: int) -> NDArray[np.float64]:
    """Return the probabilities that two random patterns differ in d bits, shape (N + 1,)."""
    differing = np.arange(1, neurons + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((neurons + 1 - differing) / differing))])
    with np.errstate(under="ignore"):
        return np.exp(logs - neurons * math.log(2))
