"""What was learned from the patterns of a memory, and stands in its file beside them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.storage.learned.members import Members


class AbstractLearned(ABC):
    """One kind of it. Final classes are frozen dataclasses; a memory has at most one of each.

    Attributes:
        members: of the file (members.py), which has all of them or none.
        rule: by which rule and with what, in words; the first is what --rule takes.
    """

    members: ClassVar[Members]
    rule: str

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The members, in the order in which they are written."""

    @classmethod
    @abstractmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """What the members of a file hold, for a memory of so many neurons.

        Large ones are mapped and have not been read; here, only their shapes are looked at.

        Raises:
            ValueError: they do not fit; the message goes on after "FILE is damaged: ".
        """

    @abstractmethod
    def check(self) -> None:
        """See that what the arrays hold is possible, where they are small enough to be read.

        Raises:
            ValueError: it is not, as above.
        """

    def after_append(self, added: NDArray[np.int8]) -> Self | None:
        """The same of a memory with these states behind its own, ±1 of shape (added, N).

        None if they must be learned again, which is what a kind says that does not say otherwise.
        """
        return None

    def after_forget(self, kept: NDArray[np.int8], removed: NDArray[np.int8]) -> Self | None:
        """The same of a memory that kept some states and removed others; None as above."""
        return None
