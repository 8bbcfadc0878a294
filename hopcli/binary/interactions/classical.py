"""The classical network (Hopfield 1982): F(x) = x² in the scale of Hebb's weights."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.binary.interactions.abstract import inverse_advice
from hopcli.binary.interactions.poly import Polynomial, within_error, without_errors
from hopcli.binary.predictions import ALL, TYPICAL, Prediction, prediction
from hopcli.parameters import Parameter
from hopcli.results import Outcome

if TYPE_CHECKING:
    from hopcli.binary.interactions._thermal import Linear
    from hopcli.results import Recall

# Load up to which a classical network retrieves (Amit, Gutfreund and Sompolinsky 1985).
LOAD = 0.138
# The network in a sentence; weights of any rule are one too.
WORDS = "a classical network"


@dataclass(frozen=True)
class Classical(Polynomial):
    """Weights W = (1/N) Σ_μ ξ_μ ξ_μᵀ without a diagonal; its D(y) = 4y is 4N h."""

    name: ClassVar[str] = "classical"
    summary: ClassVar[str] = "Hebb's weights, F(x) = x² (Hopfield 1982)"
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    linear: ClassVar[bool] = True

    degree: int = field(default=2, init=False)

    def describe(self) -> str:
        """Return the name: there are no parameters."""
        return self.name

    def thermal(self, neurons: int) -> "Linear":
        """Return the terms of ΔE = 2h, where N h = Σ_μ ξ_μi y_μ is a sum of integers."""
        import numpy as np

        from hopcli.binary.interactions._thermal import Linear

        every = np.arange(-neurons - 1, neurons + 2, dtype=np.float64)
        return Linear(every, unit=neurons / 2)

    def energy(
        self, values: Sequence[int], counts: Sequence[int], *, neurons: int, known: int
    ) -> float:
        """Return E = −½ sᵀWs = −(Σ_μ m_μ² − K · known) / 2N, rounded once."""
        squares = sum(map(mul, counts, map(mul, values, values)))
        return -(squares - sum(counts) * known) / (2 * neurons)

    def predictions(self, neurons: int, *, error: float, noise: float) -> list[Prediction]:
        """Return the capacities of Hebb's network."""
        gaussian = within_error(2, neurons, error=error, noise=noise)
        hertz, mceliece = "Hertz, Krogh and Palmer 1991", "McEliece et al. 1987"
        amit = "Amit, Gutfreund and Sompolinsky 1985"
        found = [
            prediction(f"bit error {error:g}", gaussian, TYPICAL, hertz),
            prediction("retrieval", self.retrieval(neurons), TYPICAL, amit),
        ]
        if neurons == 1:  # ln 1 = 0
            return found
        one = without_errors(2, neurons, noise)
        # (1−2ρ)² N / (4 ln N): every stored pattern at once.
        return [
            *found,
            prediction("no errors", one, TYPICAL, mceliece),
            prediction("no errors in any pattern", one - 1, ALL, mceliece),
        ]

    def retrieval(self, neurons: int) -> float:
        """Return log₂ of 0.138 N (Amit, Gutfreund and Sompolinsky 1985).

        Up to here a network that runs to its end from near a pattern stays near it, at an overlap
        of about 0.97.
        """
        return math.log2(LOAD * neurons)

    def page(self, neurons: int) -> dict[str, Any]:
        """Return the form that the page computes in the scale of Hebb's weights."""
        return {"family": "classical"}

    def advice(self, recall: "Recall", *, patterns: int, neurons: int) -> str:
        """Say whether the load is too high, or the patterns too much alike."""
        if recall.outcome is Outcome.INVERSE:
            return inverse_advice(recall, WORDS)
        load = patterns / neurons
        if load > LOAD:
            stored = f"{patterns:,} pattern{'' if patterns == 1 else 's'}"
            of = f"{neurons:,} neuron{'' if neurons == 1 else 's'}"
            return (
                f"{stored} on {of} is a load of {load:.2g}, above the {LOAD} that Hebb's rule can "
                f"hold; try `learn()`, or `energy=exp`."
            )
        return (
            f"A load of {load:.2g} is below the {LOAD} that Hebb's rule can hold, but only of "
            f"patterns as unlike each other as random ones; try `learn()`, or `energy=exp`."
        )


MEMBER = Classical
