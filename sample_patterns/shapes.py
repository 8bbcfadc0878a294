"""Outlines and paths, and which pixels they cover.

Coordinates are in pixels of the finished picture, x to the right and y down. Pillow can draw
polygons and wide lines, too, but it rounds their corners to whole pixels and its lines have square
ends. Doing it here keeps symmetrical pictures symmetrical.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Points = Sequence[Point]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]

SCALE = 8  # Drawn this much larger and then averaged, so that edges come out smooth.


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Return points along a part of an ellipse.

    Angles are in degrees: 0 points right and 90 points down. The arc runs from `start` to `end`,
    so it turns clockwise if `end` is the greater one and anticlockwise otherwise.
    """
    steps = max(2, round(abs(end - start) / 4))
    angles = [radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


def disc(x: float, y: float, rx: float, ry: float | None = None) -> list[Point]:
    """Return the outline of a circle, or of an ellipse if a second radius is given."""
    return arc(x, y, rx, rx if ry is None else ry, 0, 360)


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return the corners of a rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def spikes(x: float, y: float, outer: float, inner: float, count: int) -> list[Point]:
    """Return the outline of a star, standing with one spike straight up."""
    half_turn = 180 / count
    corners = [(outer if i % 2 == 0 else inner, radians(i * half_turn)) for i in range(2 * count)]
    return [(x + radius * sin(angle), y - radius * cos(angle)) for radius, angle in corners]


def spoke(x: float, y: float, inner: float, outer: float, angle: float) -> list[Point]:
    """Return a straight path leading away from a centre, from one radius to another."""
    turn = radians(angle)
    return [(x + radius * cos(turn), y + radius * sin(turn)) for radius in (inner, outer)]


def middles(size: int) -> Numbers:
    """Return where the middles of the large drawing's pixels lie, for a picture of this size."""
    return (np.arange(size * SCALE) + 0.5) / SCALE


def covered(points: Points, pen: float, size: int) -> Mask:
    """Return the pixels of the large drawing that an outline (pen 0) or a stroke covers."""
    return traced(points, pen, middles(size)) if pen else filled(points, middles(size))


def filled(outline: Points, at: Numbers) -> Mask:
    """Return which pixels of the large drawing, with their middles there, an outline holds."""
    # A pixel is inside if an odd number of edges passes to the left of it.
    crossings = np.zeros((at.size, at.size + 1), dtype=int)
    for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        rows = np.flatnonzero((y1 <= at) != (y2 <= at))
        if rows.size:
            x = x1 + (x2 - x1) * (at[rows] - y1) / (y2 - y1)
            crossings[rows, np.searchsorted(at, x)] += 1
    return crossings.cumsum(axis=1)[:, :-1] % 2 == 1


def traced(path: Points, pen: float, at: Numbers) -> Mask:
    """Return which pixels of the large drawing a round pen touches that follows a path."""
    touched = np.zeros((at.size, at.size), dtype=bool)
    for start, end in pairwise(path):
        # Only the pixels around this piece of the path are looked at, to save time.
        (left, right), (top, bottom) = (
            np.searchsorted(at, (min(pair) - pen, max(pair) + pen))
            for pair in zip(start, end, strict=True)
        )
        near = distances(start, end, at[left:right], at[top:bottom, None]) <= pen / 2
        touched[top:bottom, left:right] |= near
    return touched


def distances(start: Point, end: Point, x: Numbers, y: Numbers) -> Numbers:
    """Return how far each of the points (x, y) is away from a straight piece of a path."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    from_x, from_y = x - start[0], y - start[1]
    # How far along the piece the nearest point of it lies, from 0 at its start to 1 at its end.
    length_squared = along_x**2 + along_y**2
    share = (from_x * along_x + from_y * along_y) / (length_squared or 1)
    share = share.clip(0, 1)
    return np.hypot(from_x - share * along_x, from_y - share * along_y)


def averaged(large: NDArray) -> Numbers:
    """Return a large drawing, (size × SCALE, size × SCALE, …), at its finished size."""
    size = len(large) // SCALE
    return large.reshape(size, SCALE, size, SCALE, *large.shape[2:]).mean(axis=(1, 3))
