"""Lagrangians: each a convex function L of a layer's state, its gradient, its Legendre transform.

The activations of a layer are g = ∂L/∂x, and its energy is x·g − L(x) (Krotov and Hopfield 2021).
The activations decide what kind of neurons a layer has; nothing else about it needs to be said.
"""

from hopcli.continuous.lagrangians.absolute_value import AbsoluteValue
from hopcli.continuous.lagrangians.abstract import AbstractLagrangian
from hopcli.continuous.lagrangians.exponential import Exponential
from hopcli.continuous.lagrangians.identity import Identity
from hopcli.continuous.lagrangians.power import Power
from hopcli.continuous.lagrangians.sigmoid import Sigmoid
from hopcli.continuous.lagrangians.softmax import Softmax
from hopcli.continuous.lagrangians.spherical import Spherical
from hopcli.continuous.lagrangians.tanh import Tanh

__all__ = [
    "AbsoluteValue",
    "AbstractLagrangian",
    "Exponential",
    "Identity",
    "Power",
    "Sigmoid",
    "Softmax",
    "Spherical",
    "Tanh",
]
