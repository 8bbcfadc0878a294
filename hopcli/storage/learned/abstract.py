"""What can be learned from the patterns of a memory, and is stored in its file."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.storage.rule import Rule, in_words

# The members of a file by name: the type (numbers exactly, "U" for strings of any width) and the
# number of dimensions of each.
Members = Mapping[str, tuple[str, int]]


class AbstractLearned(ABC):
    """Something learned from the patterns; a memory has at most one of each class.

    Final classes are frozen dataclasses.

    Attributes:
        members: of the file, which has all of them or none.
        rules: that were applied, one or more, in this order.
    """

    members: ClassVar[Members]
    rules: tuple[Rule, ...]

    @property
    def rule(self) -> str:
        """The name of the rule that was applied last."""
        return self.rules[-1].name

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters of the rule that was applied last, by name."""
        return self.rules[-1].parameters

    @property
    def title(self) -> str:
        """The rules with their parameters in words, the last one first."""
        return in_words(self.rules)

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the members in the order in which they are written."""

    @classmethod
    def optional(cls, name: str) -> tuple[str, int] | None:
        """Return the type and dimensions of a member that a file may lack, None for any other."""
        return None

    @classmethod
    @abstractmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """Build from the members of a file, for a memory of `neurons` neurons.

        Only shapes are checked, since large members are mapped and have not been read.

        Raises:
            ValueError: they do not fit; the message completes "FILE is damaged: ".
        """

    @abstractmethod
    def check(self) -> None:
        """Check the values of the arrays; called where they are small enough to be read.

        Raises:
            ValueError: a value is impossible; the message completes "FILE is damaged: ".
        """

    def after_append(self, added: NDArray[np.int8]) -> Self | None:
        """Return what was learned, updated for states added to the memory.

        Return None if it must be learned again (the default).

        Args:
            added: ±1, shape (added, N).
        """
        return None

    def after_forget(self, kept: NDArray[np.int8], removed: NDArray[np.int8]) -> Self | None:
        """Return what was learned, updated for states removed from the memory.

        Return None if it must be learned again (the default).

        Args:
            kept: ±1, shape (kept, N).
            removed: ±1, shape (removed, N).
        """
        return None
