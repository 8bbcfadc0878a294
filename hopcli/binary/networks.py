"""Binary networks as data; each chooses the form of arithmetic that suits its work."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.arrays import Words
from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.stored import PLAIN_ELEMENTS
from hopcli.errors import HopError
from hopcli.results import Recall

# Loading compiled kernels costs a process 0.6 s, so work that NumPy does sooner is left to NumPy.
# benchmarks/plain_or_compiled.py measures what NumPy needs, on two cores: about 60 µs a flip, and
# 25 ns for each pattern and neuron. A recall flips about a quarter of its neurons.
SECONDS_TO_LOAD = 0.6
SECONDS_A_FLIP = 60e-6
SECONDS_AN_ELEMENT = 25e-9

# NumPy's seconds of a neuron's visit at a temperature, and more for each pattern.
SECONDS_A_THERMAL_VISIT = 20e-6
SECONDS_A_TERM = 50e-9

# Patterns times neurons up to which a network with linear differences is recalled in NumPy, in
# 0.05 s. The kernels for it take a hundredth of NumPy's time, so beyond they are loaded although
# one recall would be done sooner without.
PLAIN_LINEAR_ELEMENTS = 2**20


class AbstractBinaryNetwork(ABC):
    """A network of neurons of ±1, and the patterns that it stores.

    Attributes:
        neurons: N.
    """

    neurons: int

    @property
    @abstractmethod
    def patterns(self) -> int:
        """K."""

    @abstractmethod
    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], AbstractDynamics]:
        """Choose the form that recalls so many cues soonest, and load the code that it needs.

        All forms give the same states. The function that is returned lays out the patterns or
        weights, and makes the dynamics.

        Args:
            cues: how many states there will be.
            sweeps: how many sweeps at a temperature there will be; None: there is no temperature.
        """

    def dynamics(self, cues: int, *, sweeps: int | None = None) -> AbstractDynamics:
        """Return dynamics in the form that recalls so many cues soonest; see `builder`."""
        return self.builder(cues, sweeps=sweeps)()

    @abstractmethod
    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""


@dataclass(frozen=True)
class BinaryNetwork(AbstractBinaryNetwork):
    """Stored patterns and the interaction by which they act on a state.

    Attributes:
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        neurons: N.
        interaction: F.
    """

    words: Words
    neurons: int
    interaction: AbstractInteraction

    def __post_init__(self) -> None:
        packing.check(self.words, self.neurons)

    @classmethod
    def of_patterns(cls, patterns: NDArray[np.number], interaction: AbstractInteraction) -> Self:
        """Make a network of patterns of ±1, shape (K, N).

        Raises:
            HopError: the array has another number of dimensions or other values.
        """
        if patterns.ndim != 2 or not np.isin(patterns, (-1, 1)).all():
            raise HopError(
                f"patterns of {patterns.dtype} and shape {patterns.shape} were given, but binary "
                f"patterns are ±1 of shape (K, N); threshold them first"
            )
        return cls(packing.pack(patterns), patterns.shape[1], interaction)

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def advice(self, recall: Recall) -> str:
        """Return the interaction's advice."""
        return self.interaction.advice(recall, patterns=self.patterns, neurons=self.neurons)

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], AbstractDynamics]:
        """Choose between NumPy, kernels that read all patterns, and a search for the nearest."""
        form = self._cold_form(cues) if sweeps is None else self._thermal_form(cues * sweeps)
        return lambda: form(self.words, self.neurons)

    def _cold_form(self, cues: int) -> Callable[[Words, int], AbstractDynamics]:
        elements = self.patterns * self.neurons
        limit = PLAIN_LINEAR_ELEMENTS if self.interaction.linear else PLAIN_ELEMENTS
        expected = plain_seconds(self.patterns, self.neurons, cues)
        if elements <= limit and expected < SECONDS_TO_LOAD:
            return partial(PlainDynamics.of, self.interaction)
        # Imported here, since loading the kernels is what small work does without.
        from hopcli.binary import compiled
        from hopcli.kernels import threads

        threads.launch()
        if pruning_pays(self.interaction, self.neurons):
            from hopcli.binary import pruned

            pruned.load_code(self.interaction, min(cues, pruned.AT_ONCE))
            return partial(pruned.of_words, self.interaction)
        return compiled.full(self.interaction)

    def _thermal_form(self, sweeps: int) -> Callable[[Words, int], AbstractDynamics]:
        """Choose a form for a temperature, where many neurons flip and all patterns count."""
        visit = SECONDS_A_THERMAL_VISIT + self.patterns * SECONDS_A_TERM
        small = self.patterns * self.neurons <= PLAIN_ELEMENTS
        if small and sweeps * self.neurons * visit < SECONDS_TO_LOAD:
            return partial(PlainDynamics.of, self.interaction)
        from hopcli.binary import compiled
        from hopcli.kernels import threads

        threads.launch()
        return compiled.full(self.interaction)


def plain_seconds(patterns: int, neurons: int, cues: int) -> float:
    """Return roughly how long recalling so many cues takes in NumPy."""
    return cues * neurons * (SECONDS_A_FLIP / 4 + patterns * SECONDS_AN_ELEMENT)


def pruning_pays(interaction: AbstractInteraction, neurons: int) -> bool:
    """Return whether there may be few patterns within the interaction's reach of a state.

    Whether there are is known only after one pass over all patterns. Half of all random patterns
    have an overlap above 0, so with a reach above N nearly all are within it.
    """
    return interaction.reach is not None and interaction.reach <= neurons < 2**16
