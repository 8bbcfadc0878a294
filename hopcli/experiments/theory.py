"""Published capacities of binary networks, for experiments that have been checked."""

from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.predictions import Prediction
from hopcli.errors import HopError


def check(neurons: int, *, error: float, noise: float) -> None:
    """Refuse what no capacity can be given for.

    Raises:
        HopError: too few neurons, or a share out of its range.
    """
    if neurons < 1:
        raise HopError(f"--n {neurons} was given, but a network has neurons; give --n 100 or so")
    if not 0 < error < 0.5:
        raise HopError(
            f"--error {error} was given, but the share of wrong bits lies between 0 and 0.5, both "
            f"left out; give --error 0.01 or so"
        )
    if not 0 <= noise < 0.5:
        raise HopError(
            f"--noise {noise} was given, but the share of flipped bits is at least 0 and less than "
            f"0.5; give --noise 0.1 or so"
        )


def predictions(
    interaction: AbstractInteraction, neurons: int, *, error: float, noise: float
) -> list[Prediction]:
    """All that theory says of this network.

    Args:
        interaction: F.
        neurons: N.
        error: the share of a cue's bits that one update may set wrong, between 0 and 0.5.
        noise: the share of the cue's bits that are flipped, from 0 to less than 0.5.

    Raises:
        HopError: a figure is out of its range.
    """
    check(neurons, error=error, noise=noise)
    return interaction.predictions(neurons, error=error, noise=noise)
