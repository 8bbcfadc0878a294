"""What `Memory.learn` can learn: the rules of `binary/rules`, and each module of this package.

A rule yields a matrix of weights. A module here, found by its file's name, learns something else:
its `MEMBER` is an `AbstractLearner` (abstract.py). Neither needs to be named anywhere else.
"""

from typing import Any

from hopcli import members
from hopcli.model.learners.abstract import AbstractLearner, Learned
from hopcli.parameters import Parameter, checked_of

__all__ = ["AbstractLearner", "Learned", "checked", "get", "names", "parameters"]


def names() -> tuple[str, ...]:
    """List all that can be learned, in alphabetical order."""
    from hopcli.binary import rules

    return tuple(sorted({*rules.names(offered=True), *members.names(__name__)}))


def get(name: str) -> AbstractLearner:
    """Import one.

    Raises:
        ParameterError: there is none of this name; the nearest one is named.
    """
    members.choose("rule", name, names())
    if name in members.names(__name__):
        return members.get(__name__, name, "rule")
    from hopcli.binary import rules
    from hopcli.model.learners._weights import WeightLearner

    return WeightLearner(rules.get(name))


def parameters() -> dict[str, list[tuple[str, Parameter]]]:
    """List the parameters of all that can be learned: by name, whose it is and what it takes."""
    found: dict[str, list[tuple[str, Parameter]]] = {}
    for name in names():
        for parameter in get(name).parameters:
            found.setdefault(parameter.name, []).append((name, parameter))
    return found


def checked(learner: AbstractLearner, given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of all parameters of a learner: those that were given, and defaults.

    Raises:
        ParameterError: a parameter that the learner does not have, or a value out of range.
    """
    every = {name: get(name) for name in names()}
    given = {name: value for name, value in given.items() if value is not None}
    defaults = {parameter.name: parameter.default for parameter in learner.parameters}
    return {**defaults, **checked_of(learner, "rule", every, given)}
