"""What a recall came to, in every kind of network."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outcome(Enum):
    """How a recall ended; the values are said to people."""

    MEMORY = "settled in a stored pattern"
    INVERSE = "settled in the negative of a stored pattern"
    SPURIOUS = "settled in a spurious minimum, which is no stored pattern"
    CYCLE = "ended in a cycle of two states that turn into each other"
    SAMPLE = "is a sample at its temperature"
    UNSETTLED = "had not settled when its sweeps were spent"


@dataclass(frozen=True)
class Recall:
    """Where one cue led.

    Attributes:
        state: the final state, shape (N,): ±1 of int8, or levels of float64.
        outcome: how it ended.
        index: the nearest stored pattern (of an inverse, the one that it is the negative of).
        overlap: of the final state with that pattern, −1 to 1: (1/N) Σ ξ_i s_i, or the cosine of
            the mean-free pictures.
        cue_overlap: the same of the cue, over its known neurons; 0 if none is known.
        sweeps: how many were made, the last one, in which nothing changed, included.
        flips: how many times a neuron changed; an unknown one that is filled counts.
        energies: before the first sweep and after each.
        film: states along the way, if they were asked for, the cue first.
    """

    state: "NDArray[Any]"
    outcome: Outcome
    index: int
    overlap: float
    cue_overlap: float
    sweeps: int
    flips: int
    energies: tuple[float, ...]
    film: "tuple[NDArray[Any], ...]"
