"""Weights between neurons, learned by one of the rules of `binary/rules`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hopcli.model.learners.abstract import AbstractLearner, Learned
from hopcli.model.progress import Progress
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.binary.rules.abstract import AbstractRule
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit

BIAS = Parameter(
    "bias", bool, False, "Learn a bias of each neuron: a weight from a neuron that is always on."
)
# Matrices of N × N that are in memory at once while weights are learned.
SQUARES = 3


class WeightLearner(AbstractLearner):
    """Learns a matrix of weights by a rule.

    Args:
        rule: a member of `binary/rules`.
    """

    modes = ("binary",)

    def __init__(self, rule: "type[AbstractRule]") -> None:
        self.rule = rule
        self.name = rule.name
        self.summary = rule.summary
        self.parameters = (*((BIAS,) if rule.bias else ()), *rule.parameters)

    def learn(
        self,
        memory: "Memory",
        values: Mapping[str, Any],
        *,
        seed: int,
        limit: "MemoryLimit",
        progress: Progress,
    ) -> Learned:
        """Learn weights from binary patterns."""
        import numpy as np

        from hopcli.binary.rules import with_bias
        from hopcli.storage.learned.weights import Weights
        from hopcli.storage.rule import Rule

        rule = self.rule(**{name: value for name, value in values.items() if name != "bias"})
        biased, count, neurons = values.get("bias", False), len(memory), memory.neurons
        limit.require(
            f"learning {neurons:,} × {neurons:,} weights",
            8 * (SQUARES * (neurons + 1) ** 2 + rule.rows * (neurons + 1) * count),
            "`max_memory={}`, or recall with `energy=classical` alone, which needs no weights for "
            "Hebb's rule",
        )
        patterns = memory.states(slice(None))
        sweeps = values.get("sweeps", 1)
        found = rule.learn(
            with_bias(patterns) if biased else patterns,
            rng=np.random.default_rng([seed, 2]),
            on_sweep=lambda sweep, held: progress(sweep / sweeps, f"{held:,} of {count:,} held"),
        )
        learned = Weights.of_matrix(
            found.matrix, Rule(rule.name, rule.values()), biased=biased,
            denominator=found.denominator,
        )  # fmt: skip
        fixed = learned.network(memory.patterns).stable()
        text = (
            f"Learned {neurons:,} × {neurons:,} weights from {count:,} patterns by "
            f"{learned.title}; {fixed:,} of the patterns are fixed points."
        )
        text += f" {found.said}" if found.said else ""
        details = {**values, **found.facts}
        return Learned(learned, fixed / count, text, details, found.notes)
