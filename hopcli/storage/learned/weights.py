"""Explicit weights, learned from the patterns by one of the rules of hopcli/binary/rules.

| member | what it holds |
| --- | --- |
| `weights` | float64 of shape (N, N), symmetric, without a diagonal |
| `bias` | float64 of shape (N,): the weights from a unit that is always on; 0 if there are none |
| `denominator` | float64: times this, weights and biases are whole numbers (binary/grid.py) |
| `diagonal` | float64 of shape (N,), or (N + 1,) with biases: what the rule has on the diagonal |
| `rule` | string: by which rule, and with what |

The diagonal takes no part in recall. By it the rank-one form of the projection rule goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid
from hopcli.binary.rules import hebbian, projection, storkey, with_bias
from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.learned.members import WEIGHTS, Members

if TYPE_CHECKING:
    from hopcli.binary.weighted_network import WeightedNetwork

BIASED = " with bias"
# Up to so many neurons all weights are compared with those that lead back, in a millisecond,
# and those of so many of the neurons beyond: who recalls by the patterns alone pays for it too.
COMPARED_ALL = 2**8
COMPARED = 2**6


@dataclass(frozen=True)
class Weights(AbstractLearned):
    """Weights and biases; the attributes are the members."""

    members: ClassVar[Members] = WEIGHTS

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    denominator: float
    diagonal: NDArray[np.float64]
    rule: str

    @classmethod
    def of_matrix(
        cls,
        matrix: NDArray[np.float64],
        rule: str,
        *,
        biased: bool,
        denominator: float | None = None,
    ) -> Self:
        """Part what a rule has learned into weights, biases and the diagonal, on a grid.

        Args:
            matrix: symmetric, of shape (N, N), or (N + 1, N + 1) with the unit that is always on.
            rule: by which rule and with what, in words.
            biased: whether that unit is there.
            denominator: if weights and biases are whole numbers over one; None to choose it.
        """
        neurons = len(matrix) - biased
        weights = matrix[:neurons, :neurons].copy()
        np.fill_diagonal(weights, 0)
        bias = matrix[:neurons, neurons].copy() if biased else np.zeros(neurons)
        # Beside a diagonal, what else rounding has left is nothing.
        d = denominator or grid.denominator_for(matrix)
        grid.round_to(weights, d)
        grid.round_to(bias, d)
        return cls(weights, bias, d, np.diagonal(matrix).copy(), rule)

    @property
    def biased(self) -> bool:
        """Whether biases were learned."""
        return len(self.diagonal) > len(self.bias)

    def matrix(self) -> NDArray[np.float64]:
        """What `of_matrix` was made from, but for the rounding."""
        neurons = len(self.bias)
        matrix = np.empty((len(self.diagonal), len(self.diagonal)))
        matrix[:neurons, :neurons] = self.weights
        if self.biased:
            matrix[neurons, :neurons] = matrix[:neurons, neurons] = self.bias
        np.fill_diagonal(matrix, self.diagonal)
        return matrix

    def network(self, words: NDArray[np.uint64]) -> "WeightedNetwork":
        """The network that they make, of the packed patterns that they were learned from."""
        # Imported here: who only opens the memory has no need for it.
        from hopcli.binary.weighted_network import WeightedNetwork

        return WeightedNetwork(self.weights, self.bias, self.denominator, words, self.rule)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The members."""
        return {name: np.asarray(getattr(self, name)) for name in self.members}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """See that the members are of the size of the patterns."""
        shapes = {name: arrays[name].shape for name in ("weights", "bias", "diagonal")}
        if shapes["weights"] != (neurons, neurons):
            sizes = "×".join(f"{side:,}" for side in shapes["weights"])
            raise ValueError(f"its weights are of {sizes}, but its patterns of {neurons:,} neurons")
        if shapes["bias"] != (neurons,) or shapes["diagonal"] not in ((neurons,), (neurons + 1,)):
            raise ValueError("its bias and its weights are not of one size")
        denominator = float(arrays["denominator"])
        if not 0 < denominator < np.inf:
            raise ValueError("its denominator")
        return cls(
            arrays["weights"], arrays["bias"], denominator, arrays["diagonal"], str(arrays["rule"])
        )

    def check(self) -> None:
        """See that the weights are finite and symmetric, and have no diagonal; of many, some."""
        some = slice(None if len(self.bias) <= COMPARED_ALL else COMPARED)
        rows, columns = self.weights[some], self.weights[:, some]
        if not all(np.isfinite(each.sum()) for each in (rows, self.bias, self.diagonal)):
            raise ValueError("its weights are not finite")
        if np.any(np.diagonal(rows)):
            raise ValueError("its weights have a diagonal")
        if not np.array_equal(rows, columns.T):
            raise ValueError("its weights are not symmetric")

    def after_append(self, added: NDArray[np.int8]) -> Self | None:
        """By each rule's own form of it; the perceptron rule has none, nor have dreams."""
        extended = {
            "hebbian": hebbian.extended,
            "projection": projection.extended,
            "storkey": storkey.extended,
        }.get(self._rule_alone)
        return extended and self._again(extended(self.matrix(), self._inputs(added)))

    def after_forget(self, kept: NDArray[np.int8], removed: NDArray[np.int8]) -> Self | None:
        """Taken away from Hebb's sum, or learned from those that are left."""
        if self._rule_alone == "hebbian":
            return self._again(hebbian.reduced(self.matrix(), self._inputs(removed)))
        learned = {"projection": projection.learned, "storkey": storkey.learned}
        again = learned.get(self._rule_alone)
        return again and self._again(again(self._inputs(kept)))

    @property
    def _rule_alone(self) -> str:
        return self.rule.removesuffix(BIASED)

    def _inputs(self, states: NDArray[np.int8]) -> NDArray[np.int8]:
        return with_bias(states) if self.biased else states

    def _again(self, matrix: NDArray[np.float64]) -> Self:
        """Another matrix of the same rule."""
        denominator = self.denominator if self._rule_alone == "hebbian" else None
        return self.of_matrix(matrix, self.rule, biased=self.biased, denominator=denominator)
