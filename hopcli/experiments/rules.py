"""The rules by which weights of random patterns are learned in trials."""

from hopcli.binary import rules
from hopcli.binary.rules import AbstractRule
from hopcli.errors import HopError

# The most neurons of a network whose weights are learned: a matrix of them has 128 MB.
MOST_NEURONS = 2**12

HEBBIAN = "hebbian"


def rule_of(name: str | None, margin: float) -> AbstractRule:
    """Make a rule as trials use it; Hebb's if there is no name.

    Args:
        name: one of `hopcli.binary.rules.names()`.
        margin: of rules that have one.
    """
    chosen = name or HEBBIAN
    known = [parameter.name for parameter in rules.get(chosen).parameters]
    given = {"margin": margin} if "margin" in known else {}
    return rules.make(chosen, **given).for_trials()


def check(neurons: int) -> None:
    """See that there is room for weights.

    Raises:
        HopError: there is none.
    """
    if neurons > MOST_NEURONS:
        raise HopError(
            f"--n {neurons} was given, but a rule learns {neurons:,} × {neurons:,} weights in each "
            f"trial, and no more than {MOST_NEURONS:,} × {MOST_NEURONS:,} are; give less, or leave "
            f"--rule out, since Hebb's rule needs no weights"
        )
