"""Networks of explicit weights: h_i = Σ_j W_ij s_j + b_i (Hopfield 1982).

Weights are whole numbers over one denominator, so every field is exact, in whatever order it was
added up, and a tie is a tie (binary/grid.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import grid, packing, rules
from hopcli.binary.arrays import Orders, Overlaps, Real, Rows, States, Whole, Words
from hopcli.binary.dynamics import (
    AbstractDynamics,
    AbstractSummedDynamics,
    SummedBatch,
    after_visit,
)
from hopcli.binary.interactions.abstract import inverse_advice
from hopcli.binary.interactions.classical import WORDS
from hopcli.binary.networks import SECONDS_TO_LOAD, AbstractBinaryNetwork
from hopcli.binary.stored import StoredPatterns
from hopcli.results import Outcome, Recall

# Fields held at once, eight bytes each: more cues than this allows are recalled in batches.
FIELDS_AT_ONCE = 2**23
# Visits that are decided at once in a sweep; they stand until a neuron changes.
LOOK_AHEAD = 256
# NumPy's seconds of a flip, and more for each weight that it adds to a field.
SECONDS_A_FLIP = 10e-6
SECONDS_A_WEIGHT = 1e-9
# NumPy's seconds of a visit at a temperature; every other one may be a flip.
SECONDS_A_VISIT = 3e-6
# Fields that are computed at once to count stable patterns.
STABLE_AT_ONCE = 2**22


@dataclass(frozen=True)
class WeightedDynamics(AbstractSummedDynamics):
    """Dynamics in NumPy, whose sums are fields times the denominator, float64 (cues, N).

    Attributes:
        weights: W times the denominator, float64 of shape (N, N), symmetric, without a diagonal.
        bias: b times the denominator, float64 of shape (N,).
        denominator: what fields and energies are to be divided by.
        stored: the patterns.
    """

    weights: Real
    bias: Real
    denominator: float
    stored: StoredPatterns

    @classmethod
    def of(cls, weights: Real, bias: Real, denominator: float, stored: StoredPatterns) -> Self:
        """Make the weights whole numbers, unless they add up exactly as they are."""
        if grid.is_power_of_two(denominator):
            return cls(weights, bias, 1.0, stored)
        whole = np.rint(weights * denominator), np.rint(bias * denominator)
        return cls(*whole, denominator, stored)

    @property
    def look_ahead(self) -> int:
        """How many visits of a sweep are decided at once."""
        return LOOK_AHEAD

    @property
    def at_once(self) -> int:
        """As many states as FIELDS_AT_ONCE allows."""
        return max(1, FIELDS_AT_ONCE // len(self.bias))

    def pattern(self, index: int) -> States:
        """Return one stored pattern, ±1, shape (N,)."""
        return self.stored.pattern(index)

    def sums(self, states: States) -> Real:
        """Return the local field of every neuron, times the denominator, shape (rows, N)."""
        return states.astype(np.float64) @ self.weights + self.bias

    def visited(self, state: States, sums: Real, neurons: NDArray[np.integer]) -> States:
        """Return what each of these neurons would become if it were visited now."""
        return after_visit(np.sign(sums[neurons]).astype(np.int8), state[neurons])

    def all_visited(self, batch: SummedBatch) -> States:
        """Return what every neuron would become if it were visited now."""
        return after_visit(np.sign(batch.sums).astype(np.int8), batch.states)

    def exact_state(self, state: States, sums: Real, neuron: int) -> np.int8:
        """Return what a neuron becomes: all fields are exact."""
        return self.visited(state, sums, np.array([neuron]))[0]

    def thermal_field(self, state: States, sums: Real, neuron: int) -> float:
        """Return the local field times the denominator, where ΔE = 2h."""
        return sums[neuron]

    def thresholds(self, energies: Real) -> Real:
        """Return the fields at which ΔE = 2h is these energies, times the denominator."""
        return energies * (self.denominator / 2)

    def move(self, sums: Real, neuron: int, change: int) -> None:
        """Add the changed weights to the fields of one state."""
        sums += float(change) * self.weights[neuron]

    def energy(self, state: States, sums: Real) -> float:
        """Return E = −½ sᵀWs − b·s = −½ s·(h + b)."""
        # Summed by NumPy alone: a dot product of BLAS may be added up by several threads.
        terms = state * (sums + self.bias)
        return -float(terms.sum()) / (2 * self.denominator)

    def overlaps(self, batch: SummedBatch, rows: Rows) -> Overlaps:
        """Compute the overlaps with the patterns."""
        return self.stored.overlaps(batch.states[rows])


@dataclass(frozen=True)
class CompiledWeightedDynamics(WeightedDynamics):
    """Dynamics by compiled kernels, several states in parallel."""

    def sweep(self, batch: SummedBatch, orders: Orders) -> Whole:
        """Visit neurons one at a time."""
        from hopcli.kernels import weighted

        changes = self._changes(orders)
        weighted.sweep(batch.states, batch.sums, self.weights, orders, batch.free, changes)
        return changes

    def thermal_sweep(self, batch: SummedBatch, orders: Orders, thresholds: Real) -> Whole:
        """Visit neurons one at a time at a temperature."""
        from hopcli.kernels import weighted

        changes = self._changes(orders)
        weighted.thermal_sweep(
            batch.states, batch.sums, self.weights, orders, batch.free, thresholds, changes
        )
        return changes

    def _changes(self, orders: Orders) -> Whole:
        """Return zeros for the changes of each row, and choose the number of threads."""
        from hopcli.kernels import threads, weighted

        rows = len(orders)
        threads.suit(weighted.operations(orders.size, len(self.bias)) if rows > 1 else 0)
        return np.zeros(rows, dtype=np.int64)


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

    weights: Real
    bias: Real
    denominator: float
    words: Words
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
