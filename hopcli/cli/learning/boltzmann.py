"""A restricted Boltzmann machine, by contrastive divergence."""

import numpy as np

from hopcli.binary.boltzmann.learning import Teaching, learned
from hopcli.binary.boltzmann.network import fidelity
from hopcli.cli import options, report
from hopcli.cli.learning import Asked, Lesson
from hopcli.errors import HopError
from hopcli.storage.learned.boltzmann import Boltzmann
from hopcli.storage.memory_file import Memory
from hopcli.storage.rule import Rule

SUITED = ("hidden", "persistent", "sweeps", "rate", "momentum")
HIDDEN, SWEEPS, MOMENTUM = 100, 100, 0.9
RATE, PERSISTENT_RATE = 0.05, 0.005
# Bytes in memory at once, for each weight (measured: 32) and for each neuron of a pattern.
A_WEIGHT, A_NEURON = 36, 2


def learn(memory: Memory, asked: Asked) -> Lesson:
    """Learn a machine.

    Raises:
        HopError: the memory is not binary, an option is not one of the rule, or out of range; or
            the machine would take more memory than it may.
    """
    teaching = _teaching(asked)
    if memory.mode != "binary":
        raise HopError(
            f"{asked.path} is {memory.mode}, and a Boltzmann machine learns binary patterns; store "
            f"the pictures with --mode binary"
        )
    _require(memory, teaching, asked)
    with report.progress("learning", 1) as tell:
        rng = np.random.default_rng([asked.seed, 2])
        machine = learned(
            memory.states(slice(None)), teaching, rng, lambda share: tell(share, f"{share:.0%}")
        )
    parameters = {
        "persistent": float(teaching.persistent),
        "sweeps": float(teaching.sweeps),
        "rate": teaching.rate,
        "momentum": teaching.momentum,
    }
    taught = Boltzmann(machine, (Rule("boltzmann", parameters),))
    stable, same = fidelity(machine, memory.patterns)
    kept = len(memory)
    restored = same / (kept * memory.neurons)
    said = (
        f"Learned {teaching.hidden:,} × {memory.neurons:,} weights from {kept:,} patterns by "
        f"{taught.title}; {stable:,} of the patterns are fixed points, and {restored:.2%} of their "
        f"neurons come back from their interpretation."
    )
    answers = {
        "hidden": teaching.hidden,
        "persistent": teaching.persistent,
        "sweeps": teaching.sweeps,
        "rate": teaching.rate,
        "momentum": teaching.momentum,
        "restored": restored,
    }
    return Lesson(taught, stable / kept, said, answers)


def _teaching(asked: Asked) -> Teaching:
    """What was asked for, checked."""
    given = asked.given(*SUITED)
    for name in ("hidden", "sweeps"):
        if given.get(name, 1) < 1:
            raise HopError(
                f"--{name} {given[name]} was given, but it takes a number from 1 up; try --{name} "
                f"100"
            )
    persistent = "persistent" in given
    rate = PERSISTENT_RATE if persistent else RATE
    return Teaching(
        given.get("hidden", HIDDEN),
        given.get("sweeps", SWEEPS),
        options.positive("--rate", given["rate"]) if "rate" in given else rate,
        options.number("--momentum", given.get("momentum", f"{MOMENTUM}"), 0, 0.999),
        persistent,
    )


def _require(memory: Memory, teaching: Teaching, asked: Asked) -> None:
    """See that there is room for the weights."""
    weights = teaching.hidden * memory.neurons
    asked.limit.require(
        f"learning {teaching.hidden:,} × {memory.neurons:,} weights",
        A_WEIGHT * weights + A_NEURON * memory.neurons * len(memory),
        "fewer --hidden, or --max-memory {}",
    )
