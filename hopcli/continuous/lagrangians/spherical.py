"""Neurons on a sphere: g = x / ‖x‖."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian


@dataclass(frozen=True)
class Spherical(AbstractLagrangian):
    """L = ‖x‖ = √(Σ x²): activations x / ‖x‖, which do not depend on the length of x."""

    name: ClassVar[str] = "spherical"
    summary: ClassVar[str] = "on a sphere, g = x / ‖x‖"

    def value(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute ‖x‖."""
        return _length(x)[..., 0]

    def activation(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the direction x / ‖x‖, 0 at 0."""
        return x / _positive(_length(x))

    def energy(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 0, since x·x / ‖x‖ = ‖x‖."""
        return np.zeros(x.shape[:-1])

    def movement(self, x: NDArray[np.float64], pull: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the part of the pull that is perpendicular to x, in the scale of x.

        A movement of pull − x would end at the length of the pull, which is arbitrary and may be
        huge or nearly 0. The perpendicular part turns x in the plane of both, and lowers the energy
        even if some neurons are held still. While the pull is within 60° of x, it is scaled so
        that x + movement has the direction of the pull; beyond, to be at most twice as long as x.
        """
        length = _length(x)
        unit = x / _positive(length)
        along = (unit * pull).sum(axis=-1, keepdims=True)
        reach = np.maximum(along, _length(pull) / 2)
        turned = (pull - unit * along) * (length / _positive(reach))
        return np.where(length > 0, turned, pull)


def _length(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute ‖x‖, shape (…, 1), without overflow or underflow of the squares."""
    largest = np.abs(x).max(axis=-1, keepdims=True)
    return largest * np.sqrt(((x / _positive(largest)) ** 2).sum(axis=-1, keepdims=True))


def _positive(length: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace lengths of 0 by 1, to divide by them."""
    return np.where(length > 0, length, 1.0)


MEMBER = Spherical
