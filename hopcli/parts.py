"""Stored patterns in parts, each of which is opened where and when it is looked at.

What is asked of all patterns is asked of each part by a pure function, whose results merge exactly:
so one process that opens one part after another, and many machines that hold some of them each,
give the same answer (executors.py).
"""

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray


class AbstractPart(ABC):
    """Some consecutive patterns of a memory; it can be pickled.

    Attributes:
        start: how many patterns come before them.
        patterns: how many they are.
    """

    start: int
    patterns: int

    @abstractmethod
    def open(self) -> NDArray[Any]:
        """The patterns, one a row; closed again when the array is forgotten."""
