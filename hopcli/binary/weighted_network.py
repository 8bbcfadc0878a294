"""A network of explicit weights as data, and the form of arithmetic that suits its work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import rules
from hopcli.binary.dynamics import AbstractDynamics, AbstractThermalDynamics
from hopcli.binary.interactions.abstract import inverse_advice
from hopcli.binary.interactions.classical import WORDS
from hopcli.binary.landmarks import Landmarks
from hopcli.binary.networks import SECONDS_TO_LOAD
from hopcli.binary.weighted import (
    FIELDS_AT_ONCE,
    AbstractWeightedDynamics,
    PlainWeightedDynamics,
)
from hopcli.results import Outcome, Recall

# What NumPy takes for a flip, and more for each weight that it moves.
SECONDS_A_FLIP = 10e-6
SECONDS_A_WEIGHT = 1e-9
# What it takes for a visit at a temperature, every other of which may be a flip.
SECONDS_A_VISIT = 3e-6


@dataclass(frozen=True)
class WeightedNetwork:
    """Weights and biases, and the patterns that they were learned from.

    Attributes:
        weights: W, float64 of shape (N, N), symmetric, without a diagonal.
        bias: b, float64 of shape (N,).
        denominator: times this, both are whole numbers (binary/grid.py).
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        rule: by which rule they were learned, in words.
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
    def neurons(self) -> int:
        """N."""
        return len(self.bias)

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        if recall.outcome is Outcome.INVERSE:
            return inverse_advice(recall, WORDS)
        name = self.rule.split()[0]
        rule = rules.get(name if name in rules.names() else "hebbian")()
        return rule.advice(self.rule, patterns=self.patterns, neurons=self.neurons)

    def builder(self, cues: int) -> Callable[[], AbstractDynamics]:
        """Choose the form in which so many cues are recalled soonest, and load its code.

        All forms give the same states. The function that is returned lays out the weights for it.
        """
        flip = SECONDS_A_FLIP + self.neurons * SECONDS_A_WEIGHT
        return self._form(cues, cues * self.neurons / 4 * flip)

    def thermal_builder(self, cues: int, sweeps: int) -> Callable[[], AbstractThermalDynamics]:
        """Likewise, for so many sweeps at a temperature."""
        visit = SECONDS_A_VISIT + self.neurons * SECONDS_A_WEIGHT / 2
        return self._form(cues, cues * sweeps * self.neurons * visit)

    def _form(self, cues: int, seconds: float) -> Callable[[], AbstractThermalDynamics]:
        """What makes the form for work that takes NumPy so many seconds."""
        form: type[AbstractWeightedDynamics] = PlainWeightedDynamics
        if seconds > SECONDS_TO_LOAD:
            # Imported here, since loading the kernels is what small work does without.
            from hopcli.binary.weighted_compiled import CompiledWeightedDynamics
            from hopcli.kernels import threads

            threads.launch()
            form = CompiledWeightedDynamics
        at_once = min(cues, max(1, FIELDS_AT_ONCE // self.neurons))
        landmarks = Landmarks.of(self.words, self.neurons, at_once)
        return partial(form.of, self.weights, self.bias, self.denominator, landmarks)

    def plain(self) -> PlainWeightedDynamics:
        """The form in NumPy."""
        landmarks = Landmarks.of(self.words, self.neurons, 1)
        return PlainWeightedDynamics.of(self.weights, self.bias, self.denominator, landmarks)
