"""What every course has: a frame, and the next one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.storage.memory_file import AbstractMemory
from hopcli.web.frames import Frame


@dataclass(frozen=True)
class Cue:
    """A picture of the visitor's.

    Attributes:
        levels: uint8 of shape (N,).
        known: which neurons are known, bool of shape (N,).
    """

    levels: NDArray[np.uint8]
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, content: bytes, memory: AbstractMemory) -> "Cue":
        """From the levels of all neurons and, of each pixel, whether it is known.

        Raises:
            HopError: there are not as many of them.
        """
        neurons, pixels = memory.neurons, memory.shape[0] * memory.shape[1]
        given = np.frombuffer(content, dtype=np.uint8)
        if len(given) != neurons + pixels:
            raise HopError(
                f"a picture of {len(given)} bytes arrived, but this memory's have "
                f"{neurons + pixels}; reload the page"
            )
        known = np.repeat(given[neurons:] != 0, neurons // pixels)
        return cls(given[:neurons], known)

    @property
    def signs(self) -> NDArray[np.int8]:
        """As ±1, 0 where unknown."""
        return np.where(self.known, np.where(self.levels == 255, 1, -1), 0).astype(np.int8)

    @property
    def values(self) -> NDArray[np.float64]:
        """As levels from 0 to 1, NaN where unknown."""
        return np.where(self.known, self.levels / 255, np.nan)

    def state(self, mode: str) -> NDArray[Any]:
        """As a state of a memory of this mode."""
        return self.signs if mode == "binary" else self.values

    def pixels(self, count: int) -> NDArray[np.uint8]:
        """1 for every pixel that is known, 0 for others."""
        return self.known[:: len(self.known) // count].astype(np.uint8)


class AbstractCourse(ABC):
    """A run of a network."""

    @abstractmethod
    def frame(self) -> Frame:
        """Where it is now."""

    @abstractmethod
    def step(self, visits: int, temperature: float) -> Frame:
        """Go on, as engine.js describes; where it has settled, stay."""
