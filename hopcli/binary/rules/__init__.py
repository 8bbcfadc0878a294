"""Rules by which explicit weights are learned from patterns, one a file, found by its name.

Each takes patterns of ±1, (K, N), and makes a symmetric matrix, (N, N). A bias is a weight from a
neuron that is always on (`with_bias`): one more column of ones. N includes it then.
"""

from typing import TYPE_CHECKING, Any

from hopcli import members
from hopcli.binary.rules.abstract import AbstractRule, Learned
from hopcli.parameters import checked_of

if TYPE_CHECKING:
    from hopcli.binary.arrays import States

__all__ = ["AbstractRule", "Learned", "get", "make", "names", "with_bias"]


def names(*, offered: bool = False) -> tuple[str, ...]:
    """List the rules in alphabetical order; with `offered`, those that `learn` offers."""
    every = members.names(__name__)
    return tuple(name for name in every if get(name).offered) if offered else every


def get(name: str) -> type[AbstractRule]:
    """Import the class of one rule.

    Raises:
        ParameterError: there is none of this name; the nearest one is named.
    """
    return members.get(__name__, name, "rule")


def make(name: str, **given: Any) -> AbstractRule:
    """Make a rule by name and parameters.

    Args:
        name: one of `names()`.
        given: its parameters; defaults stand for those that are left out.

    Raises:
        ParameterError: there is no such rule, it has no such parameter, or a value is out of range.
    """
    return get(name)(**checked_of(get(name), "rule", members.load_all(__name__), given))


def with_bias(patterns: "States") -> "States":
    """Return the patterns with the neuron that is always on, shape (K, N + 1)."""
    import numpy as np

    return np.hstack([patterns, np.ones((len(patterns), 1), dtype=np.int8)])
