"""The stored patterns, for networks that recall without them: these tell where a state ended."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.dynamics import Patterns
from hopcli.binary.networks import overlaps_with


@dataclass(frozen=True)
class Landmarks:
    """Patterns, and how states are compared with them.

    Attributes:
        words: the patterns, packed, uint64 of shape (K, ceil(N/64)).
        neurons: N.
        overlaps: from states, (rows, N), to their overlaps with the patterns, (rows, K).
    """

    words: NDArray[np.uint64]
    neurons: int
    overlaps: Callable[[NDArray[np.int8]], NDArray[np.int32]]

    @classmethod
    def of(cls, words: NDArray[np.uint64], neurons: int, states: int) -> "Landmarks":
        """With the code loaded that so many states at once are worth."""
        return cls(words, neurons, overlaps_with(words, neurons, states))

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return packing.unpack(self.words[index : index + 1], self.neurons)[0]

    def nearest(self, states: NDArray[np.int8]) -> Patterns:
        """The pattern of the largest overlap with each state, the first of several."""
        overlaps = self.overlaps(states)
        return _picked(overlaps, overlaps.argmax(axis=1))

    def farthest(self, states: NDArray[np.int8]) -> Patterns:
        """The pattern of the smallest overlap with each state, the first of several."""
        overlaps = self.overlaps(states)
        return _picked(overlaps, overlaps.argmin(axis=1))


def _picked(overlaps: NDArray[np.int32], indices: NDArray[np.intp]) -> Patterns:
    return Patterns(indices, overlaps[np.arange(len(indices)), indices].astype(np.int64))
