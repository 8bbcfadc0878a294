"""Gaussian noise on pictures."""

import numpy as np
from numpy.typing import NDArray


def add_noise(
    state: NDArray[np.float64], deviation: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Add Gaussian noise to levels without clipping them.

    Args:
        state: levels in [0, 1], any shape.
        deviation: standard deviation of the noise.
        rng: source of randomness.
    """
    return state + rng.normal(0.0, deviation, state.shape)
