"""A memory as the page shows it: its patterns, their plane, and which of them are near a state."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.dynamics import AbstractDynamics, AbstractThermalDynamics
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.networks import BinaryNetwork, dynamics_of, overlaps_with, thermal_builder
from hopcli.binary.weighted_network import WeightedNetwork
from hopcli.continuous import classification, sharpness, similarities
from hopcli.continuous.byte_patterns import LEVELS, BytePatterns
from hopcli.errors import HopError
from hopcli.render.plane import Plane
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_file import Memory

# Patterns that are listed, fewer of them where they would have more neurons than so many together:
# the plane is found from all of theirs. Of more patterns, some are listed, spread evenly.
LISTED = 1000
LISTED_NEURONS = 2**23
# Neurons of all patterns of a binary memory up to which they may be held as levels too, in bytes.
LEVELS_AT_MOST = 2**28
# So many times longer than high is a row still shown as a rectangle.
LONGEST = 4
# Patterns that are named beside a state.
NEAREST = 5
# What is shown is worth compiled kernels from fewer patterns on than a command is that ends after a
# recall: as if so many cues were recalled from it.
RECALLS = 8
STATES = 64
# Neurons, and of all patterns together, up to which there is never a need for them.
SMALL_NEURONS = 2**11
SMALL = 2**17
# Networks that are kept ready, each with its form of the patterns.
KEPT = 2
ENERGIES = {"binary": ("classical", "poly", "exp"), "gray": ("lse",), "rgb": ("lse",)}


@dataclass(frozen=True, eq=False)
class Exhibit:
    """What all visitors see of a memory.

    Attributes:
        memory: its patterns.
        name: what it is called.
    """

    memory: Memory
    name: str

    @classmethod
    def of(cls, memory: Memory, name: str) -> "Exhibit":
        """A memory as it is, but rows that make a rectangle shown as one, which can be painted."""
        height, width, *rest = memory.shape
        side = math.isqrt(width)
        while height == 1 and width % side:
            side -= 1
        if height == 1 and width <= LONGEST * side**2:
            memory = replace(memory, shape=(side, width // side, *rest))
        return cls(memory, name)

    @property
    def is_binary(self) -> bool:
        """Whether its neurons are ±1."""
        return self.memory.mode == "binary"

    @property
    def is_small(self) -> bool:
        """Whether no kernel is ever loaded for it."""
        neurons = self.memory.neurons
        return neurons <= SMALL_NEURONS and len(self.memory) * neurons <= SMALL

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        """Indices of the patterns that are listed."""
        most = max(2, min(LISTED, LISTED_NEURONS // self.memory.neurons))
        return sharpness.evenly(len(self.memory), min(most, len(self.memory)))

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """Of every pattern, −1 for none, shape (K,)."""
        return self.memory.all_labels()

    @cached_property
    def labelled(self) -> NDArray[np.intp]:
        """Indices of the patterns that have a label."""
        return np.flatnonzero(self.labels >= 0)

    @cached_property
    def plane(self) -> Plane:
        """Of the listed patterns, as levels from 0 to 1."""
        values = self.levels(self.listed) / LEVELS
        return Plane.of(values, values[:0])

    @cached_property
    def weighted(self) -> WeightedNetwork | None:
        """The classical network by weights that were learned, if any were."""
        learned = self.memory.found(Weights)
        return learned and learned.network(self.memory.patterns)

    @cached_property
    def dynamics(self) -> Callable[[AbstractInteraction], AbstractDynamics]:
        """The binary network of an interaction, ready to begin; all visitors share it."""

        def of(interaction: AbstractInteraction) -> AbstractDynamics:
            if interaction.linear and self.weighted is not None:
                return self.weighted.thermal_builder(1, RECALLS)()
            return dynamics_of(self._network(interaction), RECALLS)

        return lru_cache(KEPT)(of)

    @cached_property
    def thermal(self) -> Callable[[AbstractInteraction], AbstractThermalDynamics]:
        """The same at a temperature; by the patterns."""
        return lru_cache(KEPT)(
            lambda interaction: thermal_builder(self._network(interaction), 1, RECALLS)()
        )

    def _network(self, interaction: AbstractInteraction) -> BinaryNetwork:
        return BinaryNetwork(self.memory.patterns, self.memory.neurons, interaction)

    @cached_property
    def overlaps(self) -> Callable[[NDArray[np.int8]], NDArray[np.int32]]:
        """From one state of ±1 or 0, shape (1, N), to its overlaps Σ ξ s, shape (1, K)."""
        return overlaps_with(self.memory.patterns, self.memory.neurons, 1)

    @cached_property
    def _values(self) -> NDArray[np.uint8]:
        return self.memory.in_levels().patterns

    @cached_property
    def _moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Σ θ and Σ (θ − its mean)² of every pattern, shape (K,)."""
        patterns = self.patterns()
        sums = patterns.dot(np.ones(patterns.neurons))
        squares = patterns.squared_distances(np.zeros(patterns.neurons))
        return sums, np.maximum(squares - sums**2 / patterns.neurons, 0)

    def patterns(self) -> BytePatterns:
        """All patterns as levels, in an object of its own: it remembers what it compared last."""
        return BytePatterns.suited(self._values, STATES)

    def levels(self, rows: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Some patterns as bytes, (rows, N)."""
        states = self.memory.states(rows)
        if self.is_binary:
            return np.where(states > 0, np.uint8(255), np.uint8(0))
        return self.memory.patterns[rows]

    def cosines(self, patterns: BytePatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the mean-free patterns and a mean-free state of known levels, shape (K,).

        From squared distances, which a network has just worked out: θ·x = (θ² + x² − d²)/2.
        """
        sums, spreads = self._moments
        neurons, total = len(x), float(x.sum())
        spread = max(float(x @ x) - total**2 / neurons, 0.0)
        # Σ (θ − x)² without its means is what is left of d² when their difference is taken out.
        apart = patterns.squared_distances(x) - (sums - total) ** 2 / neurons
        lengths = np.sqrt(spreads * spread)
        alike = (spreads + spread - apart) / 2
        return np.divide(alike, lengths, out=np.zeros_like(alike), where=lengths > 1e-9)

    def distances(self, state: NDArray[Any]) -> NDArray[np.float64]:
        """Squared distances of a state to the labelled patterns, as `hop classify` measures them.

        Those over the known neurons stand for all; ±1 in a binary memory.
        """
        neurons = self.memory.neurons
        if self.is_binary:
            known = np.count_nonzero(state)
            found = 2.0 * (known - self.overlaps(state[None])[0, self.labelled])
        else:
            known = np.count_nonzero(~np.isnan(state))
            found = self.patterns().squared_distances(state)[self.labelled]
        return found * neurons / max(known, 1)

    @property
    def clamps(self) -> bool:
        """Whether a label, or the picture, can be clamped."""
        levels = 0 if not self.is_binary else len(self.memory) * self.memory.neurons
        return len(self.labelled) > 0 and levels <= LEVELS_AT_MOST

    def beta(self, clamp: str) -> float:
        """β auto where this is clamped: nothing, label or picture.

        Raises:
            HopError: it cannot be.
        """
        if clamp == "nothing":
            return 1.0 if self.is_binary else self._telling
        if not self.clamps:
            why = "has no labels" if not len(self.labelled) else "is too large for that"
            raise HopError(f"the {clamp} was to be clamped, but this memory {why}; clamp nothing")
        return self._telling if clamp == "label" else self._classifying

    @property
    def betas(self) -> dict[str, float | None]:
        """What β auto is for each of the settings of clamp, None where that cannot be clamped."""
        clamps = ("label", "picture")
        return {"recall": self.beta("nothing")} | {
            clamp: self.beta(clamp) if self.clamps else None for clamp in clamps
        }

    @cached_property
    def _telling(self) -> float:
        """The β that tells each pattern from all others."""
        return sharpness.auto(self.patterns(), similarities.get("l2"))

    @cached_property
    def _classifying(self) -> float:
        """The β by which patterns classify each other best."""
        rows = classification.sample(len(self.labelled))
        states = self.memory.states(self.labelled[rows])
        among = np.array([self.distances(state) for state in states])
        return classification.auto_beta(among, rows, self.labels[self.labelled])

    def check_energy(self, energy: str) -> None:
        """See that an energy is one of this memory's mode.

        Raises:
            HopError: it is not.
        """
        energies = ENERGIES[self.memory.mode]
        if energy not in energies:
            raise HopError(
                f"energy {energy} was given, but this memory is {self.memory.mode}; choose "
                f"{' or '.join(energies)}"
            )

    def check_label(self, label: int) -> int:
        """The label, if any pattern bears it.

        Raises:
            HopError: none does.
        """
        if not (self.labels == label).any():
            raise HopError(
                f"label {label} was to be clamped, but no pattern bears it; choose another"
            )
        return label


def nearest(likeness: NDArray[Any]) -> NDArray[np.intp]:
    """Indices of the few largest, the largest first, of equal ones the first."""
    # Copies may differ in their last digits.
    likeness = np.round(likeness, 9)
    few = min(NEAREST, len(likeness))
    least = np.partition(likeness, -few)[-few]
    candidates = np.flatnonzero(likeness >= least)
    return candidates[np.argsort(-likeness[candidates], kind="stable")][:few]
