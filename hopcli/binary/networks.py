"""A binary network as data, and the form of arithmetic that suits its work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.binary.dynamics import AbstractDynamics, AbstractThermalDynamics
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.plain import PlainDynamics
from hopcli.results import Recall

# Loading compiled kernels costs a process 0.6 s, so work that NumPy does sooner is left to NumPy.
# benchmarks/plain_or_compiled.py measures what NumPy needs, on two cores: about 60 µs a flip, and
# 25 ns for each pattern and neuron. A recall flips about a quarter of its neurons.
SECONDS_TO_LOAD = 0.6
SECONDS_A_FLIP = 60e-6
SECONDS_AN_ELEMENT = 25e-9

# The same of a sweep at a temperature, each neuron of which NumPy visits by itself.
SECONDS_A_THERMAL_VISIT = 20e-6
SECONDS_A_PULL = 50e-9

# Patterns times neurons up to which they may be held as float64, eight bytes each.
PLAIN_ELEMENTS = 2**23

# The same for a classical network. Its kernels take a hundredth of NumPy's time, so from here on
# they are loaded although one recall would be done sooner without: 0.05 s and more in NumPy.
PLAIN_CLASSICAL_ELEMENTS = 2**20

# Products of patterns, neurons and states that a matrix product in float32 makes in about 0.1 s.
PLAIN_PRODUCTS = 2**32


@dataclass(frozen=True)
class BinaryNetwork:
    """Stored patterns and the interaction by which they act on a state.

    Attributes:
        words: the patterns, packed (binary/packing.py), uint64 of shape (K, ceil(N/64)).
        neurons: N.
        interaction: F.
    """

    words: NDArray[np.uint64]
    neurons: int
    interaction: AbstractInteraction

    @property
    def patterns(self) -> int:
        """K."""
        return len(self.words)

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        return self.interaction.advice(recall, patterns=self.patterns, neurons=self.neurons)


def plain_seconds(patterns: int, neurons: int, cues: int) -> float:
    """Roughly what recalling so many cues takes in NumPy."""
    return cues * neurons * (SECONDS_A_FLIP / 4 + patterns * SECONDS_AN_ELEMENT)


def pruning_pays(interaction: AbstractInteraction, neurons: int) -> bool:
    """Whether there may be few patterns near enough to a state to be seen from it.

    That there are is only known when they have been looked for, and costs that one look; but half
    of all random patterns have an overlap above 0, so with a reach of N and more they all are.
    """
    return interaction.reach is not None and interaction.reach <= neurons < 2**16


def dynamics_builder(network: BinaryNetwork, cues: int) -> Callable[[], AbstractDynamics]:
    """Choose the form in which so many cues are recalled soonest, and load the code that it needs.

    All forms give the same states. The function that is returned lays out the patterns for it.
    """
    of = _form(network, cues)
    return lambda: of(network.words, network.neurons)


def thermal_builder(
    network: BinaryNetwork, cues: int, sweeps: int
) -> Callable[[], AbstractThermalDynamics]:
    """Like `dynamics_builder`, for so many sweeps at a temperature.

    Many neurons flip there, whatever is near, so every form looks at all patterns.
    """
    visits = cues * sweeps * network.neurons
    small = network.patterns * network.neurons <= PLAIN_ELEMENTS
    expected = visits * (SECONDS_A_THERMAL_VISIT + network.patterns * SECONDS_A_PULL)
    if small and expected < SECONDS_TO_LOAD:
        of = partial(PlainDynamics.of, network.interaction)
        return lambda: of(network.words, network.neurons)
    from hopcli.binary import compiled
    from hopcli.kernels import threads

    threads.launch()
    of = compiled.full(network.interaction)
    return lambda: of(network.words, network.neurons)


def dynamics_of(network: BinaryNetwork, cues: int) -> AbstractDynamics:
    """The form in which so many cues are recalled soonest."""
    return dynamics_builder(network, cues)()


def overlaps_with(
    words: NDArray[np.uint64], neurons: int, states: int
) -> Callable[[NDArray[np.int8]], NDArray[np.int32]]:
    """A function from so many states, (states, N), to overlaps with the patterns, (states, K).

    Like `dynamics_builder`, it loads the code that suits the work.
    """
    elements = len(words) * neurons
    if elements <= PLAIN_ELEMENTS and elements * states <= PLAIN_PRODUCTS:
        patterns = packing.unpack(words, neurons).T.astype(np.float32)
        return lambda batch: (batch.astype(np.float32) @ patterns).astype(np.int32)
    from hopcli.binary import compiled

    return partial(compiled.packed_overlaps, words)


def _form(
    network: BinaryNetwork, cues: int
) -> Callable[[NDArray[np.uint64], int], AbstractDynamics]:
    classical = network.interaction.linear
    small = network.patterns * network.neurons <= (
        PLAIN_CLASSICAL_ELEMENTS if classical else PLAIN_ELEMENTS
    )
    expected = plain_seconds(network.patterns, network.neurons, cues)
    if small and expected < SECONDS_TO_LOAD:
        return partial(PlainDynamics.of, network.interaction)
    # Imported here, since loading the kernels is what small work does without.
    from hopcli.binary import compiled
    from hopcli.kernels import threads

    threads.launch()
    if pruning_pays(network.interaction, network.neurons):
        from hopcli.binary import pruned

        pruned.rehearse(network.interaction, min(cues, pruned.AT_ONCE))
        return partial(pruned.of_words, network.interaction)
    return compiled.full(network.interaction)
