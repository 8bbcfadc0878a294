"""Explicit weights: hebbian, projection, storkey and perceptron."""

from hopcli.binary import rules
from hopcli.binary.rules import AbstractRule, with_bias
from hopcli.binary.stability import stable
from hopcli.cli import report
from hopcli.cli.learning import Asked, Lesson
from hopcli.errors import HopError, on_command_line
from hopcli.interruption import stand_by
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_file import Memory
from hopcli.storage.rule import Rule

# Matrices of N × N that are in memory at once while weights are learned.
SQUARES = 3


def learn(memory: Memory, asked: Asked) -> Lesson:
    """Learn weights by one of the rules.

    Raises:
        HopError: the memory is not binary, an option is not one of the rule, or out of range; or
            the weights would take more memory than they may.
    """
    biased, rule = _options(asked)
    if memory.mode != "binary":
        raise HopError(
            f"{asked.path} is {memory.mode}, and rules make weights for binary patterns; store the "
            f"pictures with --mode binary"
        )
    _require(memory, asked, rule.rows)
    stand_by()
    patterns = memory.states(slice(None))
    patterns = with_bias(patterns) if biased else patterns
    with report.progress("learning", rule.values().get("sweeps", 1)) as tell:
        found = rule.learn(
            patterns,
            on_sweep=lambda sweep, held: tell(sweep, f"{held:,} of {len(memory):,} held"),
        )
    learned = Weights.of_matrix(
        found.matrix,
        Rule(rule.name, rule.values()),
        biased=biased,
        denominator=found.denominator,
    )
    fixed = stable(learned.network(memory.patterns))
    said = (
        f"Learned {memory.neurons:,} × {memory.neurons:,} weights from {len(memory):,} patterns by "
        f"{learned.title}; {fixed:,} of the patterns are fixed points." + f" {found.said}".rstrip()
    )
    notes = [on_command_line(note) for note in found.notes]
    return Lesson(learned, fixed / len(memory), said, {"bias": biased, **found.facts}, notes)


def _options(asked: Asked) -> tuple[bool, AbstractRule]:
    """Whether there are biases, and the rule with its parameters."""
    chosen = rules.get(asked.rule)
    suited = [parameter.name for parameter in chosen.parameters]
    given = asked.given(*suited, *(["bias"] if chosen.bias else []))
    return given.pop("bias", False), rules.make(asked.rule, **given)


def _require(memory: Memory, asked: Asked, rows: int) -> None:
    """See that there is room for the weights."""
    neurons = memory.neurons + 1
    asked.limit.require(
        f"learning {memory.neurons:,} × {memory.neurons:,} weights",
        8 * (SQUARES * neurons**2 + rows * neurons * len(memory)),
        "--max-memory {}, or recall with --energy classical alone, which needs no weights for "
        "Hebb's rule",
    )
