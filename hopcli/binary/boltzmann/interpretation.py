"""The hidden neurons that pictures turn on in a Boltzmann machine, and the energies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.boltzmann.machine import Machine, probabilities


@dataclass(frozen=True)
class Interpretation:
    """The hidden layer of one picture.

    Attributes:
        fields: of the hidden neurons, shape (M,): their logarithms of the odds to be on.
        hidden: the probability of each to be on, shape (M,).
        on: indices of those above ½, the most probable first.
        energy: E(v, h) of the picture with just these on: the lowest that it has.
        expected: the probability of each pixel to be bright, from these alone, shape (N,).
    """

    fields: NDArray[np.float64]
    hidden: NDArray[np.float64]
    on: NDArray[np.intp]
    energy: float
    expected: NDArray[np.float64]


def interpret(machine: Machine, state: NDArray[np.int8]) -> Interpretation:
    """Interpret a picture of ±1, or 0 where unknown, shape (N,)."""
    (fields,) = machine.hidden_fields(state[None])
    lit = fields > 0
    order = np.argsort(-fields, kind="stable")
    return Interpretation(
        fields,
        probabilities(fields),
        order[: np.count_nonzero(lit)],
        float(machine.energies(state[None], lit[None])[0]),
        probabilities(2 * machine.visible_fields(lit[None])[0]),
    )


def lowest_energies(machine: Machine, states: NDArray[np.int8]) -> NDArray[np.float64]:
    """E(v, h) of states, (rows, N), each with the hidden neurons that it turns on."""
    return machine.energies(states, machine.hidden_fields(states) > 0)
