"""Which network recalls from a memory, with the code that it needs loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.cli import options
from hopcli.cli.temperatures import Cooling
from hopcli.errors import HopError
from hopcli.results import Recall
from hopcli.storage.memory_file import AbstractMemory, Memory

if TYPE_CHECKING:
    from hopcli.binary.boltzmann.network import MachineNetwork
    from hopcli.binary.dynamics import AbstractDynamics
    from hopcli.binary.interactions import AbstractInteraction
    from hopcli.binary.networks import BinaryNetwork
    from hopcli.binary.schedules import Schedule
    from hopcli.binary.sharded_network import ShardedNetwork
    from hopcli.binary.weighted_network import WeightedNetwork
    from hopcli.cli.spreading import Spread
    from hopcli.continuous.patterns import AbstractPatterns
    from hopcli.storage.learned.weights import Weights

    AnyBinaryNetwork = BinaryNetwork | ShardedNetwork | WeightedNetwork | MachineNetwork

# States of each asynchronous sweep that go into a film.
FRAMES = 12


@dataclass(frozen=True)
class Settings:
    """The options of a recall, as they were given.

    Attributes:
        energy: classical, poly, exp, lse or boltzmann; None for the memory's default.
        rule: of classical, hebbian to recall by the patterns whatever was learned; None otherwise.
        degree: of poly.
        beta: None for auto.
        similarity: of lse.
        update: async or sync.
        order: random or sequential.
        max_sweeps: at least 1.
        temperature: of all sweeps; 0 for none.
        cooling: the temperatures of an annealing, or None.
        clamp: whether known neurons are held still.
        film: whether states along the way are kept.
        seed: of the random order, and of what happens at a temperature.
    """

    energy: str | None
    rule: str | None
    degree: int
    beta: float | None
    similarity: str
    update: str
    order: str
    max_sweeps: int
    temperature: float
    cooling: Cooling | None
    clamp: bool
    film: bool
    seed: int

    @property
    def heating(self) -> str | None:
        """The option that gives a temperature above 0, if one does."""
        if self.cooling is not None:
            return "--anneal"
        return "--temperature" if self.temperature else None


@dataclass(frozen=True)
class Settling:
    """A network ready to recall.

    Attributes:
        energy: the name of its energy.
        run: from states, shape (cues, N), to what became of each.
        binary: the network of a binary memory, else None.
        notes: what a person should be told beforehand.
        rule: by which the weights of classical were learned, in words; None elsewhere.
    """

    energy: str
    run: Callable[[NDArray[Any]], list[Recall]]
    binary: "AnyBinaryNetwork | None"
    notes: tuple[str, ...] = ()
    rule: str | None = None


def prepare(
    memory: AbstractMemory, settings: Settings, cues: int, spread: "Spread | None"
) -> Settling:
    """Choose the network, and load the code that recalling so many cues is done by.

    Args:
        memory: what is recalled.
        settings: how.
        cues: how many there are.
        spread: where the patterns are looked at (cli/spreading.py).

    Raises:
        HopError: the energy is not one of this memory's mode, or an option is out of range.
    """
    if settings.rule is not None and settings.energy != "classical":
        raise HopError(
            f"--rule {settings.rule} was given, but rules are of --energy classical; give that "
            f"too, or leave --rule out"
        )
    if settings.heating:
        from hopcli.cli import heating

        return heating.prepare(memory, settings, cues, spread)
    if memory.mode == "binary" and settings.energy == "boltzmann":
        from hopcli.cli import machines

        return machines.prepare(memory, settings, cues)
    if memory.mode == "binary":
        return _binary(memory, settings, cues, spread)
    return _continuous(memory, settings, cues, spread)


def _binary(
    memory: AbstractMemory, settings: Settings, cues: int, spread: "Spread | None"
) -> Settling:
    energy, interaction = interaction_of(settings)
    schedule = schedule_of(settings)
    weights = weights_of(memory, settings)
    if weights is None:
        network, build = _network(memory, interaction, cues, spread)
    elif spread is not None:
        raise HopError(
            "--cluster was given, whose workers look at patterns, but this memory recalls by "
            "weights that were learned; give --rule hebbian, or leave --cluster out"
        )
    else:
        assert isinstance(memory, Memory)
        network = weights.network(memory.patterns)
        build = network.builder(cues)

    run = runner(build, settings, schedule, FRAMES)
    return Settling(energy, run, network, rule=rule_of(energy, weights))


def runner(
    build: "Callable[[], AbstractDynamics]", settings: Settings, schedule: "Schedule", frames: int
) -> Callable[[NDArray[Any]], list[Recall]]:
    """What recalls states of a binary network at T = 0; a film has so many frames of a sweep."""
    from hopcli.binary.recall import recall

    def run(states: NDArray[Any]) -> list[Recall]:
        return recall(
            build(),
            states,
            schedule=schedule,
            rng=np.random.default_rng([settings.seed, 1]),
            max_sweeps=settings.max_sweeps,
            clamped=states != 0 if settings.clamp else None,
            frames=frames if settings.film else 0,
        )

    return run


def rule_of(energy: str, weights: "Weights | None") -> str | None:
    """By which rule the weights of an energy were learned; None if it has none."""
    if energy != "classical":
        return None
    return weights.title if weights else "hebbian"


def weights_of(memory: AbstractMemory, settings: Settings) -> "Weights | None":
    """The weights that are recalled by; None to recall by the patterns."""
    if settings.energy != "classical":
        return None
    from hopcli.storage.learned.weights import Weights

    weights = memory.found(Weights)
    learned = weights.rule if weights else "hebbian"
    rule = settings.rule or learned
    if rule not in (learned, "hebbian"):
        command = "dream"
        if rule != "dream":
            command = f"learn --rule {options.choice('--rule', rule, options.WEIGHT_RULES)}"
        raise HopError(
            f"--rule {rule} was given, but this memory has "
            f"{'weights learned by ' + learned if weights else 'no weights'}; make them with "
            f"'hop {command}'"
        )
    # Without --rule, or with its own name, what was learned; hebbian are the patterns themselves.
    return weights if settings.rule is None or rule != "hebbian" else None


def interaction_of(settings: Settings) -> "tuple[str, AbstractInteraction]":
    """The energy of a binary memory, and the interaction that it is of."""
    energy = settings.energy or "exp"
    if energy == "lse":
        raise HopError(
            "--energy lse was given, but it is for grey and coloured memories, and this one is "
            "binary; give --energy exp"
        )
    return energy, options.interaction(energy, settings.degree, settings.beta or 1.0)


def _network(
    memory: AbstractMemory, interaction: "AbstractInteraction", cues: int, spread: "Spread | None"
) -> "tuple[BinaryNetwork | ShardedNetwork, Callable[[], AbstractDynamics]]":
    """The network, and what makes the form of arithmetic that suits it."""
    if spread is not None:
        from hopcli.binary.sharded_network import ShardedNetwork

        sharded = ShardedNetwork(spread.parts, memory.neurons, interaction, spread.executor)
        return sharded, sharded.dynamics
    from hopcli.binary.networks import BinaryNetwork, dynamics_builder

    assert isinstance(memory, Memory)
    network = BinaryNetwork(memory.patterns, memory.neurons, interaction)
    return network, dynamics_builder(network, cues)


def schedule_of(settings: Settings) -> "Schedule":
    """How neurons are updated."""
    from hopcli.binary import schedules

    order = options.choice("--order", settings.order, ("random", "sequential"))
    if options.choice("--update", settings.update, ("async", "sync")) == "sync":
        return schedules.Synchronous()
    return schedules.Random() if order == "random" else schedules.Sequential()


def levels_of(memory: AbstractMemory, states: int, spread: "Spread | None") -> "AbstractPatterns":
    """The patterns of a memory as levels, with the code loaded that so many states are worth.

    Those of a binary memory are black and white.
    """
    if spread is None:
        from hopcli.continuous.byte_patterns import BytePatterns

        assert isinstance(memory, Memory)
        return BytePatterns.suited(memory.in_levels().patterns, states)
    from hopcli.continuous.sharded_patterns import ShardedPatterns
    from hopcli.storage import patterns

    parts = spread.parts
    if memory.mode == "binary":
        parts = patterns.in_levels(parts, memory.neurons)
    return ShardedPatterns(parts, memory.neurons, spread.executor)


def _continuous(
    memory: AbstractMemory, settings: Settings, cues: int, spread: "Spread | None"
) -> Settling:
    from hopcli.continuous import similarities
    from hopcli.continuous.recall import PictureMemory, recall
    from hopcli.errors import on_command_line

    energy = options.choice("--energy", settings.energy or "lse", options.ENERGIES)
    if energy != "lse":
        raise HopError(
            f"--energy {energy} was given, but it is for binary memories, and this one is "
            f"{memory.mode}; give --energy lse, or store the pictures with --mode binary"
        )
    score = similarities.get(settings.similarity)
    patterns = levels_of(memory, cues, spread)
    notes = [on_command_line(note) for note in score.notes(patterns)]

    def run(states: NDArray[Any]) -> list[Recall]:
        whole = PictureMemory.of(patterns, score.name, settings.beta)
        return [
            recall(
                whole, state, clamp=settings.clamp, max_steps=settings.max_sweeps,
                film=settings.film,
            )
            for state in states
        ]  # fmt: skip

    return Settling(energy, run, None, tuple(notes))
