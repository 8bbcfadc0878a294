"""A memory as the page shows it: which patterns are listed, their plane, and every β auto."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import classification, sharpness, similarities
from hopcli.continuous.byte_patterns import LEVELS, BytePatterns
from hopcli.render.plane import Plane
from hopcli.storage.memory_file import Memory

# Most patterns that are listed, and most neurons of all listed patterns together; of more patterns
# some are listed, spread evenly. The plane is computed from the listed patterns.
LISTED = 1000
LISTED_NEURONS = 2**23
# Neurons of all patterns up to which a binary memory is also run as levels, one byte each.
MAX_LEVELS = 2**28
# A row of N neurons is shown as a rectangle that is up to this many times wider than high.
LONGEST = 4
# Distances between labelled patterns up to which β for classification is computed in advance.
MAX_DISTANCES = 2**18
# Number of comparisons with all patterns that the choice of NumPy or compiled kernels reckons with.
COMPARISONS = 64


@dataclass(frozen=True, eq=False)
class PageMemory:
    """A memory with its name.

    Attributes:
        memory: patterns, names, labels and what was learned.
        name: the title that the page shows.
        max_pixels: the most pixels of a picture that a visitor may open.
    """

    memory: Memory
    name: str
    max_pixels: int

    @classmethod
    def of(cls, memory: Memory, name: str, max_pixels: int) -> "PageMemory":
        """Fold rows of N values into a rectangle, which can be painted, if N has suitable factors.

        Args:
            memory: the memory in one piece.
            name: the title that the page shows.
            max_pixels: the most pixels of a picture that a visitor may open.
        """
        height, width, *rest = memory.shape
        side = math.isqrt(width)
        while height == 1 and width % side:
            side -= 1
        if height == 1 and width <= LONGEST * side**2:
            memory = replace(memory, shape=(side, width // side, *rest))
        return cls(memory, name, max_pixels)

    @property
    def is_binary(self) -> bool:
        """Whether neurons are ±1."""
        return self.memory.mode == "binary"

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        """Indices of the patterns that the page lists."""
        most = max(2, min(LISTED, LISTED_NEURONS // self.memory.neurons))
        return sharpness.evenly(len(self.memory), min(most, len(self.memory)))

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The label of every pattern, −1 for none, shape (K,)."""
        return self.memory.all_labels()

    @cached_property
    def plane(self) -> Plane:
        """The first two principal components of the listed patterns, as levels from 0 to 1."""
        values = self.levels(self.listed) / LEVELS
        return Plane.of(values, values[:0])

    def levels(self, rows: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Levels from 0 to 255 of some patterns, shape (rows, N)."""
        if self.is_binary:
            return np.where(self.memory.states(rows) > 0, np.uint8(255), np.uint8(0))
        return self.memory.patterns[rows]

    @property
    def has_labels(self) -> bool:
        """Whether a label or the picture can be clamped."""
        size = len(self.memory) * self.memory.neurons if self.is_binary else 0
        return bool((self.labels >= 0).any()) and size <= MAX_LEVELS

    def betas(self, *, complete: bool) -> dict[str, float | None]:
        """Compute β auto for recall and for each layer that can be clamped.

        Args:
            complete: whether to compute β for a clamped picture however long it takes; else it is
                0 where it takes long.

        Returns:
            β by "recall", "label" and "picture", None for what cannot be clamped.
        """
        recall = 1.0 if self.is_binary else self._beta
        if not self.has_labels:
            return {"recall": recall, "label": None, "picture": None}
        labelled = int((self.labels >= 0).sum())
        quick = classification.sample(labelled).size * labelled <= MAX_DISTANCES
        picture = self.classification_beta if complete or quick else 0.0
        return {"recall": recall, "label": self._beta, "picture": picture}

    @cached_property
    def classification_beta(self) -> float:
        """The β with which labelled patterns classify each other best."""
        rows = np.flatnonzero(self.labels >= 0)
        sample = classification.sample(len(rows))
        patterns = self._patterns
        # Neurons of a binary memory are ±1, twice as far apart as levels 0 and 1.
        scale = 4.0 if self.is_binary else 1.0
        states = patterns.rows(rows[sample])
        distances = np.array([scale * patterns.squared_distances(x)[rows] for x in states])
        return classification.auto_beta(distances, sample, self.labels[rows])

    @cached_property
    def _beta(self) -> float:
        """The β at which each distinct pattern is a fixed point of the log-sum-exp energy."""
        return sharpness.auto(self._patterns, similarities.get("l2"))

    @cached_property
    def _patterns(self) -> BytePatterns:
        return BytePatterns.suited(self.memory.in_levels().patterns, COMPARISONS)
