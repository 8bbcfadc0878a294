"""Overlaps of states with stored patterns, for networks that do not recall by the patterns."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from hopcli.binary import packing
from hopcli.binary.arrays import Overlaps, States, Words

# Patterns times neurons up to which they may be held as floats.
PLAIN_ELEMENTS = 2**23

# Products of patterns, neurons and states that a matrix product in float32 makes in about 0.1 s.
PLAIN_PRODUCTS = 2**32


def overlaps_with(words: Words, neurons: int, states: int) -> Callable[[States], Overlaps]:
    """Return a function from states to their overlaps Σ_i ξ_i s_i with the patterns.

    It takes int8 of shape (states, N) and returns int32 of shape (states, K). The code that suits
    the work, NumPy's or compiled kernels, is loaded at once.

    Args:
        words: the patterns, packed, uint64 of shape (K, ceil(N/64)).
        neurons: N.
        states: how many states there will be in a call.
    """
    elements = len(words) * neurons
    if elements <= PLAIN_ELEMENTS and elements * states <= PLAIN_PRODUCTS:
        patterns = packing.unpack(words, neurons).T.astype(np.float32)
        return lambda batch: (batch.astype(np.float32) @ patterns).astype(np.int32)
    from hopcli.binary import compiled

    return partial(compiled.packed_overlaps, words)


@dataclass(frozen=True)
class StoredPatterns:
    """Patterns, and how states are compared with them.

    Attributes:
        words: the patterns, packed, uint64 of shape (K, ceil(N/64)).
        neurons: N.
        overlaps: from states, (rows, N), to their overlaps with the patterns, (rows, K).
    """

    words: Words
    neurons: int
    overlaps: Callable[[States], Overlaps]

    @classmethod
    def of(cls, words: Words, neurons: int, states: int) -> "StoredPatterns":
        """Load the code that suits comparing so many states at once."""
        return cls(words, neurons, overlaps_with(words, neurons, states))

    def pattern(self, index: int) -> States:
        """Return one pattern, ±1, shape (N,)."""
        return packing.unpack(self.words[index : index + 1], self.neurons)[0]
