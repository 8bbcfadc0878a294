"""What a file from outside may ask for, unless more is allowed; known without loading NumPy."""

from dataclasses import dataclass

from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# The pixels of a camera's picture, which are 100 MB of levels.
MOST_PIXELS = 25_000_000


@dataclass(frozen=True)
class Limits:
    """The most that a file may take.

    Attributes:
        pixels: the most pixels of a picture.
        memory: the most memory of an array.
    """

    pixels: int = MOST_PIXELS
    memory: MemoryLimit = HALF_THE_MACHINE
