"""The perceptron rule with a margin, symmetric (Krauth and Mézard 1987; Gardner 1988).

A pattern is held with margin κ if ξ_i h_i > κ |w_i| at every neuron, with |w_i| the length of the
neuron's weights. A sweep visits all patterns, and each neuron that lacks its margin in
one adds (1/N) ξ_i ξ_j to its weights, w_ij, and to those that lead back to it, w_ji. That ends
where symmetric weights with this margin exist (Gardner, Gutfreund and Yekutieli 1989). Weights are
whole numbers over N, and exact.
"""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.predictions import ALL, Prediction, prediction
from hopcli.binary.rules.abstract import TRIAL_SECONDS, AbstractRule, Learned, OnSweep, ignored
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import Real, States


MARGIN = Parameter(
    "margin",
    float,
    1.0,
    "κ: the least field ξ_i h_i of a neuron in a pattern, in lengths of its weights. Larger ones "
    "make larger basins.",
    low=0,
    high=1e6,
)
SWEEPS = Parameter("sweeps", int, 1000, "Sweeps over the patterns at most.", low=1, high=10**9)

# Sweeps in experiments: below capacity a tenth is enough, and above it none are.
TRIAL_SWEEPS = 200
# Weights times patterns and sweeps that are checked in a second on two busy cores.
CHECKED_A_SECOND = 1e10


@dataclass(frozen=True)
class Weights:
    """Weights after the sweeps.

    Attributes:
        matrix: W, without a diagonal, shape (N, N): whole numbers over N.
        held: how many patterns have the margin at every neuron.
        sweeps: how many were made, the last one, in which nothing was added, included.
    """

    matrix: "Real"
    held: int
    sweeps: int


def learn(patterns: "States", margin: float, sweeps: int, on_sweep: OnSweep = ignored) -> Weights:
    """Sweep until every pattern has the margin, or all sweeps are made.

    Args:
        patterns: ±1, shape (K, N).
        margin: κ, 0 or more.
        sweeps: at most, 1 or more.
        on_sweep: called with the number of sweeps and of patterns held in the last one.
    """
    import numpy as np

    wanted = patterns.astype(np.float64)
    neurons = patterns.shape[1]
    counts = np.zeros((neurons, neurons))
    held, sweep = 0, 0
    for sweep in range(1, sweeps + 1):
        lengths = np.sqrt(np.einsum("ij,ij->i", counts, counts))
        lacking = wanted * (wanted @ counts) <= margin * lengths
        held = int(np.count_nonzero(~lacking.any(axis=1)))
        on_sweep(sweep, held)
        # Nothing would check what the last sweep adds.
        if held == len(patterns) or sweep == sweeps:
            break
        added = (wanted * lacking).T @ wanted
        counts += added
        counts += added.T
        np.fill_diagonal(counts, 0)
    counts /= neurons
    return Weights(counts, held, sweep)


def gardner(margin: float) -> float:
    """Return the load up to which weights exist by which all patterns have a margin κ.

    1 / ∫ from −κ of (t + κ)² over the Gaussian, 2 at κ = 0 (Gardner 1988, J. Phys. A 21:257), for
    weights of each neuron on their own; symmetric ones exist for no more.
    """
    normal = NormalDist()
    return 1 / ((1 + margin**2) * normal.cdf(margin) + margin * normal.pdf(margin))


@dataclass(frozen=True)
class Perceptron(AbstractRule):
    """The perceptron rule with a margin."""

    name: ClassVar[str] = "perceptron"
    summary: ClassVar[str] = "the perceptron rule with a margin (Gardner 1988)"
    parameters: ClassVar[tuple[Parameter, ...]] = (MARGIN, SWEEPS)
    whole: ClassVar[bool] = True
    rows: ClassVar[int] = 5
    start: ClassVar[float] = 0.5

    margin: float = MARGIN.default
    sweeps: int = SWEEPS.default

    def __post_init__(self) -> None:
        MARGIN.checked(self.margin)
        SWEEPS.checked(self.sweeps)

    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Sweep until every pattern has the margin, or all sweeps are made."""
        found = learn(patterns, self.margin, self.sweeps, on_sweep)
        kept, held, sweeps = len(patterns), found.held, found.sweeps
        note = (
            "all sweeps were made before every pattern had the margin; try a smaller `margin`, or "
            "more `sweeps`"
        )
        return Learned(
            found.matrix,
            float(patterns.shape[1]),
            {"margin": self.margin, "sweeps": sweeps, "held": held},
            (note,) if held < kept else (),
            f"After {sweeps:,} {'sweep' if sweeps == 1 else 'sweeps'} {held:,} of {kept:,} "
            f"patterns have the margin.",
        )

    def describe(self) -> str:
        """Return the rule with its margin."""
        return f"perceptron of margin {self.margin:g}"

    def for_trials(self) -> "Perceptron":
        """Return the rule with fewer sweeps."""
        return replace(self, sweeps=min(self.sweeps, TRIAL_SWEEPS))

    def seconds(self, patterns: int, neurons: int) -> float:
        """Return roughly how long all sweeps take."""
        return TRIAL_SECONDS + self.sweeps * patterns * neurons**2 / CHECKED_A_SECOND

    def predictions(self, neurons: int) -> list[Prediction]:
        """Return Gardner's bounds, without a margin and with it."""
        bounds = {"at most": 0.0}
        if self.margin:
            bounds[f"at most with margin {self.margin:g}"] = self.margin
        return [
            prediction(what, math.log2(gardner(margin) * neurons), ALL, "Gardner 1988")
            for what, margin in bounds.items()
        ]


MEMBER = Perceptron
