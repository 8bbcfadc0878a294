"""What something that can be learned from a memory's patterns defines."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hopcli.model.progress import Progress
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.storage.learned import AbstractLearned
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit


@dataclass(frozen=True)
class Learned:
    """What a learner found.

    Attributes:
        learned: what is kept in the memory.
        stable: the share of the patterns that are fixed points; of a classifier, of those that find
            their label.
        text: what was learned, in sentences for people.
        details: what the JSON has beside this.
        notes: what a person should be told aside.
    """

    learned: "AbstractLearned"
    stable: float
    text: str
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class AbstractLearner(ABC):
    """A way of learning from a memory's patterns.

    Attributes:
        name: what the `rule` parameter takes.
        summary: one clause for the help.
        parameters: what `learn` takes beside the memory.
        modes: of memories that it takes.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    modes: tuple[str, ...] = ("binary", "gray", "rgb")

    @abstractmethod
    def learn(
        self,
        memory: "Memory",
        values: Mapping[str, Any],
        *,
        seed: int,
        limit: "MemoryLimit",
        progress: Progress,
    ) -> Learned:
        """Learn from the patterns; the memory is not changed.

        Args:
            memory: the patterns in one piece, of one of the modes.
            values: of all parameters, by name.
            seed: of random numbers.
            limit: how much memory may be taken.
            progress: told of the share that is done.

        Raises:
            HopError: the memory has not what this takes, or it takes more memory than the limit.
        """
