"""A Boltzmann machine, learned from the patterns (binary/boltzmann/machine.py has its energy).

| member | what it holds |
| --- | --- |
| `boltzmann_weights` | float32 of shape (M, N): those of each hidden neuron |
| `boltzmann_visible_bias` | float64 of shape (N,) |
| `boltzmann_hidden_bias` | float64 of shape (M,) |
| `boltzmann_means` | float64 of shape (N,), −1 to 1: what an unknown neuron counts as |
| `boltzmann_rule` | string: how it was learned |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.boltzmann.machine import Machine
from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.learned.members import BOLTZMANN, Members


@dataclass(frozen=True)
class Boltzmann(AbstractLearned):
    """A machine, and by which rule it was learned, in words."""

    members: ClassVar[Members] = BOLTZMANN

    machine: Machine
    rule: str

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The members."""
        machine = self.machine
        values = (machine.weights, machine.visible_bias, machine.hidden_bias, machine.means)
        return dict(zip(self.members, (*values, np.asarray(self.rule)), strict=True))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """See that the members are of the size of the patterns."""
        weights, visible, hidden, means, rule = (arrays[name] for name in cls.members)
        if weights.shape[1] != neurons or not len(weights):
            sizes = "×".join(f"{side:,}" for side in weights.shape)
            raise ValueError(
                f"its boltzmann_weights are of {sizes}, but its patterns of {neurons:,} neurons"
            )
        if visible.shape != (neurons,) or means.shape != (neurons,):
            raise ValueError("its boltzmann_visible_bias or its boltzmann_means")
        if hidden.shape != (len(weights),):
            raise ValueError("its boltzmann_hidden_bias")
        return cls(Machine(weights, visible, hidden, means), str(rule))

    def check(self) -> None:
        """See that all numbers are finite, and means from −1 to 1."""
        machine = self.machine
        for values in (machine.weights, machine.visible_bias, machine.hidden_bias):
            if not np.isfinite(values).all():
                raise ValueError("its boltzmann machine is not finite")
        if not (np.abs(machine.means) <= 1).all():
            raise ValueError("its boltzmann_means")
