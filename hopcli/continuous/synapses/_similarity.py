"""Synapse by which memories receive their similarity to the features."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.similarities.abstract import AbstractSimilarity
from hopcli.continuous.synapses.abstract import AbstractSynapse


@dataclass(frozen=True)
class SimilaritySynapse(AbstractSynapse):
    """E = −Σ_μ z_μ s_μ(x) − ½ Σ_i x_i², joining features x (…, N) and memories z (…, K).

    The last term cancels the energy of a layer of features that is the identity. The force on the
    features leads to the similarity's target.

    Attributes:
        patterns: θ.
        similarity: has the scores s and the target.
    """

    curved: ClassVar[frozenset[int]] = frozenset({0})

    patterns: AbstractPatterns
    similarity: AbstractSimilarity

    def energy(self, *activations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute −Σ_μ z_μ s_μ(x) − ½ Σ_i x_i²."""
        x, z = activations
        scores = self.similarity.scores(self.patterns, x)
        return -(z * scores).sum(axis=-1) - 0.5 * (x * x).sum(axis=-1)

    def forces(self, *activations: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Compute the target, for the features, and s, for the memories."""
        x, z = activations
        return self.similarity.target(self.patterns, x, z), self.similarity.scores(self.patterns, x)
