"""What a recall came to, in a sentence; and where it went badly, why and what to try."""

from typing import TYPE_CHECKING

from hopcli.binary.interactions import Classical, Exponential, Polynomial
from hopcli.results import Outcome, Recall

if TYPE_CHECKING:
    from hopcli.binary.networks import BinaryNetwork
    from hopcli.binary.sharded_network import ShardedNetwork
    from hopcli.binary.weighted_network import WeightedNetwork
    from hopcli.cli.settling import AnyBinaryNetwork

# Load up to which a classical network retrieves (Amit, Gutfreund and Sompolinsky 1985).
CLASSICAL_LOAD = 0.138


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
    if recall.outcome is Outcome.INVERSE:
        nearer = ", and the cue was nearer to it" if recall.cue_overlap < 0 else ""
        return (
            f"With {_spoken(network)} the negative of every pattern is a minimum too{nearer}; try "
            f"--energy exp."
        )
    if network is None:
        return (
            "The state is a mixture of pictures that β does not tell apart; try a larger --beta, "
            "or a cue with less damage."
        )
    return _why_spurious(network)


def _why_spurious(network: "BinaryNetwork | ShardedNetwork | WeightedNetwork") -> str:
    """What makes spurious minima in this kind of network."""
    from hopcli.binary.weighted_network import WeightedNetwork

    neurons, patterns = network.neurons, network.patterns
    load = patterns / neurons
    if isinstance(network, WeightedNetwork):
        learned = network.rule.split()[0]
        others = "--energy exp" if learned == "projection" else "'hop learn --rule projection'"
        return (
            f"Weights learned by {network.rule} have other minima too, the more the higher the "
            f"load, which is {load:.2g}; try a cue with less damage, or {others}."
        )
    interaction = network.interaction
    if isinstance(interaction, Classical):
        if load > CLASSICAL_LOAD:
            return (
                f"{_count(patterns, 'pattern')} on {_count(neurons, 'neuron')} "
                f"is a load of {load:.2g}, above the "
                f"{CLASSICAL_LOAD} that Hebb's rule can hold; try 'hop learn', or --energy exp."
            )
        return (
            f"A load of {load:.2g} is below the {CLASSICAL_LOAD} that Hebb's rule can hold, but "
            f"only of patterns as unlike each other as random ones; try 'hop learn', or --energy "
            f"exp."
        )
    if isinstance(interaction, Polynomial):
        return (
            f"F(x) = xⁿ of degree {interaction.degree} does not tell patterns apart that are this "
            f"many, or this alike; try a higher --degree or --energy exp."
        )
    if isinstance(interaction, Exponential):
        return (
            "The cue lies between patterns that are nearly the same, or β is small; try a larger "
            "--beta, or a cue with less damage."
        )
    return ""


def _spoken(network: "AnyBinaryNetwork | None") -> str:
    """The network as part of a sentence."""
    interaction = getattr(network, "interaction", None)
    if interaction is None or isinstance(interaction, Classical):
        return "a classical network"
    return f"an interaction of {interaction.name}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
