"""How `hop learn` learns: one module for each kind of what can be learned.

Each has a function `learn(memory, asked)` that returns a `Lesson`. It raises a HopError where
options do not suit, before any work is done, and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from hopcli.binary import rules
from hopcli.errors import HopError
from hopcli.storage.learned import AbstractLearned
from hopcli.storage.memory_file import Memory
from hopcli.storage.memory_limit import MemoryLimit

# What else can be learned than weights by a rule: a module of this package each.
MODULES = {"boltzmann": "boltzmann", "dense": "dense"}


def choices() -> tuple[str, ...]:
    """What --rule takes."""
    return (*rules.names(offered=True), *MODULES)


@dataclass(frozen=True)
class Asked:
    """The options of `hop learn`, as they were given.

    Attributes:
        path: of the memory.
        rule: by its name.
        limit: of the memory that may be taken.
        seed: of what is random.
        options: the others, by the names of their parameters; None for those that were not given.
    """

    path: Path
    rule: str
    limit: MemoryLimit
    seed: int
    options: dict[str, Any]

    def given(self, *suited: str) -> dict[str, Any]:
        """The options that were given, all of which the rule takes.

        Raises:
            HopError: one is none of these.
        """
        given = {name: value for name, value in self.options.items() if value is not None}
        for name in given:
            if name not in suited:
                raise HopError(
                    f"--{name} was given, which --rule {self.rule} does not take; leave it out, or "
                    f"give another --rule"
                )
        return given


@dataclass(frozen=True)
class Lesson:
    """What came of it.

    Attributes:
        learned: to be kept in the memory.
        stable: the share of the patterns that are fixed points; of dense, of those with a label
            that find it.
        said: what a person is told of it: sentences.
        answers: what the JSON has beside the rest.
        notes: what a person should be told aside.
    """

    learned: AbstractLearned
    stable: float
    said: str
    answers: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def learner(rule: str) -> Callable[[Memory, Asked], Lesson]:
    """What learns by a rule."""
    return import_module(f"{__name__}.{MODULES.get(rule, 'weights')}").learn
