"""Interactions: F in E(s) = −Σ_μ F(m_μ), each with its exact differences.

A neuron feels h_i = Σ_μ ξ_μi D(m_μ − ξ_μi s_i) with D(y) = F(y + 1) − F(y − 1), and takes the sign
of it (Krotov and Hopfield 2016). Overlaps are integers, so D is a table.
"""

from hopcli.binary.interactions.abstract import AbstractInteraction, Table
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.interactions._thermal import AbstractPulls, Differences, Ratios

__all__ = [
    "AbstractInteraction",
    "AbstractPulls",
    "Classical",
    "Differences",
    "Exponential",
    "Polynomial",
    "Ratios",
    "Table",
]
