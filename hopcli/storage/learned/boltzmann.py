"""A restricted Boltzmann machine (binary/boltzmann/machine.py has its energy).

| member | content |
| --- | --- |
| `boltzmann_weights` | float32 of shape (M, N), one row for each hidden neuron |
| `boltzmann_visible_bias` | float64 of shape (N,) |
| `boltzmann_hidden_bias` | float64 of shape (M,) |
| `boltzmann_means` | float64 of shape (N,), −1 to 1: the initial value of an unknown neuron |
| `boltzmann_rule`, `boltzmann_rules`, `boltzmann_rule_…` | the learning rule (storage/rule.py) |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.storage import rule as rule_members
from hopcli.storage.learned.abstract import AbstractLearned, Members
from hopcli.storage.rule import Rule

if TYPE_CHECKING:
    from hopcli.binary.boltzmann.machine import Machine


@dataclass(frozen=True)
class Boltzmann(AbstractLearned):
    """A Boltzmann machine with the parameters of its learning.

    Attributes:
        machine: weights, biases and means.
        rules: the rule boltzmann with its parameters persistent (0 or 1), sweeps, rate, momentum.
    """

    members: ClassVar[Members] = {
        "boltzmann_weights": ("float32", 2),
        "boltzmann_visible_bias": ("float64", 1),
        "boltzmann_hidden_bias": ("float64", 1),
        "boltzmann_means": ("float64", 1),
        "boltzmann_rule": ("U", 0),
    }
    rule_member: ClassVar[str | None] = "boltzmann_rule"

    machine: "Machine"
    rules: tuple[Rule, ...]

    @property
    def title(self) -> str:
        """The rule and the number of hidden neurons in words."""
        hidden = len(self.machine.weights)
        neurons = "neuron" if hidden == 1 else "neurons"
        persistent = ", persistent" if self.parameters.get("persistent") else ""
        return f"boltzmann with {hidden} hidden {neurons}{persistent}"

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the members."""
        machine = self.machine
        return {
            "boltzmann_weights": machine.weights,
            "boltzmann_visible_bias": machine.visible_bias,
            "boltzmann_hidden_bias": machine.hidden_bias,
            "boltzmann_means": machine.means,
            **rule_members.to_members(self.rules, "boltzmann_rule"),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """Build from the members of a file, whose shapes are checked."""
        from hopcli.binary.boltzmann.machine import Machine

        weights, visible, hidden, means, _ = (arrays[name] for name in cls.members)
        if weights.shape[1] != neurons or not len(weights):
            sizes = "×".join(f"{side:,}" for side in weights.shape)
            raise ValueError(
                f"its boltzmann_weights are of {sizes}, but its patterns of {neurons:,} neurons"
            )
        if visible.shape != (neurons,) or means.shape != (neurons,):
            raise ValueError("its boltzmann_visible_bias or its boltzmann_means")
        if hidden.shape != (len(weights),):
            raise ValueError("its boltzmann_hidden_bias")
        rules = rule_members.from_members(arrays, "boltzmann_rule")
        return cls(Machine(weights, visible, hidden, means), rules)

    def check(self) -> None:
        """Check that all numbers are finite, and means from −1 to 1."""
        machine = self.machine
        for values in (machine.weights, machine.visible_bias, machine.hidden_bias):
            if not np.isfinite(values).all():
                raise ValueError("its boltzmann machine is not finite")
        if not (np.abs(machine.means) <= 1).all():
            raise ValueError("its boltzmann_means")


MEMBER = Boltzmann
