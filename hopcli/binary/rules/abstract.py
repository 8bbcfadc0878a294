"""What a rule defines, and the defaults of the rest.

A new rule needs `name`, `summary`, `parameters` and `learn`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.binary.predictions import Prediction
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import Real, States

# The largest load that experiments learn; no rule holds more than two patterns a neuron.
LARGEST_LOAD = 4
# Seconds that learning takes in a trial at least, on two busy cores, and weights times patterns
# that are computed in a second.
TRIAL_SECONDS = 5e-4
WEIGHTS_A_SECOND = 3e9

# Called with the number of sweeps made, and of patterns held in the last one.
OnSweep = Callable[[int, int], None]


def ignored(sweep: int, held: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, eq=False)
class Learned:
    """A matrix that a rule learned.

    Attributes:
        matrix: symmetric, float64 of shape (N, N), with the diagonal that the rule gives it.
        denominator: times this, all weights are whole numbers; None: they are not.
        facts: what the rule found out, by the keys of the JSON.
        notes: messages for the user, as clauses that name parameters.
        said: a sentence about the result, or nothing.
    """

    matrix: "Real"
    denominator: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    said: str = ""


class AbstractRule(ABC):
    """A rule that learns explicit weights.

    Final classes are frozen dataclasses, whose fields are the parameters.

    Attributes:
        name: what the `rule` parameter takes; the name of the file.
        summary: one clause for the help.
        parameters: of the constructor.
        offered: whether `learn` offers the rule; others have commands or experiments of their own.
        bias: whether the rule learns biases, from a neuron that is always on.
        whole: whether N times the weights are whole numbers.
        rows: arrays of K × N float64 that learning holds beside three of N × N.
        start: a load K/N near the capacity, where a search for it begins.
        alternative: what to try where the weights have spurious minima.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    offered: ClassVar[bool] = True
    bias: ClassVar[bool] = True
    whole: ClassVar[bool] = False
    rows: ClassVar[int] = 0
    start: ClassVar[float] = 0.3
    alternative: ClassVar[str] = "`learn(rule=projection)`"

    @abstractmethod
    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Learn weights.

        Args:
            patterns: ±1, int8 of shape (K, N), in the order in which they are learned.
            rng: of rules that draw random states; None for one of a fixed seed.
            on_sweep: called after each sweep over the patterns, by rules that make several.
        """

    def extend(self, matrix: "Real", added: "States") -> "Real | None":
        """Return the matrix with more patterns, (added, N); None: it must be learned again."""
        return None

    def reduce(self, matrix: "Real", kept: "States", removed: "States") -> "Real | None":
        """Return the matrix without some patterns, (removed, N); None: it must be learned again.

        `kept`, (kept, N), are the patterns that are left.
        """
        return None

    def values(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {parameter.name: getattr(self, parameter.name) for parameter in self.parameters}

    def describe(self) -> str:
        """Return the rule in words, as in "perceptron of margin 1"."""
        return self.name

    def for_trials(self) -> "AbstractRule":
        """Return the rule as experiments use it, with less work for patterns beyond capacity."""
        return self

    def largest(self, neurons: int) -> int:
        """Return the largest K that experiments learn."""
        return LARGEST_LOAD * neurons

    def seconds(self, patterns: int, neurons: int) -> float:
        """Return roughly how long learning takes on two cores."""
        return TRIAL_SECONDS + patterns * neurons**2 / WEIGHTS_A_SECOND

    def predictions(self, neurons: int) -> list[Prediction]:
        """Return the capacities that are published for random patterns and N neurons."""
        return []

    def advice(self, described: str, *, patterns: int, neurons: int) -> str:
        """Say why weights of this rule have spurious minima, and what to try.

        Args:
            described: the rule with its parameters, in words.
            patterns: K.
            neurons: N.
        """
        load = patterns / neurons
        return (
            f"Weights learned by {described} have other minima too, the more the higher the load, "
            f"which is {load:.2g}; try a cue with less damage, or {self.alternative}."
        )
