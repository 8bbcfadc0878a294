"""Damage: Gaussian noise."""

import numpy as np
from numpy.typing import NDArray


def add_noise(
    state: NDArray[np.float64], deviation: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Add Gaussian noise to levels, its deviation in parts of the full range; none is clipped."""
    return state + rng.normal(0.0, deviation, state.shape)
