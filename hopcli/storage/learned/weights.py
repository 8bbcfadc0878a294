"""Explicit weights of binary patterns.

| member | what it holds |
| --- | --- |
| `weights` | float64 of shape (N, N), symmetric, without a diagonal |
| `bias` | float64 of shape (N,): the weights from a neuron that is always +1; 0 without biases |
| `denominator` | float64: times this, weights and biases are whole numbers (binary/grid.py) |
| `diagonal` | float64 of shape (N,), or (N + 1,) with biases: the diagonal that the rule learned |
| `rule`, `rules`, `rule_…` | by which rules they were learned (storage/rule.py) |

The diagonal takes no part in recall; the incremental form of the projection rule needs it.
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
    from hopcli.binary.rules import AbstractRule
    from hopcli.binary.weighted_network import WeightedNetwork

# Up to COMPARED_ALL neurons, all weights are checked for symmetry when a file is opened, in 1 ms;
# beyond, those of the first COMPARED neurons.
COMPARED_ALL = 2**8
COMPARED = 2**6


@dataclass(frozen=True)
class Weights(AbstractLearned):
    """Weights and biases.

    Attributes:
        weights: shape (N, N), symmetric, 0 on the diagonal.
        bias: shape (N,).
        denominator: times this, weights and biases are whole numbers.
        diagonal: what the rule learned there, shape (N,), or (N + 1,) with biases.
        rules: one or more, in the order in which they were applied.
    """

    members: ClassVar[Members] = {
        "weights": ("float64", 2),
        "bias": ("float64", 1),
        "denominator": ("float64", 0),
        "diagonal": ("float64", 1),
        "rule": ("U", 0),
    }

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    denominator: float
    diagonal: NDArray[np.float64]
    rules: tuple[Rule, ...]

    @classmethod
    def of_matrix(
        cls,
        matrix: NDArray[np.float64],
        *rules: Rule,
        biased: bool,
        denominator: float | None = None,
    ) -> Self:
        """Split a learned matrix into weights, biases and the diagonal, rounded to a grid.

        Args:
            matrix: symmetric, of shape (N, N), or (N + 1, N + 1) with a neuron that is always +1.
            rules: that learned it, in the order in which they were applied.
            biased: whether that neuron is there.
            denominator: of the grid, where weights and biases are whole numbers over one; None
                to choose it.
        """
        from hopcli.binary import grid

        neurons = len(matrix) - biased
        weights = matrix[:neurons, :neurons].copy()
        np.fill_diagonal(weights, 0)
        bias = matrix[:neurons, neurons].copy() if biased else np.zeros(neurons)
        d = denominator or grid.denominator_for(matrix)
        grid.round_to(weights, d)
        grid.round_to(bias, d)
        return cls(weights, bias, d, np.diagonal(matrix).copy(), rules)

    @property
    def title(self) -> str:
        """The rules with their parameters in words, the last one first."""
        return super().title + (" with bias" if self.biased else "")

    @property
    def biased(self) -> bool:
        """Whether biases were learned."""
        return len(self.diagonal) > len(self.bias)

    def matrix(self) -> NDArray[np.float64]:
        """Return the learned matrix with its diagonal and biases, the inverse of `of_matrix`."""
        neurons = len(self.bias)
        matrix = np.empty((len(self.diagonal), len(self.diagonal)))
        matrix[:neurons, :neurons] = self.weights
        if self.biased:
            matrix[neurons, :neurons] = matrix[:neurons, neurons] = self.bias
        np.fill_diagonal(matrix, self.diagonal)
        return matrix

    def network(self, words: NDArray[np.uint64]) -> "WeightedNetwork":
        """Return the network of these weights.

        Args:
            words: the packed patterns that they were learned from.
        """
        from hopcli.binary.weighted_network import WeightedNetwork

        return WeightedNetwork(self.weights, self.bias, self.denominator, words, self.rule)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the members."""
        return {
            "weights": self.weights,
            "bias": self.bias,
            "denominator": np.asarray(self.denominator),
            "diagonal": self.diagonal,
            **rule_members.to_members(self.rules, "rule"),
        }

    @classmethod
    def optional(cls, name: str) -> tuple[str, int] | None:
        """Return the type and dimensions of the members that say by which rules."""
        return rule_members.optional("rule", name)

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """Build from the members of a file, whose shapes are checked."""
        shapes = {name: arrays[name].shape for name in ("weights", "bias", "diagonal")}
        if shapes["weights"] != (neurons, neurons):
            sizes = "×".join(f"{side:,}" for side in shapes["weights"])
            raise ValueError(f"its weights are of {sizes}, but its patterns of {neurons:,} neurons")
        if shapes["bias"] != (neurons,) or shapes["diagonal"] not in ((neurons,), (neurons + 1,)):
            raise ValueError("its bias and its weights are not of one size")
        denominator = float(arrays["denominator"])
        if not 0 < denominator < np.inf:
            raise ValueError("its denominator")
        rules = rule_members.from_members(arrays, "rule")
        return cls(arrays["weights"], arrays["bias"], denominator, arrays["diagonal"], rules)

    def check(self) -> None:
        """Check that weights are finite, symmetric and without a diagonal; of many, a sample."""
        some = slice(None if len(self.bias) <= COMPARED_ALL else COMPARED)
        rows, columns = self.weights[some], self.weights[:, some]
        if not all(np.isfinite(each.sum()) for each in (rows, self.bias, self.diagonal)):
            raise ValueError("its weights are not finite")
        if np.any(np.diagonal(rows)):
            raise ValueError("its weights have a diagonal")
        if not np.array_equal(rows, columns.T):
            raise ValueError("its weights are not symmetric")

    def after_append(self, added: NDArray[np.int8]) -> Self | None:
        """Return the weights updated for added states; None where the rule has no such form."""
        made = self._made()
        return made and self._again(made.extend(self.matrix(), self._inputs(added)))

    def after_forget(self, kept: NDArray[np.int8], removed: NDArray[np.int8]) -> Self | None:
        """Return the weights without the removed states; None where the rule has no such form."""
        made, states = self._made(), (self._inputs(kept), self._inputs(removed))
        return made and self._again(made.reduce(self.matrix(), *states))

    def _made(self) -> "AbstractRule | None":
        """Return the rule that was applied last; None where it is not known here."""
        from hopcli.binary import rules

        return rules.get(self.rule)() if self.rule in rules.names() else None

    def _inputs(self, states: NDArray[np.int8]) -> NDArray[np.int8]:
        from hopcli.binary.rules import with_bias

        return with_bias(states) if self.biased else states

    def _again(self, matrix: NDArray[np.float64] | None) -> Self | None:
        """Return another matrix of the same rules, if there is one."""
        made = self._made()
        if matrix is None or made is None:
            return None
        denominator = self.denominator if made.whole else None
        return self.of_matrix(matrix, *self.rules, biased=self.biased, denominator=denominator)


MEMBER = Weights
