"""Projection of patterns and of a recall's states on two principal components."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Size and number of the blocks of a Krylov space in which the directions are searched. It is the
# whole space if there are at most BLOCK × (ROUNDS + 1) patterns or neurons.
BLOCK = 8
ROUNDS = 10
# Lengths below this share of the norm of all values are rounding errors.
LEAST = 1e-9


@dataclass(frozen=True)
class Plane:
    """A plane through the patterns' mean.

    Attributes:
        centre: the mean, shape (N,).
        axes: two orthonormal directions, shape (2, N); zeros where there are fewer. Their signs are
            such that a pattern far from the mean has a positive coordinate.
        shares: of the patterns' variance, along each axis, shape (2,).
    """

    centre: Array
    axes: Array
    shares: Array

    @classmethod
    def of(cls, patterns: NDArray, states: NDArray) -> "Plane":
        """Compute the plane of the patterns' first two principal components.

        If the patterns vary in fewer than two directions, as one or two patterns do, directions of
        the path are added, with a share of 0. The first pattern whose coordinate on an axis is at
        least half the largest has a positive one; if all are 0, the cue has.

        Args:
            patterns: the stored patterns, shape (K, N).
            states: a path, from the cue to its end, shape (T, N); T may be 0.
        """
        spread, path = patterns.astype(np.float64), states.astype(np.float64)
        least = LEAST * float(max(np.linalg.norm(spread), np.linalg.norm(path)))
        centre = spread.mean(axis=0)
        spread -= centre
        path -= centre
        axes = _directions(spread, least)
        beside = [_directions(path - path @ axes.T @ axes, least)] if len(path) else []
        nowhere = np.zeros((2, spread.shape[1]))
        axes = np.concatenate([axes, *beside, nowhere])[:2]
        memories = spread @ axes.T
        spans = abs(memories).max(axis=0) > least
        begin = path[0] @ axes.T if len(path) else np.zeros(2)
        signs = _signs(np.where(spans, memories, begin))
        shares = np.zeros(2)
        shares[spans] = np.sum(memories[:, spans] ** 2, axis=0) / np.sum(spread**2)
        return cls(centre, axes * signs[:, None], shares)

    def points(self, states: NDArray) -> Array:
        """Compute the coordinates of states, shape (T, 2)."""
        return (states.astype(np.float64) - self.centre) @ self.axes.T


def _directions(rows: Array, least: float) -> Array:
    """Compute up to two orthonormal directions along which rows (R, N) vary most, largest first.

    It is the leading part of a singular value decomposition, by block Krylov iteration on the
    smaller side (Musco and Musco 2015): 3,000 patterns of 10,000 neurons take a few seconds,
    where all of their singular vectors would take a minute.
    """
    flat = len(rows) <= rows.shape[1]
    side = rows if flat else rows.T
    # Any start will do; a fixed one gives the same plane each time.
    block = np.random.default_rng(0).standard_normal((len(side), BLOCK))
    blocks = [block]
    for _ in range(ROUNDS):
        block = np.linalg.qr(side @ (side.T @ block))[0]
        blocks.append(block)
    basis = np.linalg.qr(np.hstack(blocks))[0]
    far, lengths, near = np.linalg.svd(side.T @ basis, full_matrices=False)
    directions = far if flat else basis @ near.T
    return directions.T[:2][lengths[:2] > least]


def _signs(coordinates: Array) -> Array:
    """Return the sign of each column's first entry of at least half the largest magnitude."""
    sizes = abs(coordinates)
    first = np.argmax(sizes >= sizes.max(axis=0) / 2, axis=0)
    return np.where(coordinates[first, range(coordinates.shape[1])] < 0, -1.0, 1.0)
