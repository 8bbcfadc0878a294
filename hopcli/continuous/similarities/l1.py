"""Minus the absolute distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopcli.continuous.similarities.abstract import AbstractSimilarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.continuous.patterns import AbstractPatterns

# Patterns of less than this share of the largest weight have no influence on a median.
NEGLIGIBLE = 1e-15
# Levels sorted at once.
AT_ONCE = 2**21


class AbsoluteDistance(AbstractSimilarity):
    """s = −Σ_i |θ_μi − x_i|, which a few pixels that are far off change little."""

    name = "l1"
    summary = "absolute distance, for pixels that are far off"

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute minus the absolute distances to all patterns."""
        return -patterns.absolute_distances(x)

    def target(
        self, patterns: AbstractPatterns, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Compute the weighted median of the patterns, for x of shape (N,).

        The gradient of a magnitude tells the direction, but not how far. At the median the energy
        is lowest for these weights, and as it is convex in x, no step of at most 1 that way raises
        it.
        """
        import numpy as np

        used = np.flatnonzero(z > NEGLIGIBLE * z.max())
        return weighted_median(patterns.rows(used), z[used])


def weighted_median(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the x_i at which Σ_μ w_μ |θ_μi − x_i| is least, shape (N,); the lowest of several.

    Args:
        rows: θ, shape (M, N).
        weights: w, at least 0 and not all 0, shape (M,).
    """
    import numpy as np

    median = np.empty(rows.shape[1])
    columns = max(1, AT_ONCE // len(rows))
    for start in range(0, rows.shape[1], columns):
        some = rows[:, start : start + columns]
        order = some.argsort(axis=0)
        reached = weights[order].cumsum(axis=0)
        row = (reached >= reached[-1] / 2).argmax(axis=0)
        chosen = np.take_along_axis(order, row[None], axis=0)
        median[start : start + columns] = np.take_along_axis(some, chosen, axis=0)[0]
    return median


MEMBER = AbsoluteDistance
