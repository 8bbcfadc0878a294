"""Damage: flipped and hidden neurons."""

import numpy as np

from hopcli.binary.arrays import Mask, States
from hopcli.errors import ParameterError

HALVES = ("left", "right", "top", "bottom")


def flip(state: States, probability: float, rng: np.random.Generator) -> States:
    """Flip each neuron of a state with this probability; unknown ones stay unknown."""
    return np.where(rng.random(state.shape) < probability, -state, state)


def occluded(occlude: str, height: int, width: int, rng: np.random.Generator) -> Mask:
    """Return which pixels are hidden, shape (height, width).

    Args:
        occlude: left, right, top or bottom for half the picture (the middle row or column of an
            odd number stays), or a fraction of its pixels, chosen at random.
        height: rows.
        width: columns.
        rng: chooses the pixels.

    Raises:
        ParameterError: `occlude` is neither a half nor a fraction.
    """
    hidden = np.zeros((height, width), dtype=bool)
    if occlude in HALVES:
        rows, columns = height // 2, width // 2
        half = {
            "left": np.s_[:, :columns],
            "right": np.s_[:, width - columns :],
            "top": np.s_[:rows],
            "bottom": np.s_[height - rows :],
        }[occlude]
        hidden[half] = True
        return hidden
    try:
        fraction = float(occlude)
    except ValueError:
        fraction = -1.0
    if not 0 <= fraction <= 1:
        need = "it takes left, right, top, bottom or a fraction from 0 to 1"
        raise ParameterError("occlude", occlude, need, "try `occlude=0.5`")
    chosen = rng.choice(hidden.size, size=round(fraction * hidden.size), replace=False)
    hidden.flat[chosen] = True
    return hidden
