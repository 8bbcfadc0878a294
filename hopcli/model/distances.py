"""Squared distances of states to patterns, of any mode and in any number of parts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.model.partition import Partition, levels_of

if TYPE_CHECKING:
    from hopcli.model.memory import Memory

# From states, shape (rows, N), to their squared distances to the patterns, shape (rows, K).
Distances = Callable[[NDArray[Any]], NDArray[np.float64]]


def distances(
    memory: "Memory", rows: NDArray[np.integer], states: int, divided: Partition | None
) -> Distances:
    """Return what measures squared distances to some patterns, its code loaded.

    Of a picture with unknown pixels, the distance over the known ones stands for all.
    """
    neurons = memory.neurons
    if memory.mode == "binary":
        overlaps = _overlaps(memory, rows, states, divided)

        def of_signs(batch: NDArray[Any]) -> NDArray[np.float64]:
            known = np.count_nonzero(batch, axis=1)[:, None]
            return 2.0 * (known - overlaps(batch)) * neurons / np.maximum(known, 1)

        return of_signs
    patterns, whole = levels_of(memory, states, divided), len(rows) == len(memory)

    def of_levels(batch: NDArray[Any]) -> NDArray[np.float64]:
        known = np.count_nonzero(~np.isnan(batch), axis=1)[:, None]
        distances = patterns.squared_distances(batch)
        distances = distances if whole else distances[:, rows]
        return np.multiply(distances, neurons / np.maximum(known, 1), out=distances)

    return of_levels


def _overlaps(
    memory: "Memory", rows: NDArray[np.integer], states: int, divided: Partition | None
) -> Callable[[NDArray[np.int8]], NDArray[np.int32]]:
    """Return what computes the overlaps of states, (states, N), with some patterns."""
    if divided is None:
        from hopcli.binary.stored import overlaps_with

        return overlaps_with(memory.stored.whole().patterns[rows], memory.neurons, states)
    from hopcli.binary.passes import ComputeOverlaps

    def overlaps(batch: NDArray[np.int8]) -> NDArray[np.int32]:
        found = divided.executor.map(ComputeOverlaps(batch), divided.parts)
        return np.concatenate(found, axis=1)[:, rows]

    return overlaps
