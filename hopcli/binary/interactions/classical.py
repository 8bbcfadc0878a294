"""The classical network (Hopfield 1982): F(x) = x² in the scale of Hebb's weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

import numpy as np

from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.interactions._thermal import Differences


@dataclass(frozen=True)
class Classical(Polynomial):
    """Weights W = (1/N) Σ_μ ξ_μ ξ_μᵀ without a diagonal; its D(y) = 4y gives 4N h."""

    degree: int = 2

    @property
    def name(self) -> str:
        """The interaction in words."""
        return "classical"

    def pulls(self, neurons: int) -> Differences:
        """ΔE = 2h, and N h = Σ_μ ξ_μi y_μ is a sum of integers."""
        every = np.arange(-neurons - 1, neurons + 2, dtype=np.float64)
        return Differences(every, unit=neurons / 2)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """E = −½ sᵀWs = −(Σ_μ m_μ² − K · known) / 2N, rounded once."""
        squares = sum(map(mul, counts, map(mul, values, values)))
        return -(squares - sum(counts) * known) / (2 * neurons)
