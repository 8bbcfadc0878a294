"""The interface of what is learned from the patterns of a memory and stored in its file."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.storage.rule import Rule, in_words

# By the name of a member: its type ("U" for strings of any width) and number of dimensions.
Members = Mapping[str, tuple[str, int]]


class AbstractLearned(ABC):
    """Something learned from the patterns; a memory has at most one of each class.

    Final classes are frozen dataclasses.

    Attributes:
        members: of the file, which has all of them or none.
        rule_member: the member with the name of the rule, if rules are stored (storage/rule.py).
        rules: that were applied, one or more, in this order.
    """

    members: ClassVar[Members]
    rule_member: ClassVar[str | None] = None
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
    @abstractmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """Build from the members of a file, for a memory of `neurons` neurons.

        Only shapes are checked, since large members are mapped and have not been read.

        Raises:
            ValueError: a shape is wrong; the message completes "FILE is damaged: ".
        """

    @abstractmethod
    def check(self) -> None:
        """Check the values of the arrays; called if they are small enough to be read.

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
