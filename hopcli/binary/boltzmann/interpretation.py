"""The hidden neurons that pictures turn on in a Boltzmann machine, and the energies."""

from dataclasses import dataclass

import numpy as np

from hopcli.binary.arrays import Real, Rows, States
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

    fields: Real
    hidden: Real
    on: Rows
    energy: float
    expected: Real


def interpret(machine: Machine, state: States) -> Interpretation:
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


def lowest_energies(machine: Machine, states: States) -> Real:
    """Return E(v, h) of states, (rows, N), each with the hidden neurons that it turns on."""
    return machine.energies(states, machine.hidden_fields(states) > 0)
