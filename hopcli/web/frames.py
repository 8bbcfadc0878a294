"""Frames: what the page is told of a state, and how they and all else travel."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError


@dataclass(frozen=True)
class Frame:
    """What engine.js calls a Frame.

    Attributes:
        levels: uint8 of shape (N,).
        known: uint8 of shape (h · w,), 1 or 0.
        energy: in the scale of `hop recall`.
        time: visits/N, or steps.
        sweeps: that are done.
        flips: changes so far.
        nearest: indices and overlaps of patterns, the nearest first.
        point: in the plane.
        labels: each label's share of the memories' weight, or None.
        outcome: how it ended, or None.
        inverse: the pattern that the state is the negative of, or None.
    """

    levels: NDArray[np.uint8]
    known: NDArray[np.uint8]
    energy: float
    time: float
    sweeps: int
    flips: int
    nearest: list[tuple[int, float]]
    point: NDArray[np.float64]
    labels: NDArray[np.float64] | None
    outcome: str | None
    inverse: int | None = None

    def packed(self) -> tuple[dict[str, Any], list[bytes]]:
        """The plain part, and the bytes of the state."""
        plain = {
            "energy": self.energy if math.isfinite(self.energy) else None,
            "time": self.time,
            "sweeps": self.sweeps,
            "flips": self.flips,
            "nearest": [{"index": index, "overlap": overlap} for index, overlap in self.nearest],
            "point": self.point.tolist(),
            "labels": None if self.labels is None else self.labels.tolist(),
            "outcome": self.outcome,
            "inverse": self.inverse,
        }
        return plain, [self.levels.tobytes(), self.known.tobytes()]


def pack(plain: dict[str, Any], parts: list[bytes]) -> bytes:
    """A message: the length of its JSON in four bytes, least first, the JSON, and the parts."""
    text = json.dumps(plain, allow_nan=False).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *parts])


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON object of a message, and all behind it.

    Raises:
        HopError: it is no message.
    """
    end = 4 + int.from_bytes(message[:4], "little")
    try:
        plain = json.loads(message[4:end])
    except ValueError:
        plain = None
    if not isinstance(plain, dict) or end > len(message):
        raise HopError("something arrived that is no message of the page's; reload the page")
    return plain, message[end:]
