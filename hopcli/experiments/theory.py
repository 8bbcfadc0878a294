"""Ranges of the quantities of an experiment, and published capacities within them."""

from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.predictions import Prediction
from hopcli.errors import ParameterError
from hopcli.parameters import Parameter

NEURONS = Parameter("n", int, 100, "Neurons.", low=1)


def check(neurons: int, *, error: float, noise: float) -> None:
    """Check the number of neurons and the shares.

    Args:
        neurons: N, at least 1.
        error: the share of bits that may be wrong, between 0 and 0.5.
        noise: the share of a cue's bits that are flipped, from 0 to less than 0.5.

    Raises:
        ParameterError: one is out of range.
    """
    NEURONS.checked(neurons)
    if not 0 < error < 0.5:
        raise ParameterError(
            "error", error, "it takes a number above 0 and below 0.5", "try `error=0.01`"
        )
    if not 0 <= noise < 0.5:
        raise ParameterError(
            "noise", noise, "it takes a number of 0 or more and below 0.5", "try `noise=0.1`"
        )


def check_fields(neurons: int) -> None:
    """Check that neurons have local fields, which takes two of them.

    Raises:
        ParameterError: there are fewer.
    """
    if neurons < 2:
        raise ParameterError(
            "n", neurons, "a single neuron has no local field, so it takes 2 or more", "try `n=100`"
        )


def predictions(
    interaction: AbstractInteraction, neurons: int, *, error: float, noise: float
) -> list[Prediction]:
    """Return the published capacities of an interaction, the first for `error`.

    Raises:
        ParameterError: as `check`.
    """
    check(neurons, error=error, noise=noise)
    return interaction.predictions(neurons, error=error, noise=noise)
