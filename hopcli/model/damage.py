"""Noise and occlusion, for states of every mode."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import corruption as flips


def damaged(
    states: Sequence[NDArray[Any]] | NDArray[Any], shape: tuple[int, ...], *, noise: float,
    occlude: str | None, seed: int,
) -> NDArray[Any]:  # fmt: skip
    """Return states with noise and with pixels hidden, each by random numbers of its own.

    Args:
        states: ±1 and 0 of int8, or levels and NaN of float64, each of shape (N,).
        shape: [h, w] or [h, w, 3].
        noise: the share of neurons flipped, or the deviation of Gaussian noise.
        occlude: which pixels become unknown (binary/corruption.py).
        seed: of the random numbers.
    """
    whole = np.array(states)
    binary = whole.dtype == np.int8
    for state, rng in zip(whole, np.random.default_rng([seed, 0]).spawn(len(whole)), strict=True):
        if noise:
            moved = flips.flip(state, noise, rng) if binary else rng.normal(state, noise)
            state[:] = moved
        if occlude is not None:
            hidden = flips.occluded(occlude, shape[0], shape[1], rng).ravel()
            state[np.repeat(hidden, len(state) // hidden.size)] = 0 if binary else np.nan
    return whole
