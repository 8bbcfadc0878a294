"""`hop dream`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.signatures import Option
from hopcli.errors import HopError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.binary.condition import Condition
    from hopcli.binary.dreaming import Dreamt
    from hopcli.binary.sleeper import Sleeper
    from hopcli.storage.learned.weights import Weights
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit

# A dream takes so much of what a pattern has at least; less would never end.
LEAST_RATE = 1e-6
# Matrices of N × N that are in memory at once.
SQUARES = 5


def dream(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    steps: Annotated[
        int | None,
        Option(
            "--steps", metavar="S",
            help="Dreams at most; patterns / rate unless it is given, which is beyond the best.",
        ),
    ] = None,
    rate: Annotated[
        float,
        Option(
            "--rate", metavar="R", help="What a dream takes, as a share of what a pattern has."
        ),
    ] = 0.01,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Unlearn spurious minima: settle from random states and subtract where they end.

    Too many dreams take the patterns away as well, so the weights of the best moment are written
    into the memory, and hop recall --energy classical uses them. They are dreamt of those that
    were learned, or of Hebb's.

    Example: hop dream -m letters.npz --steps 400 --rate 0.01
    """
    from hopcli.storage import memories, memory_file
    from hopcli.storage.lock import locked

    clock = report.Clock()
    _check(steps, rate)
    limit = options.memory_limit(max_memory)
    with locked(memory):
        with clock.measure("load"):
            stored = _single(memory, memories.load(memory, limit))
        _require(memory, stored.neurons, limit)
        with report.compiling():
            # Before the clock starts.
            from hopcli.binary import sleeper as sleeper
        with clock.measure("work"):
            rule, before, after, night = _dream(stored, steps, rate, seed)
            if night.best:
                memory_file.save(stored.having(_weights(night, rule)), memory)
    answer: dict[str, Any] = {
        "memory": str(memory),
        "rule": rule,
        "steps": _most(steps, rate, stored),
        "rate": rate,
        "dreamt": night.dreams,
        "best": night.best,
        "before": asdict(before),
        "after": asdict(after),
        "seconds": clock.seconds(),
    }
    if json:
        report.write_json(answer)
    else:
        _show(answer)


def _check(steps: int | None, rate: float) -> None:
    """See that there is something to dream."""
    if steps is not None and steps < 1:
        raise HopError(f"--steps {steps} was given, but it takes 1 or more; give --steps 400 or so")
    if not LEAST_RATE <= rate <= 1:
        raise HopError(
            f"--rate {rate:g} was given, but a dream takes a share of what a pattern has, from "
            f"{LEAST_RATE:g} to 1; give --rate 0.01 or so"
        )


def _single(path: Path, memory: Any) -> "Memory":
    """A binary memory in one file, which alone has weights."""
    if memory.mode != "binary":
        raise HopError(
            f"{path} is {memory.mode}, and only binary patterns have weights to dream with; store "
            f"the pictures with --mode binary"
        )
    return options.one_file(memory, path, "weights are")


def _require(path: Path, neurons: int, limit: "MemoryLimit") -> None:
    """See that there is room for the weights."""
    limit.require(
        f"dreaming with the {neurons:,} × {neurons:,} weights of {path}",
        8 * SQUARES * (neurons + 1) ** 2,
        "--max-memory {}, or store the pictures smaller, with --size",
    )


def _most(steps: int | None, rate: float, memory: "Memory") -> int:
    """The most dreams that there may be: what was given, or enough to go beyond the best."""
    return max(1, round(len(memory) / rate)) if steps is None else steps


def _dream(
    memory: "Memory", steps: int | None, rate: float, seed: int
) -> "tuple[str, Condition, Condition, Dreamt]":
    """Dream; the rule of the weights, their condition before and after, and what was dreamt."""
    import numpy as np

    from hopcli.binary import dreaming
    from hopcli.binary.condition import Examination
    from hopcli.storage.learned.weights import Weights

    patterns = memory.states(slice(None))
    learned = memory.found(Weights)
    most = _most(steps, rate, memory)
    sleeper = _sleeper(patterns, learned, rate, most)
    dreams, examined = (np.random.default_rng([seed, part]) for part in (2, 3))
    examination = Examination.of(patterns, examined)
    with report.progress("dreaming", most) as tell:
        tell(0, "looking at what the network holds")
        before = examination.condition(sleeper)
        night = dreaming.dream(
            sleeper,
            patterns,
            steps=most,
            every=dreaming.dreams_between_looks(len(patterns), rate),
            rng=dreams,
            on_look=lambda done, stable: tell(done, f"{stable:.0%} stable"),
        )
        tell(night.dreams, "looking at what the network holds")
        after = examination.condition(night.sleeper) if night.best else before
    base = learned.rule if learned else "hebbian"
    rule = f"dream {night.best} times at {rate:g} of {base}" if night.best else base
    return rule, before, after, night


def _sleeper(
    patterns: "NDArray[np.int8]", learned: "Weights | None", rate: float, dreams: int
) -> "Sleeper":
    """The network of the weights that were learned, or of Hebb's."""
    import numpy as np

    from hopcli.binary.rules import hebbian
    from hopcli.binary.sleeper import Sleeper

    neurons = patterns.shape[1]
    if learned is None:
        matrix, denominator = hebbian.learned(patterns), float(neurons)
    else:
        matrix, denominator = learned.matrix(), learned.denominator
        np.fill_diagonal(matrix, 0)
    matrix *= denominator
    np.rint(matrix, out=matrix)
    return Sleeper.of(matrix, denominator, neurons=neurons, rate=rate, dreams=dreams)


def _weights(night: "Dreamt", rule: str) -> "Weights":
    """The weights as a memory keeps them."""
    from hopcli.storage.learned.weights import Weights

    sleeper = night.sleeper
    return Weights.of_matrix(
        sleeper.weights / sleeper.denominator,
        rule,
        biased=len(sleeper.weights) > sleeper.neurons,
        denominator=sleeper.denominator,
    )


def _show(answer: dict[str, Any]) -> None:
    """What changed, as a table and sentences."""
    from hopcli.render.text import printable

    dreams, memory = f"{answer['dreamt']:,}", printable(answer["memory"])
    times = "dream" if answer["dreamt"] == 1 else "dreams"
    ended = " and ended early, since it had clearly worsened"
    early = ended if answer["dreamt"] < answer["steps"] else ""
    report.say(f"Had {dreams} {times} at a rate of {answer['rate']:g}{early}.")
    if answer["best"]:
        report.say(
            f"It was best after {answer['best']:,}; {memory} recalls by these weights with "
            f"--energy classical, and with --rule hebbian without them."
        )
    else:
        report.say(f"None made it better, and {memory} is as it was.")
    said = {
        "stable": "of the patterns are fixed points",
        "basin": "of a pattern's bits flipped, nine of ten cues return",
        "spurious": "of random states lead to spurious minima",
    }
    report.say("          before   after")
    for key, what in said.items():
        before, after = (f"{answer[when][key]:.1%}" for when in ("before", "after"))
        report.say(f"{key:<8}{before:>8}{after:>8}  {what}")
