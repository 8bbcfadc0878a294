"""Schedules: in what order the neurons of a binary network are updated."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Synchronous:
    """All neurons at once. The energy may rise, and the end may be a cycle of period 2."""


class AbstractAsynchronous(ABC):
    """One neuron at a time, each once a sweep. The energy never rises."""

    @abstractmethod
    def order(self, neurons: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """The order of one sweep, a permutation of 0 … N − 1."""


@dataclass(frozen=True)
class Sequential(AbstractAsynchronous):
    """Neurons 0 … N − 1, so that anybody can compute the final state again."""

    def order(self, neurons: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Count upwards; the generator is not used."""
        return np.arange(neurons, dtype=np.int32)


@dataclass(frozen=True)
class Random(AbstractAsynchronous):
    """A fresh permutation for every sweep."""

    def order(self, neurons: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Draw a permutation."""
        return rng.permutation(neurons).astype(np.int32)


Schedule = Synchronous | AbstractAsynchronous
