"""The network that recalls from a memory, ready to run: its code is loaded when it is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError, ParameterError
from hopcli.model import options
from hopcli.model.options import Chosen
from hopcli.model.progress import Progress
from hopcli.results import Recall

if TYPE_CHECKING:
    from hopcli.binary.dynamics import AbstractDynamics
    from hopcli.binary.interactions import AbstractInteraction
    from hopcli.binary.schedules import Schedule
    from hopcli.continuous.patterns import AbstractPatterns
    from hopcli.executors import PartitionedExecutor
    from hopcli.model.memory import Memory
    from hopcli.parts import AbstractPart
    from hopcli.storage.learned.weights import Weights
    from hopcli.storage.memory_file import AbstractMemory

# States along the way of an asynchronous sweep, and of all sweeps at a temperature.
FRAMES, FRAMES_HEATED = 12, 120


@dataclass(frozen=True)
class Partition:
    """A memory's patterns in parts, and the executor that works on them."""

    parts: "Sequence[AbstractPart]"
    executor: "PartitionedExecutor"


@dataclass(frozen=True)
class Runs:
    """How a recall's cues are run.

    Attributes:
        cues: how many there are.
        seed: of random orders, and of what a temperature makes random.
        film: whether states along the way are kept.
    """

    cues: int
    seed: int
    film: bool


@dataclass(frozen=True)
class Network:
    """A network whose code is loaded.

    Attributes:
        run: from states, shape (cues, N), to the end of each.
        advice: says why a run ended in no stored pattern, and what to try.
        rule: by which the weights of classical were learned; None elsewhere.
        notes: what a user should know beforehand.
    """

    run: Callable[[NDArray[Any], Progress], list[Recall]]
    advice: Callable[[Recall], str]
    rule: str | None = None
    notes: tuple[str, ...] = ()


def prepare(
    memory: "Memory", chosen: Chosen, runs: Runs, executor: "PartitionedExecutor | None"
) -> Network:
    """Make the network of a memory, and load the code that suits so many cues.

    Args:
        memory: what is recalled.
        chosen: the energy and its parameters.
        runs: how many cues, and how they are run.
        executor: works on parts of the patterns; None for this process.

    Raises:
        HopError: nothing was learned that the energy needs, or the network cannot be distributed.
    """
    if chosen.energy == options.PICTURES:
        return _of_pictures(memory, chosen, runs, executor)
    if chosen.energy == options.MACHINE:
        return _machine(memory, chosen, runs, executor)
    weights = _weights(memory.stored, chosen)
    if weights is not None:
        return _of_weights(memory, chosen, runs, executor, weights)
    return _of_patterns(memory, chosen, runs, executor)


def partition(memory: "Memory", executor: "PartitionedExecutor | None") -> Partition | None:
    """Divide a memory's patterns for an executor; None for a memory that is looked at as a whole.

    Raises:
        HopError: an executor was given for a memory that is in no file.
    """
    from hopcli.storage.memory_file import Memory as WholeMemory

    if executor is None and isinstance(memory.stored, WholeMemory):
        return None
    from hopcli.executors import SERIAL
    from hopcli.storage import patterns

    if executor is None:
        return Partition(patterns.parts_of(_path(memory), 1, memory.limit), SERIAL)
    # Workers may stand in another folder.
    parts = patterns.parts_of(_path(memory).resolve(), executor.partitions, memory.limit)
    executor.map(patterns.held_open, parts)
    return Partition(parts, executor)


def _path(memory: "Memory") -> Path:
    if memory.path is None:
        raise HopError("workers open the memory's file, and this memory has none; save it first")
    return memory.path


def _refuse(executor: "PartitionedExecutor | None", why: str) -> None:
    """See that no cluster was given."""
    if executor is not None:
        raise HopError(f"`cluster` was given, whose workers look at patterns, but {why}")


def _interaction(chosen: Chosen) -> "AbstractInteraction":
    """Make the interaction that was chosen."""
    member = options.interactions()[chosen.energy]
    return member(**{p.name: chosen.values[p.name] for p in member.parameters})


