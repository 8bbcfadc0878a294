"""The perceptron rule with a margin, symmetric (Krauth and Mézard 1987; Gardner 1988).

A pattern is held with margin κ if ξ_i h_i > κ |w_i| at every neuron, with |w_i| the length of the
neuron's weights. In a sweep all patterns are looked at, and each neuron that lacks its margin in
one adds (1/N) ξ_i ξ_j to its weights, w_ij, and to those that lead back to it, w_ji. That ends
where symmetric weights with this margin exist (Gardner, Gutfreund and Yekutieli 1989). Weights are
whole numbers over N, and exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Taught:
    """What the sweeps came to.

    Attributes:
        matrix: W, without a diagonal, shape (N, N): whole numbers over N.
        held: how many patterns have the margin at every neuron.
        sweeps: how many were made, the last one, in which nothing was added, included.
    """

    matrix: NDArray[np.float64]
    held: int
    sweeps: int


def learned(
    patterns: NDArray[np.int8],
    margin: float,
    sweeps: int,
    on_sweep: Callable[[int, int], None] = lambda sweep, held: None,
) -> Taught:
    """Sweep until every pattern has the margin, or the sweeps are spent.

    Args:
        patterns: ±1, shape (K, N).
        margin: κ, 0 or more.
        sweeps: at most, 1 or more.
        on_sweep: told how many sweeps there were and how many patterns were held in the last.
    """
    wanted = patterns.astype(np.float64)
    neurons = patterns.shape[1]
    counts = np.zeros((neurons, neurons))
    held, sweep = 0, 0
    for sweep in range(1, sweeps + 1):
        lengths = np.sqrt(np.einsum("ij,ij->i", counts, counts))
        lacking = wanted * (wanted @ counts) <= margin * lengths
        held = int(np.count_nonzero(~lacking.any(axis=1)))
        on_sweep(sweep, held)
        # What the last sweep added would not be looked at.
        if held == len(patterns) or sweep == sweeps:
            break
        added = (wanted * lacking).T @ wanted
        counts += added
        counts += added.T
        np.fill_diagonal(counts, 0)
    counts /= neurons
    return Taught(counts, held, sweep)
