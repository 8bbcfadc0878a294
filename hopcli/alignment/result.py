"""What an alignment found, as frozen data."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Pose:
    """What was done to the stored picture to explain the cue."""

    moved: tuple[float, float]  # in the stored picture's pixels, right and down
    turned: float  # degrees, counter-clockwise
    scaled: float
    mirrored: bool
    negative: bool
    gain: float
    offset: float
    covered: float  # share of the cue

    def answer(self) -> dict:
        """Return what `hop recall --json` writes of it."""
        return {
            "moved": [round(float(v), 2) for v in self.moved],
            "turned": round(self.turned, 2),
            "scaled": round(self.scaled, 4),
            "mirrored": self.mirrored,
            "negative": self.negative,
            "gain": round(self.gain, 3),
            "offset": round(self.offset, 3),
            "covered": round(self.covered, 3),
        }


@dataclass(frozen=True)
class Candidate:
    """A stored picture that may explain the cue."""

    index: int
    probability: float
    energy: float


@dataclass(frozen=True)
class Alignment:
    """The explanation of a cue.

    `aligned` is the cue laid over the stored picture, float32 (h, w, C) in [0, 1] in the stored
    picture's light, and `covered` the pixels of it that are unknown (h, w).
    """

    match: str  # "sure", "doubtful" or "none"
    probability: float
    nearest: tuple[Candidate, ...]
    none: float
    pose: Pose
    affine: np.ndarray = field(repr=False)
    aligned: np.ndarray = field(repr=False)
    covered: np.ndarray = field(repr=False)
    searched: bool = True

    @property
    def index(self) -> int | None:
        """The number of the most probable stored picture; None without a known pixel."""
        return self.nearest[0].index if self.nearest else None


def pose_of(
    affine: np.ndarray,
    size: tuple[int, ...],
    light: np.ndarray,
    visible: float,
) -> Pose:
    """Return a pose in words, from the map of the cue's frame to the stored picture's.

    Args:
        affine: the map, six numbers.
        size: height and width of the stored picture.
        light: gain, offset and tone.
        visible: the share of the cue that is not covered.
    """
    height, width = size
    # From the stored picture to the cue, in pixels of the stored picture; the cue is as large as
    # its frame.
    matrix = np.array([[affine[1], affine[2]], [affine[4], affine[5]]])
    back = np.linalg.inv(matrix)
    moved = -back @ np.array([affine[0], affine[3]])
    quarter = abs(back[0, 1]) + abs(back[1, 0]) > abs(back[0, 0]) + abs(back[1, 1])
    own = np.array([height, width] if quarter else [width, height], float)
    own_frame = np.diag(own)
    pixels = own_frame @ back @ np.diag([1 / width, 1 / height])
    mirrored = bool(np.linalg.det(pixels) < 0)
    straight = pixels @ np.diag([-1.0, 1.0]) if mirrored else pixels
    turned = float(
        np.degrees(np.arctan2(straight[0, 1] - straight[1, 0], straight[0, 0] + straight[1, 1]))
    )
    scaled = float(np.sqrt(abs(np.linalg.det(pixels))))
    return Pose(
        (float(moved[0] * own[0] / 2), float(moved[1] * own[1] / 2)),
        turned,
        scaled,
        mirrored,
        bool(light[0] < 0),
        float(light[0]),
        float(light[1]),
        float(1 - visible),
    )
