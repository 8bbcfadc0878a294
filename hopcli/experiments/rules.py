"""The rules by which weights of random patterns are learned in trials."""

from hopcli.errors import ParameterError

# The most neurons of a network whose weights are learned: a matrix of them has 128 MB.
MOST_NEURONS = 2**12


def check(neurons: int) -> None:
    """Check that the weights of so many neurons are not too many.

    Raises:
        ParameterError: they are.
    """
    if neurons > MOST_NEURONS:
        raise ParameterError(
            "n", neurons, f"a rule learns {neurons:,} × {neurons:,} weights in each trial, and no "
            f"more than {MOST_NEURONS:,} × {MOST_NEURONS:,} are learned", "give less, or leave "
            "`rule` out, since Hebb's rule needs no weights",
        )  # fmt: skip
