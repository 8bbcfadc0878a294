"""Learning rules with their parameters, as members of a memory file.

| member | what it holds |
| --- | --- |
| `rule` | string: the rule that was applied last |
| `rules` | strings of shape (n,): all rules, in the order in which they were applied |
| `rule_NAME` | float64 of shape (n,): the parameter NAME of each rule; NaN where it has none |

For example, weights that the perceptron rule learned and `hop dream` changed have the `rules`
["perceptron", "dream"] and the `rule_margin` [1, NaN]. Files of version 0.1 have
`rule` alone, which holds a sentence such as "perceptron of margin 1".
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Parts of the sentences of version 0.1, with the parameters in them.
_DREAM = re.compile(r"dream (?P<steps>\d+) times at (?P<rate>\S+)")
_PERCEPTRON = re.compile(r"perceptron of margin (?P<margin>\S+)")


@dataclass(frozen=True)
class Rule:
    """A learning rule that was applied.

    Attributes:
        name: of the rule.
        parameters: numbers by name.
    """

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{name} {value:g}" for name, value in self.parameters.items())
        return f"{self.name} ({shown})" if shown else self.name


def to_members(rules: tuple[Rule, ...], prefix: str) -> dict[str, NDArray[Any]]:
    """Return the members that hold rules.

    Args:
        rules: one or more, in the order in which they were applied.
        prefix: the member of the last rule's name, such as "rule".
    """
    parameters = dict.fromkeys(name for rule in rules for name in rule.parameters)
    return {
        prefix: np.array(rules[-1].name),
        f"{prefix}s": np.array([rule.name for rule in rules]),
        **{
            f"{prefix}_{name}": np.array(
                [rule.parameters.get(name, np.nan) for rule in rules], dtype=np.float64
            )
            for name in parameters
        },
    }


def in_words(rules: tuple[Rule, ...]) -> str:
    """Name rules for people, the last one first: "dream (rate 0.01) after hebbian"."""
    return " after ".join(map(str, reversed(rules)))


def optional(prefix: str, name: str) -> tuple[str, int] | None:
    """Return the type and number of dimensions of a member that 0.1 did not write, else None."""
    if name == f"{prefix}s":
        return "U", 1
    return ("float64", 1) if name.startswith(f"{prefix}_") else None


def from_members(arrays: Mapping[str, NDArray[Any]], prefix: str) -> tuple[Rule, ...]:
    """Read rules from the members of a file.

    Raises:
        ValueError: there are no rules, or the members are not of one length.
    """
    if f"{prefix}s" not in arrays:
        return _from_sentence(str(arrays[prefix]))
    names = arrays[f"{prefix}s"].tolist()
    columns = {
        name.removeprefix(f"{prefix}_"): values.tolist()
        for name, values in arrays.items()
        if name.startswith(f"{prefix}_")
    }
    same = all(len(values) == len(names) for values in columns.values())
    if not names or not same or names[-1] != str(arrays[prefix]):
        raise ValueError(f"its {prefix}s")
    return tuple(
        Rule(name, {key: values[n] for key, values in columns.items() if not math.isnan(values[n])})
        for n, name in enumerate(names)
    )


def _from_sentence(text: str) -> tuple[Rule, ...]:
    """Read a sentence of version 0.1, such as "dream 5 times at 0.01 of hebbian"."""
    # The length of the diagonal tells whether there are biases.
    text = text.removesuffix(" with bias")
    if dream := _DREAM.match(text):
        unlearning = Rule("dream", _numbers(dream))
        return (*_from_sentence(text[dream.end() :].removeprefix(" of ")), unlearning)
    if perceptron := _PERCEPTRON.match(text):
        return (Rule("perceptron", _numbers(perceptron)),)
    if text.startswith("boltzmann"):
        return (Rule("boltzmann", {"persistent": float(text.endswith(", persistent"))}),)
    return (Rule(text),)


def _numbers(found: re.Match[str]) -> dict[str, float]:
    return {name: float(value) for name, value in found.groupdict().items()}
