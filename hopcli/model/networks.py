"""The network that recalls from a memory, ready to run: its code is loaded when it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError, ParameterError
from hopcli.model import options
from hopcli.model.partition import levels_of, partition
from hopcli.results import Recall as Run

if TYPE_CHECKING:
    from hopcli.binary.networks import AbstractBinaryNetwork
    from hopcli.model.progress import Progress
    from hopcli.model.recall import Recalling
    from hopcli.storage.learned.weights import Weights

    # From states, shape (cues, N), to the end of each.
    Runner = Callable[[NDArray[Any], Progress], list[Run]]

# States along the way of an asynchronous sweep, and of all sweeps at a temperature.
FRAMES, FRAMES_HEATED = 12, 120


@dataclass(frozen=True)
class Network:
    """A network whose code is loaded.

    Attributes:
        run: from states, shape (cues, N), to the end of each.
        advice: says why a run ended in no stored pattern, and what to try.
        rule: by which the weights of a classical network were learned; None elsewhere.
        notes: what a user should know beforehand.
    """

    run: "Runner"
    advice: Callable[[Run], str]
    rule: str | None = None
    notes: tuple[str, ...] = ()


def prepare(recalling: "Recalling") -> Network:
    """Make the network of a recall, and load the code that suits its number of cues.

    Raises:
        HopError: nothing was learned that the energy needs, or the network cannot be distributed.
    """
    chosen = recalling.chosen
    if chosen.energy == options.PICTURES:
        return _of_pictures(recalling)
    network, rule = _binary(recalling)
    cues, cooling = len(recalling.cues), chosen.cooling
    build = network.builder(cues, sweeps=None if cooling is None else cooling.sweeps)
    runner = _runner if cooling is None else _heated_runner
    return Network(runner(build, recalling), network.advice, rule)


def _binary(recalling: "Recalling") -> "tuple[AbstractBinaryNetwork, str | None]":
    """Return the network of a binary memory, and the rule of its weights."""
    memory, chosen = recalling.memory, recalling.chosen
    if chosen.energy == options.MACHINE:
        from hopcli.model.interpret import machine_of

        _refuse(recalling, "a Boltzmann machine recalls by its weights; leave `cluster` out")
        return machine_of(memory), None
    weights = _weights(recalling)
    if weights is not None:
        why = "this memory recalls by learned weights; give `rule=hebbian`, or leave `cluster` out"
        _refuse(recalling, why)
        return weights.network(memory.stored.whole().patterns), weights.title
    member = options.interactions()[chosen.energy]
    interaction = member(**{p.name: chosen.values[p.name] for p in member.parameters})
    rule = "hebbian" if interaction.linear else None
    divided = None
    if chosen.cooling is None:
        divided = partition(memory, recalling.executor)
    else:
        why = (
            f"at a temperature many neurons flip, each of which takes another pass over the "
            f"patterns; leave out `cluster` or {chosen.heating}"
        )
        _refuse(recalling, why)
    if divided is not None:
        from hopcli.binary.sharded import ShardedNetwork

        parts, executor = divided.parts, divided.executor
        return ShardedNetwork(parts, memory.neurons, interaction, executor), rule
    from hopcli.binary.networks import BinaryNetwork

    return BinaryNetwork(memory.stored.whole().patterns, memory.neurons, interaction), rule


def _refuse(recalling: "Recalling", why: str) -> None:
    """See that no cluster was given."""
    if recalling.executor is not None:
        raise HopError(f"`cluster` was given, whose workers read patterns, but {why}")


def _weights(recalling: "Recalling") -> "Weights | None":
    """Return the learned weights that recall; None where the patterns do.

    Raises:
        ParameterError: a rule was asked for by which nothing was learned.
    """
    if "rule" not in recalling.chosen.values:
        return None
    from hopcli import members
    from hopcli.storage.learned.weights import Weights

    weights, rule = recalling.memory.stored.found(Weights), recalling.chosen.values["rule"]
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


def _runner(build: Callable[[], Any], recalling: "Recalling") -> "Runner":
    """Return what runs a binary network at temperature 0."""
    from hopcli.binary import schedules
    from hopcli.binary.recall import recall

    values, film = recalling.chosen.values, recalling.film
    machine = recalling.chosen.energy == options.MACHINE
    # A machine's layers are updated at once; the neurons of one do not act on each other.
    together = machine or values["update"] == "sync"
    schedule = schedules.Synchronous() if together else _order(recalling)
    frames = (1 if machine else FRAMES) if film else 0

    def run(states: NDArray[Any], progress: "Progress") -> list[Run]:
        return recall(
            build(), states, schedule=schedule, rng=_rng(recalling), frames=frames,
            clamped=states != 0 if values["clamp"] else None, max_sweeps=values["max_sweeps"],
        )  # fmt: skip

    return run


def _heated_runner(build: Callable[[], Any], recalling: "Recalling") -> "Runner":
    """Return what runs a binary network at temperatures above 0."""
    from itertools import count

    from hopcli.binary.glauber import Heat, anneal, sample

    chosen, heated = recalling.chosen, recalling.chosen.cooling
    assert heated is not None
    frames = min(heated.sweeps, FRAMES_HEATED) if recalling.film else 0
    heat = Heat(_order(recalling), heated.first, heated.last, heated.sweeps, frames)

    def run(states: NDArray[Any], progress: "Progress") -> list[Run]:
        dynamics, rng = build(), _rng(recalling)
        clamped = states != 0 if chosen.values["clamp"] else None
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


def _order(recalling: "Recalling") -> Any:
    """Return in what order neurons are updated one at a time."""
    from hopcli.binary import schedules

    sequential = recalling.chosen.values.get("order") == "sequential"
    return schedules.Sequential() if sequential else schedules.Random()


def _rng(recalling: "Recalling") -> np.random.Generator:
    return np.random.default_rng([recalling.seed, 1])


def _of_pictures(recalling: "Recalling") -> Network:
    """Make the network of grey or colour pictures."""
    from hopcli.continuous import similarities
    from hopcli.continuous.recall import PictureMemory, recall

    memory, values = recalling.memory, recalling.chosen.values
    similarity = similarities.get(values["similarity"])
    divided = partition(memory, recalling.executor)
    patterns = levels_of(memory, len(recalling.cues), divided)

    def run(states: NDArray[Any], progress: "Progress") -> list[Run]:
        pictures = PictureMemory.of(patterns, similarity.name, values["beta"])
        found = []
        for row, state in enumerate(states):
            found.append(
                recall(
                    pictures, state, clamp=values["clamp"], max_steps=values["max_sweeps"],
                    film=recalling.film,
                )
            )  # fmt: skip
            progress((row + 1) / len(states), "")
        return found

    return Network(run, lambda run: similarity.advice, notes=similarity.notes(patterns))