def _of_patterns(
    memory: "Memory", chosen: Chosen, runs: Runs, executor: "PartitionedExecutor | None"
) -> Network:
    """Make a binary network of the stored patterns."""
    from hopcli.binary.networks import BinaryNetwork

    interaction, heated = _interaction(chosen), chosen.cooling
    if heated is not None:
        why = (
            "at a temperature many neurons flip, each of which takes another pass over the "
            f"patterns; leave out `cluster` or {chosen.heating}"
        )
        _refuse(executor, why)
        whole = memory.stored.whole()
        network = BinaryNetwork(whole.patterns, memory.neurons, interaction)
        build: Any = network.builder(runs.cues, sweeps=heated.sweeps)
    elif (divided := partition(memory, executor)) is not None:
        from hopcli.binary.sharded_network import ShardedNetwork

        network = ShardedNetwork(divided.parts, memory.neurons, interaction, divided.executor)
        build = network.builder(runs.cues)
    else:
        network = BinaryNetwork(memory.stored.whole().patterns, memory.neurons, interaction)
        build = network.builder(runs.cues)
    rule = "hebbian" if interaction.linear else None
    return Network(_runner(build, chosen, runs), network.advice, rule)


def _weights(memory: "AbstractMemory", chosen: Chosen) -> "Weights | None":
    """Return the learned weights that recall; None where the patterns do.

    Raises:
        ParameterError: a rule was asked for by which nothing was learned.
    """
    if "rule" not in chosen.values:
        return None
    from hopcli import members
    from hopcli.storage.learned.weights import Weights

    weights, rule = memory.found(Weights), chosen.values["rule"]
    learned = weights.rule if weights else "hebbian"
    if rule is None or rule == learned != "hebbian":
        return weights
    if rule == "hebbian":
        # Hebb's weights are the patterns themselves.
        return None
    members.choose("rule", rule, members.names("hopcli.binary.rules"))
    has = f"weights learned by {learned}" if weights else "no learned weights"
    how = "`dream()`" if rule == "dream" else f"`learn(rule={rule})`"
    raise ParameterError("rule", rule, f"this memory has {has}", f"make them with {how}")


def _of_weights(
    memory: "Memory",
    chosen: Chosen,
    runs: Runs,
    executor: "PartitionedExecutor | None",
    weights: "Weights",
) -> Network:
    """Make a binary network of learned weights."""
    _refuse(
        executor,
        "this memory recalls by weights that were learned; give `rule=hebbian`, or leave `cluster` "
        "out",
    )
    network = weights.network(memory.stored.whole().patterns)
    sweeps = chosen.cooling.sweeps if chosen.cooling else None
    build = network.builder(runs.cues, sweeps=sweeps)
    return Network(_runner(build, chosen, runs), network.advice, weights.title)


def _machine(
    memory: "Memory", chosen: Chosen, runs: Runs, executor: "PartitionedExecutor | None"
) -> Network:
    """Make the network of a learned Boltzmann machine."""
    network = machine_of(memory)
    _refuse(executor, "a Boltzmann machine recalls by its weights; leave `cluster` out")
    return Network(_runner(network.builder(runs.cues), chosen, runs), network.advice)


def machine_of(memory: "Memory") -> Any:
    """Return the Boltzmann machine of a memory with its patterns.

    Raises:
        HopError: it has none.
    """
    from hopcli.binary.boltzmann.network import MachineNetwork
    from hopcli.storage.learned.boltzmann import Boltzmann

    learned = memory.stored.found(Boltzmann)
    if learned is None:
        first = "" if memory.mode == "binary" else " after storing the pictures with `mode=binary`"
        raise HopError(
            f"this memory has no Boltzmann machine; learn one with `learn(rule=boltzmann)`{first}"
        )
    return MachineNetwork(learned.machine, memory.stored.whole().patterns, learned.title)


