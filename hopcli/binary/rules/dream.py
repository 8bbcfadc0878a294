"""Hebb's weights after unlearning (binary/unlearning.py), for experiments; `hop dream` does it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hopcli.binary.rules import hebbian
from hopcli.binary.rules.abstract import AbstractRule, Learned, OnSweep, ignored

if TYPE_CHECKING:
    from numpy.random import Generator

    from hopcli.binary.arrays import States

# Unlearning rate ε, relative to one pattern's Hebbian weight. K/ε steps lead beyond the optimum, at
# which unlearning stops.
RATE = 0.01
# Weights that are changed in a second on two busy cores, and seconds of a step of any size.
CHANGED_A_SECOND = 2e9
STEP_SECONDS = 5e-6


@dataclass(frozen=True)
class Dream(AbstractRule):
    """Unlearning from Hebb's weights, at its best."""

    name: ClassVar[str] = "dream"
    summary: ClassVar[str] = "Hebb's rule, then unlearning (Hopfield, Feinstein and Palmer 1983)"
    offered: ClassVar[bool] = False
    bias: ClassVar[bool] = False
    start: ClassVar[float] = 0.5

    def learn(
        self, patterns: "States", *, rng: "Generator | None" = None, on_sweep: OnSweep = ignored
    ) -> Learned:
        """Unlearn spurious minima of Hebb's weights until the patterns are most stable."""
        import numpy as np

        from hopcli.binary import unlearning

        neurons, steps = patterns.shape[1], unlearning.default_steps(len(patterns), RATE)
        whole = np.rint(hebbian.learn(patterns) * neurons)
        network = unlearning.UnlearningNetwork.of(
            whole, float(neurons), neurons=neurons, rate=RATE, steps=steps
        )
        every = unlearning.steps_between_checks(len(patterns), RATE)
        rng = np.random.default_rng(0) if rng is None else rng
        best = unlearning.unlearn(network, patterns, steps=steps, every=every, rng=rng).network
        return Learned(best.weights / best.denominator, best.denominator)

    def seconds(self, patterns: int, neurons: int) -> float:
        """Return roughly how long all steps take."""
        return patterns / RATE * (STEP_SECONDS + neurons**2 / CHANGED_A_SECOND)


MEMBER = Dream
