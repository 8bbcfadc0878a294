"""Explicit weights of binary patterns.

| member | content |
| --- | --- |
| `weights` | float64 of shape (N, N), symmetric, without a diagonal |
| `bias` | float64 of shape (N,): the weights from a neuron that is always +1; 0 without biases |
| `denominator` | float64: times this, weights and biases are whole numbers (binary/grid.py) |
| `diagonal` | float64: the diagonal of the learned matrix |
| `rule`, `rules`, `rule_…` | the learning rules with their parameters (storage/rule.py) |

The diagonal takes no part in recall; the incremental form of the projection rule needs it. Its
length tells whether biases were learned: it is N + 1 if they were, as the neuron that is always +1
is in the learned matrix, and N if not. In the second case `bias` is 0, in the first it may be.
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
    from hopcli.binary.weighted import WeightedNetwork

# All weights of up to COMPARED_ALL neurons are checked for symmetry when a file is opened, which
# takes 1 ms; of more neurons, those of the first COMPARED.
COMPARED_ALL = 2**8
COMPARED = 2**6


@dataclass(frozen=True)
class Weights(AbstractLearned):
    """Learned weights and biases.

    Attributes:
        weights: shape (N, N), symmetric, 0 on the diagonal.
        bias: shape (N,).
        denominator: times this, weights and biases are whole numbers.
        diagonal: of the learned matrix, shape (N,), or (N + 1,) if biases were learned.
        rules: one or more, in the order in which they were applied.
    """

    members: ClassVar[Members] = {
        "weights": ("float64", 2),
        "bias": ("float64", 1),
        "denominator": ("float64", 0),
        "diagonal": ("float64", 1),
        "rule": ("U", 0),
    }
    rule_member: ClassVar[str | None] = "rule"

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
            rules: one or more, in the order in which they were applied.
            biased: whether the matrix has that neuron.
            denominator: of the grid to which weights and biases are rounded; None to choose it.
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
            words: the packed patterns that the weights were learned from.
        """
        from hopcli.binary.weighted import WeightedNetwork

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
        """Check that weights, or a sample of them, are finite, symmetric and without a diagonal."""
        some = slice(None if len(self.bias) <= COMPARED_ALL else COMPARED)
        rows, columns = self.weights[some], self.weights[:, some]
        if not all(np.isfinite(each.sum()) for each in (rows, self.bias, self.diagonal)):
            raise ValueError("its weights are not finite")
        if np.any(np.diagonal(rows)):
            raise ValueError("its weights have a diagonal")
        if not np.array_equal(rows, columns.T):
            raise ValueError("its weights are not symmetric")

    def after_append(self, added: NDArray[np.int8]) -> Self | None:
        """Return the weights updated for added states; None if the rule has no incremental form."""
        rule = self._last_rule()
        return rule and self._again(rule.extend(self.matrix(), self._inputs(added)))

    def after_forget(self, kept: NDArray[np.int8], removed: NDArray[np.int8]) -> Self | None:
        """Return the weights without the removed states; None if the rule has no such form."""
        rule, states = self._last_rule(), (self._inputs(kept), self._inputs(removed))
        return rule and self._again(rule.reduce(self.matrix(), *states))

    def _last_rule(self) -> "AbstractRule | None":
        """Return the rule that was applied last; None if this version does not have it."""
        from hopcli.binary import rules

        return rules.get(self.rule)() if self.rule in rules.names() else None

    def _inputs(self, states: NDArray[np.int8]) -> NDArray[np.int8]:
        from hopcli.binary.rules import with_bias

        return with_bias(states) if self.biased else states

    def _again(self, matrix: NDArray[np.float64] | None) -> Self | None:
        """Return the weights of another matrix that was learned by the same rules."""
        rule = self._last_rule()
        if matrix is None or rule is None:
            return None
        denominator = self.denominator if rule.whole else None
        return self.of_matrix(matrix, *self.rules, biased=self.biased, denominator=denominator)


MEMBER = Weights
