"""What a visitor chooses, as it arrives from the page."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hopcli.binary import interactions
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.schedules import Random, Schedule, Sequential, Synchronous
from hopcli.errors import HopError

CHOICES = {
    "energy": ("classical", "poly", "exp", "lse"),
    "update": ("async", "sync"),
    "order": ("random", "sequential"),
    "clamp": ("nothing", "label", "picture"),
}
# Inclusive, of whole numbers.
RANGES = {"degree": (2, 30), "label": (0, 2**31 - 1), "seed": (0, 2**53 - 1)}


@dataclass(frozen=True)
class Settings:
    """What engine.js calls Settings; β is None for auto."""

    energy: str
    degree: int
    beta: float | None
    update: str
    order: str
    clamp: str
    label: int
    seed: int

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """Read them.

        Raises:
            HopError: one is missing, or none of what it may be.
        """
        read: dict[str, Any] = {}
        for name, choices in CHOICES.items():
            if given.get(name) not in choices:
                raise _refused(name, given.get(name), f"one of {', '.join(choices)}")
            read[name] = given[name]
        for name, (low, high) in RANGES.items():
            value = given.get(name)
            if type(value) is not int or not low <= value <= high:
                raise _refused(name, value, f"a whole number from {low} to {high}")
            read[name] = value
        beta = given.get("beta")
        if beta is not None:
            beta = positive("beta", beta)
        return cls(**read, beta=beta)

    @property
    def interaction(self) -> AbstractInteraction:
        """Of a binary network."""
        given = {"degree": self.degree, "beta": 1.0 if self.beta is None else self.beta}
        known = [parameter.name for parameter in interactions.get(self.energy).parameters]
        return interactions.make(
            self.energy, **{name: given[name] for name in known if name in given}
        )

    @property
    def schedule(self) -> Schedule:
        """Of a binary network."""
        if self.update == "sync":
            return Synchronous()
        return Random() if self.order == "random" else Sequential()


def positive(name: str, value: Any) -> float:
    """A finite number above 0.

    Raises:
        HopError: it is none.
    """
    if type(value) not in (int, float) or not math.isfinite(value) or not 0 < value < 1e300:
        raise _refused(name, value, "a number above 0")
    return float(value)


def temperature(value: Any) -> float:
    """A finite number from 0.

    Raises:
        HopError: it is none.
    """
    return 0.0 if type(value) in (int, float) and value == 0 else positive("temperature", value)


def _refused(name: str, value: Any, wanted: str) -> HopError:
    return HopError(f"{name} {value!r:.40} was given, but it is {wanted}; choose one of these")
