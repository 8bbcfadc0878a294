"""Schedules: the order in which the neurons of a binary network are updated."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from hopcli.binary.arrays import Orders


@dataclass(frozen=True)
class Synchronous:
    """Update all neurons at once. The energy may rise, and the end may be a cycle of two states."""


class AbstractAsynchronous(ABC):
    """Update one neuron at a time, each once a sweep. The energy never rises."""

    @abstractmethod
    def order(self, neurons: int, rng: np.random.Generator) -> Orders:
        """Return the order of one sweep, a permutation of 0 … N − 1."""


@dataclass(frozen=True)
class Sequential(AbstractAsynchronous):
    """Visit neurons 0 … N − 1, so that the final state depends on no random numbers."""

    def order(self, neurons: int, rng: np.random.Generator) -> Orders:
        """Count upwards; the generator is not used."""
        return np.arange(neurons, dtype=np.int32)


@dataclass(frozen=True)
class Random(AbstractAsynchronous):
    """Visit neurons by a new permutation in every sweep."""

    def order(self, neurons: int, rng: np.random.Generator) -> Orders:
        """Draw a permutation."""
        return rng.permutation(neurons).astype(np.int32)


Schedule = Synchronous | AbstractAsynchronous
