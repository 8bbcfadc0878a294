"""The projection rule: W = ξᵀ(ξξᵀ)⁺ξ, which projects on the span of the patterns.

(Personnaz, Guyon and Dreyfus 1985.) Every pattern is a fixed point of W, correlated ones too, as
long as they are linearly independent; of dependent ones the pseudo-inverse takes the span. The
diagonal, which keeps neurons as they are, is left out for recall.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.predictions import ALL, Prediction, prediction
from hopcli.binary.rules.abstract import AbstractRule, Learned, OnSweep, ignored

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import Real, States

# Eigenvalues of ξξᵀ, whose entries are whole numbers, that are only rounding, relative to the sum.
ZERO = 1e-12


def learn(patterns: "States") -> "Real":
    """Return W of patterns of ±1, (K, N), with its diagonal, shape (N, N)."""
    import numpy as np

    basis = _basis(patterns.astype(np.float64))
    return basis.T @ basis


def extend(matrix: "Real", patterns: "States") -> "Real":
    """Return W, with its diagonal, with more patterns, (added, N).

    For one pattern it is W + rrᵀ/(r·r), with the residual r = ξ − Wξ; for several W plus the
    projection on the span of their residuals.
    """
    import numpy as np

    rows = patterns.astype(np.float64)
    # The second time removes what rounding left of the old span.
    for _ in range(2):
        rows = rows - rows @ matrix
    basis = _basis(rows)
    return matrix + basis.T @ basis


def rank(matrix: "Real") -> int:
    """Return how many patterns are linearly independent: the trace of a projection."""
    import numpy as np

    return round(float(np.trace(matrix)))


def _basis(rows: "Real") -> "Real":
    """Return orthonormal rows of the same span, shape (rank, N)."""
    import numpy as np

    kept, neurons = rows.shape
    # The smaller one of ξξᵀ and ξᵀξ has the same eigenvalues.
    few = kept <= neurons
    values, vectors = np.linalg.eigh(rows @ rows.T if few else rows.T @ rows)
    # Patterns have a sum of squares, and of eigenvalues, of K N.
    held = values > ZERO * kept * neurons
    if not few:
        return vectors[:, held].T
    basis = (vectors[:, held] / np.sqrt(values[held])).T @ rows
    # Rows of nearly dependent patterns come out a little askew. A step of Newton's for the inverse
    # root of their products, which should be 1, squares what these are off by.
    return 1.5 * basis - 0.5 * (basis @ basis.T) @ basis


@dataclass(frozen=True)
class Projection(AbstractRule):
    """The projection on the patterns' span."""

    name: ClassVar[str] = "projection"
    summary: ClassVar[str] = "the projection on the patterns (Personnaz, Guyon and Dreyfus 1985)"
    rows: ClassVar[int] = 3
    start: ClassVar[float] = 0.5
    alternative: ClassVar[str] = "`energy=exp`"

    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Take the pseudo-inverse."""
        matrix = learn(patterns)
        kept, independent = len(patterns), rank(matrix)
        note = (
            f"of {kept:,} patterns only {independent:,} are linearly independent; the "
            f"pseudo-inverse was used, which projects on what they span"
        )
        return Learned(
            matrix, facts={"rank": independent}, notes=(note,) if independent < kept else ()
        )

    def extend(self, matrix: "Real", added: "States") -> "Real":
        """Return the matrix with more patterns."""
        return extend(matrix, added)

    def reduce(self, matrix: "Real", kept: "States", removed: "States") -> "Real":
        """Return the matrix of the patterns that are left."""
        return learn(kept)

    def largest(self, neurons: int) -> int:
        """Return N − 1.

        As many independent patterns as neurons span everything: the projection is the identity,
        whose off-diagonal weights are 0, and every state is a fixed point.
        """
        return neurons - 1

    def predictions(self, neurons: int) -> list[Prediction]:
        """Return N: patterns that are linearly independent are fixed points."""
        source = "Personnaz, Guyon and Dreyfus 1985"
        return [prediction("linearly independent", math.log2(neurons), ALL, source)]


MEMBER = Projection
