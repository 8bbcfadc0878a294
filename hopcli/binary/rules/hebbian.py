"""Hebb's rule: W_ij = (1/N) Σ_μ ξ_μi ξ_μj, without a diagonal (Hopfield 1982)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.rules.abstract import AbstractRule, Learned, OnSweep, ignored

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import Real, States

# Patterns whose products are summed in one matrix product.
AT_ONCE = 2**10


def learn(patterns: "States") -> "Real":
    """Return W of patterns of ±1, (K, N), shape (N, N): whole numbers over N."""
    import numpy as np

    neurons = patterns.shape[1]
    return extend(np.zeros((neurons, neurons)), patterns)


def extend(matrix: "Real", patterns: "States") -> "Real":
    """Return W with more patterns, (added, N)."""
    return _moved(matrix, patterns, 1)


def reduce(matrix: "Real", patterns: "States") -> "Real":
    """Return W without some of its patterns, (removed, N)."""
    return _moved(matrix, patterns, -1)


def _moved(matrix: "Real", patterns: "States", sign: int) -> "Real":
    """Add `sign` times Σ_μ ξ_μ ξ_μᵀ / N, in whole numbers."""
    import numpy as np

    counts = np.rint(matrix * len(matrix))
    for start in range(0, len(patterns), AT_ONCE):
        rows = patterns[start : start + AT_ONCE].astype(np.float64)
        counts += rows.T @ (sign * rows)
    np.fill_diagonal(counts, 0)
    counts /= len(matrix)
    return counts


@dataclass(frozen=True)
class Hebbian(AbstractRule):
    """Hebb's rule, incremental and exact."""

    name: ClassVar[str] = "hebbian"
    summary: ClassVar[str] = "Hebb's rule, W = (1/N) Σ ξξᵀ (Hopfield 1982)"
    whole: ClassVar[bool] = True
    start: ClassVar[float] = 0.15

    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Add up the patterns' outer products."""
        return Learned(learn(patterns), float(patterns.shape[1]))

    def extend(self, matrix: "Real", added: "States") -> "Real":
        """Return the matrix with more patterns."""
        return extend(matrix, added)

    def reduce(self, matrix: "Real", kept: "States", removed: "States") -> "Real":
        """Return the matrix without some patterns."""
        return reduce(matrix, removed)


MEMBER = Hebbian
