"""The rules by which weights of random patterns can be learned, as data."""

from dataclasses import dataclass

from hopcli.errors import HopError

# What a dream takes of what a pattern has. As many dreams as there are patterns / rate lead beyond
# the best moment, at which they stop.
RATE = 0.01
# Sweeps of the perceptron at most. Below its capacity a tenth is enough, and above it never is.
SWEEPS = 200
# The most neurons of a network whose weights are learned: a matrix of them has 128 MB.
MOST_NEURONS = 2**12
# The most patterns of a neuron; no rule holds more than two.
MOST_LOAD = 4

RULES = ("hebbian", "projection", "storkey", "perceptron", "dream")
# By name, and a load K/N that is near the capacity, at which a search begins.
STARTS = {"hebbian": 0.15, "projection": 0.5, "storkey": 0.3, "perceptron": 0.5, "dream": 0.5}


@dataclass(frozen=True)
class Rule:
    """A rule with all that decides what it learns.

    Attributes:
        name: hebbian, projection, storkey, perceptron or dream.
        margin: of perceptron.
    """

    name: str
    margin: float

    def largest(self, neurons: int) -> int:
        """The largest K that is learned.

        As many independent patterns as neurons span everything: projection then is the identity,
        whose off-diagonal weights are 0, and every state is a fixed point.
        """
        return neurons - 1 if self.name == "projection" else MOST_LOAD * neurons


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
