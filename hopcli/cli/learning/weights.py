"""Explicit weights: hebbian, projection, storkey and perceptron."""

from typing import Any

from hopcli.binary.rules import hebbian, perceptron, projection, storkey, with_bias
from hopcli.binary.stability import stable
from hopcli.cli import options, report
from hopcli.cli.learning import Asked, Lesson
from hopcli.errors import HopError
from hopcli.interruption import stand_by
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_file import Memory
from hopcli.storage.rule import Rule

MARGIN = 1.0
SWEEPS = 1000
# Matrices of N × N that are in memory at once while weights are learned, and of K × N.
SQUARES = 3
ROWS = {"hebbian": 0, "projection": 3, "storkey": 0, "perceptron": 5}


def learn(memory: Memory, asked: Asked) -> Lesson:
    """Learn weights by one of the rules.

    Raises:
        HopError: the memory is not binary, an option is not one of the rule, or out of range; or
            the weights would take more memory than they may.
    """
    biased, margin, sweeps = _options(asked)
    if memory.mode != "binary":
        raise HopError(
            f"{asked.path} is {memory.mode}, and rules make weights for binary patterns; store the "
            f"pictures with --mode binary"
        )
    _require(memory, asked)
    stand_by()
    patterns = memory.states(slice(None))
    patterns = with_bias(patterns) if biased else patterns
    neurons, rule = patterns.shape[1], asked.rule
    answers: dict[str, Any] = {"bias": biased}
    parameters: dict[str, float] = {}
    notes, held, denominator = [], "", None
    if rule == "projection":
        matrix = projection.learned(patterns)
        answers["rank"] = rank = projection.rank(matrix)
        if rank < len(memory):
            notes.append(
                f"of {len(memory):,} patterns only {rank:,} are linearly independent; the "
                f"pseudo-inverse was used, which projects on what they span"
            )
    elif rule == "storkey":
        matrix = storkey.learned(patterns)
    elif rule == "hebbian":
        matrix, denominator = hebbian.learned(patterns), float(neurons)
    else:
        with report.progress("learning", sweeps) as tell:
            taught = perceptron.learned(
                patterns, margin, sweeps,
                lambda sweep, held: tell(sweep, f"{held:,} of {len(memory):,} held"),
            )  # fmt: skip
        matrix, denominator = taught.matrix, float(neurons)
        parameters = {"margin": margin, "sweeps": sweeps}
        answers |= {"margin": margin, "sweeps": taught.sweeps, "held": taught.held}
        held = (
            f" After {taught.sweeps:,} {'sweep' if taught.sweeps == 1 else 'sweeps'} "
            f"{taught.held:,} of {len(memory):,} patterns have the margin."
        )
        if taught.held < len(memory):
            notes.append(
                "the sweeps were spent before every pattern had the margin; try a smaller "
                "--margin, or more --sweeps"
            )
    learned = Weights.of_matrix(
        matrix, Rule(rule, parameters), biased=biased, denominator=denominator
    )
    fixed = stable(learned.network(memory.patterns))
    said = (
        f"Learned {memory.neurons:,} × {memory.neurons:,} weights from {len(memory):,} patterns by "
        f"{learned.title}; {fixed:,} of the patterns are fixed points.{held}"
    )
    return Lesson(learned, fixed / len(memory), said, answers, notes)


def _options(asked: Asked) -> tuple[bool, float, int]:
    """Whether there are biases, the margin, and how many sweeps there may be."""
    suited = ("bias", "margin", "sweeps") if asked.rule == "perceptron" else ("bias",)
    given = asked.given(*suited)
    margin = options.number("--margin", f"{given.get('margin', MARGIN):g}", 0, 1e6)
    return "bias" in given, margin, given.get("sweeps", SWEEPS)


def _require(memory: Memory, asked: Asked) -> None:
    """See that there is room for the weights."""
    neurons = memory.neurons + 1
    asked.limit.require(
        f"learning {memory.neurons:,} × {memory.neurons:,} weights",
        8 * (SQUARES * neurons**2 + ROWS[asked.rule] * neurons * len(memory)),
        "--max-memory {}, or recall with --energy classical alone, which needs no weights for "
        "Hebb's rule",
    )
