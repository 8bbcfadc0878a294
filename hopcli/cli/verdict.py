"""What a recall came to, in a sentence; and where it went badly, why and what to try."""

from typing import TYPE_CHECKING

from hopcli.errors import on_command_line
from hopcli.results import Outcome, Recall

if TYPE_CHECKING:
    from hopcli.cli.settling import AnyBinaryNetwork


def sentence(recall: Recall, cue: str, name: str, label: str | None) -> str:
    """What happened."""
    bearing = f" ({label})" if label is not None else ""
    what = {
        Outcome.MEMORY: f"{cue} is {name}{bearing}",
        Outcome.INVERSE: f"{cue} became the negative of {name}{bearing}",
        Outcome.SPURIOUS: f"{cue} settled in a spurious minimum, nearest to {name}{bearing}",
        Outcome.CYCLE: f"{cue} ended in a cycle of two states, nearest to {name}{bearing}",
        Outcome.SAMPLE: f"{cue} is a sample at its temperature, nearest to {name}{bearing}",
        Outcome.UNSETTLED: f"{cue} had not settled yet, nearest to {name}{bearing}",
    }[recall.outcome]
    return (
        f"{what}: {_count(recall.sweeps, 'sweep')}, {_count(recall.flips, 'flip')}, overlap "
        f"{recall.cue_overlap + 0.0:.2f} → {recall.overlap:.2f}."
    )


def advice(recall: Recall, network: "AnyBinaryNetwork | None") -> str | None:
    """Why it went badly and what to try, or None where it went well.

    Args:
        recall: what happened.
        network: the binary network that recalled; None for one of grey or coloured pictures.
    """
    if recall.outcome in (Outcome.MEMORY, Outcome.SAMPLE):
        return None
    if recall.outcome is Outcome.UNSETTLED:
        return "Its sweeps were spent; try a larger --max-sweeps."
    if recall.outcome is Outcome.CYCLE:
        return "Synchronous updates may end like this; try --update async, which always settles."
    if network is None:
        return (
            "The state is a mixture of pictures that β does not tell apart; try a larger --beta, "
            "or a cue with less damage."
        )
    return on_command_line(network.advice(recall))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
