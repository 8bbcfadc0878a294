"""Weights between neurons, learned by one of the rules of `binary/rules`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError
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
# Matrices of N × N, and of K × N, that are in memory at once while weights are learned.
SQUARES, ROWS = 3, 5


class WeightLearner(AbstractLearner):
    """Learns a matrix of weights by a rule.

    Args:
        rule: a member of `binary/rules`.
    """

    def __init__(self, rule: "type[AbstractRule]") -> None:
        self.rule = rule
        self.name = rule.name
        self.summary = rule.summary
        self.parameters = (BIAS, *rule.parameters)

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
        if memory.mode != "binary":
            raise HopError(
                f"the memory is {memory.mode}, and rules learn weights from binary patterns; "
                f"store the pictures with `mode=binary`"
            )
        neurons, patterns = memory.neurons, len(memory)
        limit.require(
            f"learning {neurons:,} × {neurons:,} weights",
            8 * (SQUARES * (neurons + 1) ** 2 + ROWS * (neurons + 1) * patterns),
            "`max_memory={}`, or recall with `energy=classical` alone, which needs no weights for "
            "Hebb's rule",
        )
        raise NotImplementedError
