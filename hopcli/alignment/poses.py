"""Poses: affine maps from the cue's frame to the stored picture's, both as [-1, 1] x [-1, 1]."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Base:
    """One of eight orientations, the cue stretched to the frame or laid into it as it is."""

    matrix: tuple[float, float, float, float]
    transposed: bool
    mirrored: bool
    quarter_turns: int
    spans: tuple[float, float]  # how far the cue reaches across and down the stored frame


@dataclass(frozen=True)
class Bank:
    """Poses of one base and one scale."""

    base: Base
    scale: float
    affines: np.ndarray  # (P, 6), cue to stored picture
    inverses: np.ndarray  # (P, 6)
    prior: np.ndarray  # (P,), natural logarithms


def orientations(spans: tuple[float, float], spans_transposed: tuple[float, float]):
    """Yield the eight orientations."""
    for mirrored in (False, True):
        for quarter in range(4):
            angle = quarter * np.pi / 2
            turn = np.round(
                np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            )
            flip = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
            across, down = spans_transposed if quarter % 2 else spans
            matrix = np.diag([across, down]) @ turn @ flip
            (a, b), (c, d) = matrix.tolist()
            yield Base((a, b, c, d), bool(quarter % 2), mirrored, quarter, (across, down))


def inverse(affine: np.ndarray) -> np.ndarray:
    """The inverses of affine maps (..., 6)."""
    b0, a, b, b1, c, d = np.moveaxis(np.asarray(affine, float), -1, 0)
    det = a * d - b * c
    ia, ib, ic, id_ = d / det, -b / det, -c / det, a / det
    return np.stack([-(ia * b0 + ib * b1), ia, ib, -(ic * b0 + id_ * b1), ic, id_], -1)


def shear_forms(base: Base, height: int, width: int) -> np.ndarray:
    """Compute forms of (a1, a2, a4, a5) that are 0 for a turn and scale of the base, (2, 4)."""
    # M = D A B^-1 D^-1 in pixels; d = (M11 - M22) / 2, e = (M12 + M21) / 2.
    back = np.linalg.inv(np.array(base.matrix).reshape(2, 2))
    forms = np.zeros((2, 4))
    for n in range(4):
        a = np.zeros(4)
        a[n] = 1
        m = a.reshape(2, 2) @ back
        m[0, 1] *= width / height
        m[1, 0] *= height / width
        forms[0, n] = (m[0, 0] - m[1, 1]) / 2
        forms[1, n] = (m[0, 1] + m[1, 0]) / 2
    return forms


def _grid(step: float, reach: float):
    n = int(reach / step + 1e-9)
    line = np.arange(-n, n + 1) * step
    return [(x, y) for x in line for y in line if x * x + y * y <= (reach + 1e-6) ** 2 * 1.3]


# For upright cues, and for the other orientations: scale: (largest angle, reach of the shifts).
RICHNESS = {
    "upright": (
        {1.0: (0, 0.0)},
        {1.0: (0, 0.0)},
    ),
    "full": (
        {
            0.7: (16, 0.25),
            0.84: (24, 0.25),
            1.0: (40, 0.5),
            1.19: (24, 0.25),
            1.41: (16, 0.5),
            1.68: (0, 0.5),
        },
        {0.84: (16, 0.0), 1.0: (40, 0.25), 1.19: (16, 0.25)},
    ),
    "some": (
        {0.84: (10, 0.25), 1.0: (20, 0.25), 1.19: (10, 0.25)},
        {1.0: (20, 0.0), 1.19: (0, 0.0)},
    ),
}


@lru_cache(maxsize=64)
def banks(height: int, width: int, aspect: float, richness: str = "full") -> tuple[Bank, ...]:
    """Return the poses that are searched, for a stored size and a cue's width / height."""
    found = []
    own = width / height
    bases = []
    for base in orientations((1.0, 1.0), (1.0, 1.0)):
        bases.append((base, 0.0))

    # A cue of other proportions may be a crop: laid into the frame in its own proportions, too.
    def spans(ratio):
        k = (ratio / own) ** 0.5
        return (k, 1 / k)

    if abs(np.log(aspect / own)) > 0.08 or abs(np.log(1 / aspect / own)) > 0.08:
        for base in orientations(spans(aspect), spans(1 / aspect)):
            ratio = 1 / aspect if base.transposed else aspect
            if abs(np.log(ratio / own)) > 0.08:
                bases.append((base, -0.5))
    step_angle = 8 if richness == "full" else 10
    for base, penalty in bases:
        upright = base.quarter_turns == 0 and not base.mirrored
        for scale, (widest, reach) in RICHNESS[richness][0 if upright else 1].items():
            affines, prior = [], []
            for angle in np.arange(-widest, widest + 1, step_angle):
                radians = np.deg2rad(angle)
                turn = np.array(
                    [
                        [np.cos(radians), np.sin(radians) * height / width],
                        [-np.sin(radians) * width / height, np.cos(radians)],
                    ]
                )
                matrix = turn @ np.array(base.matrix).reshape(2, 2) / scale
                for x, y in _grid(0.25, reach if abs(angle) <= 16 else min(reach, 0.25)):
                    affines.append([x, matrix[0, 0], matrix[0, 1], y, matrix[1, 0], matrix[1, 1]])
                    prior.append(
                        penalty
                        - 0.5 * (angle / 15) ** 2
                        - 0.5 * (np.log(scale) / 0.25) ** 2
                        - 0.5 * (x * x + y * y) / 0.25**2
                        - (0 if upright else 1.5)
                    )
            affines = np.array(affines)
            found.append(Bank(base, scale, affines, inverse(affines), np.array(prior)))
    return tuple(found)
