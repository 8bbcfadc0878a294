"""`Memory.learn` and `hop learn`: weights, machines and classifiers from a memory's patterns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError
from hopcli.model import learners
from hopcli.model.progress import Progress, silent
from hopcli.parameters import SEED

if TYPE_CHECKING:
    from hopcli.model.memory import Memory

DEFAULT_RULE = "projection"


@dataclass(frozen=True)
class Learning:
    """What `Memory.learn` did.

    Attributes:
        rule: the name of the rule.
        patterns: how many patterns there are.
        stable: the share of the patterns that are fixed points; for dense, of those with a label
            that find it.
        details: the values of the rule's parameters, and what else it says.
        text: what was learned, in sentences.
        notes: what a person should be told aside.
    """

    rule: str
    patterns: int
    stable: float
    details: Mapping[str, Any]
    text: str
    notes: tuple[str, ...]

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return {
            "rule": self.rule, "patterns": self.patterns, "stable": self.stable, **self.details
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"Learning({self.rule}, stable={self.stable:.3g})"


def learn(
    memory: "Memory",
    rule: str = DEFAULT_RULE,
    *,
    seed: int = 0,
    progress: Progress = silent,
    **parameters: Any,
) -> Learning:
    """Learn from the patterns of a memory, and keep what was learned in it.

    Args:
        memory: what was learned before by a rule of the same kind is replaced.
        rule: one of `hopcli.model.learners.names()`.
        seed: of random numbers, for rules that use them.
        progress: told of the share that is done.
        parameters: of the rule; None for a default.

    Raises:
        ParameterError: there is no such rule, it has no such parameter, or a value is out of range.
        HopError: the memory has not what the rule takes, or it takes more memory than its limit.
    """
    from hopcli.interruption import stand_by
    from hopcli.storage.memory_file import Memory as StoredMemory

    learner = learners.get(rule)
    values, seed = learners.checked(learner, parameters), SEED.checked(seed)
    stored = memory.stored
    if not isinstance(stored, StoredMemory):
        raise HopError(
            f"{memory.title} is a folder too large to be read as one, and what is learned is kept "
            f"in one file; store fewer or smaller pictures"
        )
    if stored.mode not in learner.modes:
        raise HopError(
            f"{memory.title} is {stored.mode}, and `rule={rule}` learns from "
            f"{' or '.join(learner.modes)} patterns; store the pictures with "
            f"`mode={learner.modes[0]}`"
        )
    stand_by()
    found = learner.learn(stored, values, seed=seed, limit=memory.limit, progress=progress)
    memory.stored = stored.having(found.learned)
    return Learning(rule, len(stored), found.stable, found.details, found.text, found.notes)
