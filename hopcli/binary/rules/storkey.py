"""Storkey's rule (1997): w_ij += (1/N)(ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j), pattern by pattern.

h_ij = Σ_{k≠i,j} w_ik ξ_k is the local field of neuron i without the terms of i and j, by the
weights from before the pattern; there is no diagonal. With h_i = Σ_k w_ik ξ_k, h_ij is
h_i − w_ij ξ_j, and so

    w_ij ← (1 + 2/N) w_ij + (1/N) [(ξ_i − h_i)(ξ_j − h_j) − h_i h_j],   i ≠ j.

After some patterns, W is a weighted sum of the outer products of the rows u = ξ − h and h, less its
diagonal. So the fields need only these rows, and W is computed once for many patterns.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.rules.abstract import AbstractRule, Learned, OnSweep, ignored

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import Real, States


def learn(patterns: "States") -> "Real":
    """Return W of patterns of ±1, (K, N), in their order, without a diagonal, shape (N, N)."""
    import numpy as np

    neurons = patterns.shape[1]
    return extend(np.zeros((neurons, neurons)), patterns)


def extend(matrix: "Real", patterns: "States") -> "Real":
    """Return W, without a diagonal, with more patterns, (added, N)."""
    import numpy as np

    # (1 + 2/N)^block stays below 2, so that nothing cancels that the rule itself does not.
    block = max(1, patterns.shape[1] // 4)
    for start in range(0, len(patterns), block):
        matrix = _extend_block(matrix, patterns[start : start + block].astype(np.float64))
    return matrix


def _extend_block(matrix: "Real", patterns: "Real") -> "Real":
    """Return W with patterns that are few enough for one block."""
    import numpy as np

    kept, neurons = patterns.shape
    growth = 1 + 2 / neurons
    # The fields by the weights from before the block, which grow with every pattern.
    before = patterns @ matrix
    rows = np.empty((2 * kept, neurons))
    signs = np.tile([1.0, -1.0], kept) / neurons
    diagonal = np.zeros(neurons)
    for mu, pattern in enumerate(patterns):
        past = rows[: 2 * mu]
        ages = growth ** np.repeat(np.arange(mu - 1, -1, -1), 2)
        fields = growth**mu * before[mu] - diagonal * pattern
        fields += (signs[: 2 * mu] * ages * (past @ pattern)) @ past
        rows[2 * mu], rows[2 * mu + 1] = pattern - fields, fields
        diagonal = growth * diagonal + (rows[2 * mu] ** 2 - fields**2) / neurons
    ages = growth ** np.repeat(np.arange(kept - 1, -1, -1), 2)
    matrix = growth**kept * matrix + (rows.T * (signs * ages)) @ rows
    np.fill_diagonal(matrix, 0)
    # A product of matrices rounds W_ij and W_ji differently.
    return (matrix + matrix.T) / 2


@dataclass(frozen=True)
class Storkey(AbstractRule):
    """Storkey's rule, pattern by pattern."""

    name: ClassVar[str] = "storkey"
    summary: ClassVar[str] = "Storkey's rule, local and incremental (Storkey 1997)"

    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Learn the patterns in their order."""
        return Learned(learn(patterns))

    def extend(self, matrix: "Real", added: "States") -> "Real":
        """Return the matrix with more patterns."""
        return extend(matrix, added)

    def reduce(self, matrix: "Real", kept: "States", removed: "States") -> "Real":
        """Return the matrix of the patterns that are left."""
        return learn(kept)


MEMBER = Storkey
