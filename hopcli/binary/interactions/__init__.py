"""Interactions F in E(s) = −Σ_μ F(m_μ), one a file, found by the file's name.

The local field of a neuron is h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i) with D(y) = F(y + 1) − F(y − 1), and
the neuron takes its sign (Krotov and Hopfield 2016, arXiv:1606.01164). Overlaps are integers, so D
is a table. `abstract.py` says what a new file has to define.
"""

from typing import Any

from hopcli import members
from hopcli.binary.interactions.abstract import AbstractInteraction, Table
from hopcli.parameters import checked_of

__all__ = ["AbstractInteraction", "Table", "get", "make", "names", "parameters"]


def names() -> tuple[str, ...]:
    """List the interactions in alphabetical order, without importing them."""
    return members.names(__name__)


def get(name: str) -> type[AbstractInteraction]:
    """Import the class of one interaction.

    Raises:
        ParameterError: there is none of this name; the nearest one is named.
    """
    return members.get(__name__, name, "energy")


def make(name: str, **given: Any) -> AbstractInteraction:
    """Make an interaction by name and parameters, with its parameters by keyword.

    Args:
        name: one of `names()`.
        given: its parameters; defaults stand for those that are left out.

    Raises:
        ParameterError: there is no such interaction, it has no such parameter, or a value is out
            of range.
    """
    return get(name)(**checked_of(get(name), "energy", members.load_all(__name__), given))


def parameters() -> tuple[str, ...]:
    """List the names of the parameters of all interactions, in the order of the interactions."""
    every = members.load_all(__name__).values()
    return tuple(dict.fromkeys(p.name for member in every for p in member.parameters))
