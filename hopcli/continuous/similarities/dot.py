"""Dot product, by which attention recalls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopcli.continuous.similarities.abstract import AbstractSimilarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.continuous.network import Network
    from hopcli.continuous.patterns import AbstractPatterns


class Dot(AbstractSimilarity):
    """s = Σ_i θ_μi x_i (Ramsauer et al. 2021). Patterns of large norm are preferred."""

    name = "dot"
    summary = "dot product (attention), which prefers bright pictures"

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the dot products with all patterns."""
        return patterns.dot(x)

    def network(self, patterns: AbstractPatterns, beta: float) -> Network:
        """Build attention: E = ½ Σ x² − (1/β) log Σ exp(β θ x)."""
        from hopcli.continuous import named

        return named.attention(patterns, beta)

    def outshone(self, patterns: AbstractPatterns) -> float:
        """Estimate the share of patterns whose largest dot product is with another pattern.

        A recall leads away from them, to patterns of larger norm.
        """
        import numpy as np

        from hopcli.continuous import sharpness

        rows = sharpness.sample(patterns)
        scores = self.scores(patterns, patterns.rows(rows))
        own = scores[np.arange(len(rows)), rows]
        return float(np.mean(scores.max(axis=1) > own * (1 + 1e-9)))

    def notes(self, patterns: AbstractPatterns) -> tuple[str, ...]:
        """Warn of patterns that cannot be recalled because brighter ones outweigh them."""
        share = self.outshone(patterns)
        if not share:
            return ()
        return (
            f"{share:.0%} of the pictures have a larger dot product with a brighter one than with "
            f"themselves, and will not come back: the same few will every time; try "
            f"`similarity=l2` or `similarity=cosine`",
        )


MEMBER = Dot
