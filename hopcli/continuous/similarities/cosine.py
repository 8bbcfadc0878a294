"""Cosine of mean-free pictures, which ignores brightness and contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopcli.continuous.similarities.abstract import AbstractSimilarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.continuous.network import Network, States
    from hopcli.continuous.patterns import AbstractPatterns


class Cosine(AbstractSimilarity):
    """s = the cosine of the mean-free pattern and the mean-free state; 0 for a constant one."""

    name = "cosine"
    summary = "cosine of mean-free pictures, for changed brightness or contrast"
    is_sum = False

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the cosines with all patterns."""
        import numpy as np

        from hopcli.continuous.overlap import mean_free

        known = ~np.isnan(x).reshape(-1, patterns.neurons)
        centred = mean_free(x)
        if x.ndim == 1 or known.all():
            # All states share the patterns' lengths.
            lengths = patterns.mean_free_lengths(known[0])[1]
        else:
            lengths = np.array([patterns.mean_free_lengths(row)[1] for row in known])
            lengths = lengths.reshape(*x.shape[:-1], len(patterns))
        lengths = lengths * np.sqrt((centred * centred).sum(axis=-1, keepdims=True))
        products = patterns.dot(centred)
        found = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
        return np.clip(found, -1.0, 1.0)

    def network(self, patterns: AbstractPatterns, beta: float) -> Network:
        """Build E = −(1/β) log Σ exp(β cos(θ, x)), with spherical features."""
        from hopcli.continuous import named
        from hopcli.continuous.patterns import UnitPatterns

        return named.cosine(UnitPatterns.of(patterns), beta)

    def features(self, picture: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean-free picture."""
        from hopcli.continuous.overlap import mean_free

        return mean_free(picture)

    def picture(
        self, patterns: AbstractPatterns, network: Network, states: States
    ) -> NDArray[np.float64]:
        """Mix the patterns by the weights of the memories.

        The features have neither brightness nor contrast.
        """
        return patterns.mix(network.activations(states)["z"])


MEMBER = Cosine
