"""What finds the labels of pictures: the stored patterns, or memories that were learned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.cli import options
from hopcli.cli.spreading import Spread
from hopcli.continuous import classification
from hopcli.continuous.dense_memories import LEVELS, DenseMemories, completed, signed
from hopcli.errors import HopError, MemoryFileError
from hopcli.storage.learned.dense import Dense
from hopcli.storage.memory_file import AbstractMemory, Memory

# From states, shape (…, N), to their squared distances to the memories, shape (…, K).
Distances = Callable[[NDArray[Any]], NDArray[np.float64]]

# Distances of pictures to memories that are held at once.
AT_ONCE = 2**23


def learned(memory: AbstractMemory, path: Path, rule: str | None) -> DenseMemories | None:
    """The learned memories that classify; None where the stored patterns do.

    Args:
        memory: with or without them.
        path: of the memory.
        rule: dense or none; None for dense where they are there.

    Raises:
        HopError: the rule is neither, or asks for what is not there; or they are damaged.
    """
    wanted = None if rule is None else options.choice("--rule", rule, ("dense", "none"))
    found = memory.found(Dense)
    if wanted == "dense" and found is None:
        raise HopError(
            f"--rule dense was given, but {path} has no memories that were learned; learn them "
            f"with 'hop learn --rule dense -m {path}'"
        )
    if wanted == "none" or found is None:
        return None
    if found.memories.labels.shape[1] != len(memory.label_names):
        raise MemoryFileError(
            f"{path} is damaged: its learned memories are of {found.memories.labels.shape[1]} "
            f"labels, but it has {len(memory.label_names)}; learn them again, or give --rule none"
        )
    return found.memories


def by_memories(
    memories: DenseMemories, states: Sequence[NDArray[Any]], stored: AbstractMemory
) -> NDArray[np.float64]:
    """The probability of each label, (pictures, labels), of states of a memory that has learned."""
    pictures = _signed(np.array(states), stored)
    if not pictures.all():
        # Of the patterns, at most as many as a batch of pictures takes.
        rows = np.arange(0, len(stored), max(1, len(stored) * stored.neurons // AT_ONCE))
        mean = _signed(stored.states(rows), stored).mean(axis=0)
        pictures = completed(pictures, mean)
    return memories.probabilities(pictures)


def _signed(states: NDArray[Any], memory: AbstractMemory) -> NDArray[np.float64]:
    """States as odd numbers of −255 … 255, 0 where unknown."""
    if memory.mode == "binary":
        return states.astype(np.float64) * LEVELS
    return signed(np.rint(states.astype(np.float64) * LEVELS))


@dataclass(frozen=True)
class Patterns:
    """Stored patterns, ready to classify.

    Attributes:
        distances: how those that bear labels are compared.
        memory: what is stored.
        rows: which bear labels.
        labels: theirs.
    """

    distances: Distances
    memory: AbstractMemory
    rows: NDArray[np.integer]
    labels: NDArray[np.integer]

    def classify(
        self, states: Sequence[NDArray[Any]], beta: float | None, strength: float
    ) -> tuple[float, list[NDArray[np.float64]]]:
        """The sharpness, chosen if it is None, and the probability of each label of each state."""
        if beta is None:
            some = classification.sample(len(self.rows))
            among = self.distances(self.memory.states(self.rows[some]))
            beta = classification.auto_beta(among, some, self.labels)
        found = []
        at_once = max(1, AT_ONCE // len(self.memory))
        for start in range(0, len(states), at_once):
            for near in self.distances(np.array(states[start : start + at_once])):
                settled = classification.classify(
                    near, self.labels, len(self.memory.label_names), beta=beta, strength=strength
                )
                found.append(settled.probabilities)
        return beta, found


def prepared(memory: AbstractMemory, states: int, spread: Spread | None) -> Patterns:
    """The stored patterns that bear labels, with the code loaded that so many states are worth."""
    labels = memory.all_labels()
    rows = np.flatnonzero(labels >= 0)
    return Patterns(_distances(memory, rows, states, spread), memory, rows, labels[rows])


def _distances(
    memory: AbstractMemory, rows: NDArray[np.integer], states: int, spread: Spread | None
) -> Distances:
    """How squared distances to some memories are measured, with the code for it loaded.

    Of a picture with unknown pixels, the distance over the known ones stands for all.
    """
    if memory.mode == "binary":
        if spread is None:
            from hopcli.binary.networks import overlaps_with

            assert isinstance(memory, Memory)
            overlaps = overlaps_with(memory.patterns[rows], memory.neurons, states)
        else:
            overlaps = _overlaps_in_parts(spread, rows)

        def of_signs(batch: NDArray[Any]) -> NDArray[np.float64]:
            known = np.count_nonzero(batch, axis=1)[:, None]
            return 2.0 * (known - overlaps(batch)) * memory.neurons / np.maximum(known, 1)

        return of_signs
    from hopcli.cli.settling import levels_of

    patterns, whole = levels_of(memory, states, spread), len(rows) == len(memory)

    def of_levels(batch: NDArray[Any]) -> NDArray[np.float64]:
        known = np.count_nonzero(~np.isnan(batch), axis=1)[:, None]
        distances = patterns.squared_distances(batch)
        distances = distances if whole else distances[:, rows]
        return np.multiply(distances, memory.neurons / np.maximum(known, 1), out=distances)

    return of_levels


def _overlaps_in_parts(
    spread: Spread, rows: NDArray[np.integer]
) -> Callable[[NDArray[np.int8]], NDArray[np.int32]]:
    """From states, (states, N), to their overlaps with some memories."""
    from hopcli.binary.passes import Overlaps

    def overlaps(batch: "NDArray[np.int8]") -> "NDArray[np.int32]":
        return np.concatenate(spread.executor.map(Overlaps(batch), spread.parts), axis=1)[:, rows]

    return overlaps
