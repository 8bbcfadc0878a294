"""Parts of a memory, each opened where and when its patterns are needed.

A question about all patterns is a pure function of each part, and its results merge exactly. So one
process that opens the parts in turn and a cluster that holds them give the same answer.
"""

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray


class AbstractPart(ABC):
    """Consecutive patterns of a memory, as a record that can be pickled.

    Attributes:
        start: the number of patterns before them.
        patterns: their number.
    """

    start: int
    patterns: int

    @abstractmethod
    def open(self) -> NDArray[Any]:
        """Return the patterns, one a row; the file is closed when the array is deleted."""
