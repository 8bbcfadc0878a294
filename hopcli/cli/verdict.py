"""What a recall came to, in a sentence; and where it went badly, why and what to try."""

from typing import TYPE_CHECKING

from hopcli.binary.interactions.abstract import inverse_advice
from hopcli.binary.interactions.classical import WORDS
from hopcli.errors import on_command_line
from hopcli.results import Outcome, Recall

if TYPE_CHECKING:
    from hopcli.binary.weighted_network import WeightedNetwork
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
    from hopcli.binary.boltzmann.network import MachineNetwork

    if isinstance(network, MachineNetwork):
        return (
            "A Boltzmann machine has minima where it has found pictures to be likely, not only at "
            "the patterns; --clamp keeps what is known for certain, and 'hop learn --rule "
            "boltzmann' with more --hidden holds more patterns."
        )
    if network is None:
        return (
            "The state is a mixture of pictures that β does not tell apart; try a larger --beta, "
            "or a cue with less damage."
        )
    interaction = getattr(network, "interaction", None)
    if interaction is not None:
        said = interaction.advice(recall, patterns=network.patterns, neurons=network.neurons)
        return on_command_line(said)
    if recall.outcome is Outcome.INVERSE:
        return on_command_line(inverse_advice(recall, WORDS))
    return _spurious_weights(network)


def _spurious_weights(network: "WeightedNetwork") -> str:
    """Why explicit weights have spurious minima."""
    load = network.patterns / network.neurons
    learned = network.rule.split()[0]
    others = "--energy exp" if learned == "projection" else "'hop learn --rule projection'"
    return (
        f"Weights learned by {network.rule} have other minima too, the more the higher the load, "
        f"which is {load:.2g}; try a cue with less damage, or {others}."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
