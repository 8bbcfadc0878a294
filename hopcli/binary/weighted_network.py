"""A network of explicit weights as data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing, rules
from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.interactions.abstract import inverse_advice
from hopcli.binary.interactions.classical import WORDS
from hopcli.binary.networks import SECONDS_TO_LOAD, AbstractBinaryNetwork
from hopcli.binary.stored import StoredPatterns
from hopcli.binary.weighted import FIELDS_AT_ONCE, CompiledWeightedDynamics, WeightedDynamics
from hopcli.results import Outcome, Recall

# NumPy's seconds of a flip, and more for each weight that it adds to a field.
SECONDS_A_FLIP = 10e-6
SECONDS_A_WEIGHT = 1e-9
# NumPy's seconds of a visit at a temperature; every other one may be a flip.
SECONDS_A_VISIT = 3e-6
# Fields that are computed at once to count stable patterns.
STABLE_AT_ONCE = 2**22


@dataclass(frozen=True)
class WeightedNetwork(AbstractBinaryNetwork):
    """Weights and biases, and the patterns that they were learned from.

    Attributes:
        weights: W, float64 of shape (N, N), symmetric, without a diagonal.
        bias: b, float64 of shape (N,).
        denominator: times this, both are whole numbers (binary/grid.py).
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        rule: the name of the rule that learned them.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    denominator: float
    words: NDArray[np.uint64]
    rule: str

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    @property
    def neurons(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """N."""
        return len(self.bias)

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        if recall.outcome is Outcome.INVERSE:
            return inverse_advice(recall, WORDS)
        name = self.rule.split()[0]
        rule = rules.get(name if name in rules.names() else "hebbian")()
        return rule.advice(self.rule, patterns=self.patterns, neurons=self.neurons)

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], AbstractDynamics]:
        """Choose between NumPy and compiled kernels."""
        if sweeps is None:
            flip = SECONDS_A_FLIP + self.neurons * SECONDS_A_WEIGHT
            seconds = cues * self.neurons / 4 * flip
        else:
            visit = SECONDS_A_VISIT + self.neurons * SECONDS_A_WEIGHT / 2
            seconds = cues * sweeps * self.neurons * visit
        form = WeightedDynamics
        if seconds > SECONDS_TO_LOAD:
            # Imported here, since loading the kernels is what small work does without.
            from hopcli.kernels import threads, weighted  # noqa: F401

            threads.launch()
            form = CompiledWeightedDynamics
        return partial(self._made, form, min(cues, max(1, FIELDS_AT_ONCE // self.neurons)))

    def plain(self) -> WeightedDynamics:
        """Return dynamics in NumPy."""
        return self._made(WeightedDynamics, 1)

    def stable(self) -> int:
        """Count the patterns in which no neuron would change: ξ_i h_i ≥ 0 for all i, exactly."""
        dynamics = self.plain()
        rows = max(1, STABLE_AT_ONCE // self.neurons)
        found = 0
        for start in range(0, self.patterns, rows):
            states = packing.unpack(self.words[start : start + rows], self.neurons)
            found += int(np.count_nonzero((states * dynamics.sums(states) >= 0).all(axis=1)))
        return found

    def _made(self, form: type[WeightedDynamics], at_once: int) -> WeightedDynamics:
        stored = StoredPatterns.of(self.words, self.neurons, at_once)
        return form.of(self.weights, self.bias, self.denominator, stored)