def _runner(
    build: "Callable[[], AbstractDynamics]", chosen: Chosen, runs: Runs
) -> Callable[[NDArray[Any], Progress], list[Recall]]:
    """Return what runs a binary network from states."""
    if chosen.cooling is not None:
        return _heated_runner(build, chosen, runs)
    from hopcli.binary.recall import recall

    schedule = _schedule(chosen)

    def run(states: NDArray[Any], progress: Progress) -> list[Recall]:
        clamped = states != 0 if chosen.values["clamp"] else None
        rng = np.random.default_rng([runs.seed, 1])
        per_sweep = 1 if chosen.energy == options.MACHINE else FRAMES
        return recall(
            build(), states, schedule=schedule, rng=rng, clamped=clamped,
            max_sweeps=chosen.values["max_sweeps"], frames=per_sweep if runs.film else 0,
        )  # fmt: skip

    return run


def _heated_runner(
    build: Callable[[], Any], chosen: Chosen, runs: Runs
) -> Callable[[NDArray[Any], Progress], list[Recall]]:
    """Return what runs a binary network at temperatures above 0."""
    from itertools import count

    from hopcli.binary.glauber import Heat, anneal, sample
    from hopcli.binary.schedules import Random, Sequential

    heated = chosen.cooling
    assert heated is not None
    schedule = Sequential() if chosen.values.get("order") == "sequential" else Random()
    frames = min(heated.sweeps, FRAMES_HEATED) if runs.film else 0
    heat = Heat(schedule, heated.first, heated.last, heated.sweeps, frames)

    def run(states: NDArray[Any], progress: Progress) -> list[Recall]:
        dynamics = build()
        clamped = states != 0 if chosen.values["clamp"] else None
        rng = np.random.default_rng([runs.seed, 1])
        done, total = count(1), heated.sweeps * -(-len(states) // dynamics.at_once)

        def swept() -> None:
            progress(next(done) / total, "")

        if not chosen.anneals:
            return sample(dynamics, states, heat, rng=rng, clamped=clamped, swept=swept)
        return anneal(
            dynamics, states, heat, rng=rng, clamped=clamped, swept=swept,
            max_sweeps=chosen.values["max_sweeps"],
        )  # fmt: skip

    return run


def _schedule(chosen: Chosen) -> "Schedule":
    """Return in what order neurons are updated at temperature 0."""
    from hopcli.binary import schedules

    # A machine's layers are updated at once; the neurons of one do not act on each other.
    if chosen.energy == options.MACHINE or chosen.values["update"] == "sync":
        return schedules.Synchronous()
    sequential = chosen.values["order"] == "sequential"
    return schedules.Sequential() if sequential else schedules.Random()


def levels_of(memory: "Memory", states: int, divided: Partition | None) -> "AbstractPatterns":
    """Return the patterns as levels, with the code loaded that suits so many states.

    Those of a binary memory are black and white.
    """
    if divided is None:
        from hopcli.continuous.byte_patterns import BytePatterns

        return BytePatterns.suited(memory.stored.whole().in_levels().patterns, states)
    from hopcli.continuous.sharded_patterns import ShardedPatterns
    from hopcli.storage import patterns

    parts = divided.parts
    if memory.mode == "binary":
        parts = patterns.in_levels(parts, memory.neurons)
    return ShardedPatterns(parts, memory.neurons, divided.executor)


def _of_pictures(
    memory: "Memory", chosen: Chosen, runs: Runs, executor: "PartitionedExecutor | None"
) -> Network:
    """Make the network of grey or colour pictures."""
    from hopcli.continuous import similarities
    from hopcli.continuous.recall import PictureMemory, recall

    similarity = similarities.get(chosen.values["similarity"])
    patterns = levels_of(memory, runs.cues, partition(memory, executor))

    def run(states: NDArray[Any], progress: Progress) -> list[Recall]:
        pictures = PictureMemory.of(patterns, similarity.name, chosen.values["beta"])
        found = []
        for row, state in enumerate(states):
            found.append(
                recall(
                    pictures, state, clamp=chosen.values["clamp"],
                    max_steps=chosen.values["max_sweeps"], film=runs.film,
                )
            )  # fmt: skip
            progress((row + 1) / len(states), "")
        return found

    return Network(run, lambda recall: similarity.advice, notes=similarity.notes(patterns))
