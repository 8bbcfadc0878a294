"""Lagrangians of layers, each a module of this package that has its name.

A Lagrangian L is a convex function of a layer's state x. The activations of the layer are
g = ∂L/∂x, and its energy is x·g − L(x) (Krotov and Hopfield 2021).
"""

from hopcli import members
from hopcli.continuous.lagrangians.abstract import AbstractLagrangian


def names() -> tuple[str, ...]:
    """List the Lagrangians in alphabetical order, without importing them."""
    return members.names(__name__)


def get(name: str) -> type[AbstractLagrangian]:
    """Return the class of a Lagrangian by its name; its parameters are keywords.

    Raises:
        ParameterError: there is none of that name.
    """
    return members.get(__name__, name, "lagrangian")
