"""The rules by which weights of random patterns are learned in trials."""

from hopcli.errors import HopError

# The most neurons of a network whose weights are learned: a matrix of them has 128 MB.
MOST_NEURONS = 2**12


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
