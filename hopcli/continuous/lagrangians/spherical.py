"""Neurons on a sphere: g = x / ‖x‖."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian


@dataclass(frozen=True)
class Spherical(AbstractLagrangian):
    """L = ‖x‖ = √(Σ x²). Only the direction of x counts, so x is defined up to its length."""

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """‖x‖."""
        return _length(x)[..., 0]

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The direction x / ‖x‖, 0 at 0."""
        return x / _positive(_length(x))

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """0, since x·x / ‖x‖ = ‖x‖."""
        return np.zeros(x.shape[:-1])

    def movement(self, x: NDArray[np.float64], pull: NDArray[np.float64]) -> NDArray[np.float64]:
        """The part of the pull across x, in the scale of x.

        A movement of pull − x would end at the length of the pull, which means nothing and may be
        huge or nearly 0. The part across x turns x in the same plane, and lowers the energy even if
        some neurons are held still. While the pull is within 60° of x, it is scaled so that
        x + movement has the direction of the pull; beyond, to be at most twice as long as x.
        """
        length = _length(x)
        unit = x / _positive(length)
        along = (unit * pull).sum(axis=-1, keepdims=True)
        reach = np.maximum(along, _length(pull) / 2)
        turned = (pull - unit * along) * (length / _positive(reach))
        return np.where(length > 0, turned, pull)


def _length(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """‖x‖, shape (…, 1), whose squares neither overflow nor vanish."""
    largest = np.abs(x).max(axis=-1, keepdims=True)
    return largest * np.sqrt(((x / _positive(largest)) ** 2).sum(axis=-1, keepdims=True))


def _positive(length: NDArray[np.float64]) -> NDArray[np.float64]:
    """A length to divide by: 1 instead of 0."""
    return np.where(length > 0, length, 1.0)
