"""Hebb's rule: W_ij = (1/N) Σ_μ ξ_μi ξ_μj, without a diagonal (Hopfield 1982)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.rules.abstract import AbstractRule, Learned, OnSweep, ignored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Patterns whose products are summed in one matrix product.
AT_ONCE = 2**10


def learn(patterns: "NDArray[np.int8]") -> "NDArray[np.float64]":
    """Return W of patterns of ±1, (K, N), shape (N, N): whole numbers over N."""
    import numpy as np

    neurons = patterns.shape[1]
    return extend(np.zeros((neurons, neurons)), patterns)


def extend(matrix: "NDArray[np.float64]", patterns: "NDArray[np.int8]") -> "NDArray[np.float64]":
    """Return W with more patterns, (added, N)."""
    return _moved(matrix, patterns, 1)


def reduce(matrix: "NDArray[np.float64]", patterns: "NDArray[np.int8]") -> "NDArray[np.float64]":
    """Return W without some of its patterns, (removed, N)."""
    return _moved(matrix, patterns, -1)


def _moved(
    matrix: "NDArray[np.float64]", patterns: "NDArray[np.int8]", sign: int
) -> "NDArray[np.float64]":
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
        self,
        patterns: "NDArray[np.int8]",
        *,
        rng: "np.random.Generator | None" = None,
        on_sweep: OnSweep = ignored,
    ) -> Learned:
        """Add up the patterns' outer products."""
        return Learned(learn(patterns), float(patterns.shape[1]))

    def extend(
        self, matrix: "NDArray[np.float64]", added: "NDArray[np.int8]"
    ) -> "NDArray[np.float64]":
        """Return the matrix with more patterns."""
        return extend(matrix, added)

    def reduce(
        self,
        matrix: "NDArray[np.float64]",
        kept: "NDArray[np.int8]",
        removed: "NDArray[np.int8]",
    ) -> "NDArray[np.float64]":
        """Return the matrix without some patterns."""
        return reduce(matrix, removed)


MEMBER = Hebbian
