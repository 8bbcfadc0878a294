"""Minus half the squared distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopcli.continuous.similarities.abstract import AbstractSimilarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.continuous.neighbourhood import Neighbourhood
    from hopcli.continuous.patterns import AbstractPatterns


class SquaredDistance(AbstractSimilarity):
    """s = −½ Σ_i (θ_μi − x_i)²: largest for the most likely pattern under Gaussian noise."""

    name = "l2"
    summary = "squared distance, for Gaussian noise"

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute minus half the squared distances to all patterns."""
        return -patterns.squared_distances(x) / 2

    def gaps(
        self, patterns: AbstractPatterns, rows: NDArray[np.integer], rank: int
    ) -> NDArray[np.float64]:
        """Compute half the squared distances to the nearest patterns that are not the same."""
        return patterns.squares_to_others(rows, rank) / 2

    def precision(self, patterns: AbstractPatterns) -> float:
        """Return that of double precision, in which all patterns sum squares."""
        from hopcli.continuous.patterns import DOUBLE

        return DOUBLE

    def target(
        self, patterns: AbstractPatterns, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Compute Σ_μ z_μ θ_μ + (1 − Σ_μ z_μ) x, the mean if the weights add up to 1."""
        return patterns.mix(z) + (1 - z.sum(axis=-1, keepdims=True)) * x

    def neighbourhood(self, patterns: AbstractPatterns, beta: float) -> Neighbourhood:
        """Begin with no pattern: those near enough to matter are searched for on the way."""
        from hopcli.continuous.neighbourhood import Neighbourhood

        return Neighbourhood.empty(patterns, beta)

    def unbiased(self, patterns: AbstractPatterns, cue: NDArray[np.float64]) -> NDArray[np.float64]:
        """Undo the bias of clipped noise towards patterns of middle levels."""
        from hopcli.continuous.clipping import unclipped

        return unclipped(cue, patterns)

    def page(self) -> dict[str, str | None]:
        """Return the form of squared distances."""
        return {"form": "l2"}


MEMBER = SquaredDistance
