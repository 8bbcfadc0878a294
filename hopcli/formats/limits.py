"""What a file from outside may ask for, and how it is read; known without loading NumPy."""

from dataclasses import dataclass

from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# The pixels of a camera's picture, which are 100 MB of levels.
MOST_PIXELS = 25_000_000


@dataclass(frozen=True)
class Limits:
    """The most that a file may take, and how it is read where it leaves that open.

    Attributes:
        pixels: the most pixels of a picture.
        memory: the most memory of an array.
        columns: whether the columns of arrays are the patterns, rather than their rows.
        frames: whether all frames of a picture are read, rather than the first.
        size: width and height that drawings without pixels are rendered at; None for their own.
    """

    pixels: int = MOST_PIXELS
    memory: MemoryLimit = HALF_THE_MACHINE
    columns: bool = False
    frames: bool = False
    size: tuple[int, int] | None = None
