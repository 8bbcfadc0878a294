"""Kinds of synapses, each a module of this package that has its name.

A synapse is an energy of the activations of the layers that it joins.
"""

from hopcli import members
from hopcli.continuous.synapses.abstract import AbstractSynapse


def names() -> tuple[str, ...]:
    """List the kinds of synapses in alphabetical order, without importing them."""
    return members.names(__name__)


def get(name: str) -> type[AbstractSynapse]:
    """Return the class of a kind of synapses by its name.

    Raises:
        ParameterError: there is none of that name.
    """
    return members.get(__name__, name, "synapse")
