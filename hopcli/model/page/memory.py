"""A memory as the page shows it: which patterns are listed, their plane, and every β auto."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import classification, sharpness, similarities
from hopcli.continuous.byte_patterns import LEVELS, BytePatterns
from hopcli.errors import HopError
from hopcli.formats import cues, decoding
from hopcli.model.memory import Memory
from hopcli.render.plane import Plane
from hopcli.storage import memory_file
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_limit import MemoryLimit

# Most bytes of the patterns, of which the page holds one a neuron, and most bytes of the weights.
MAX_BYTES = 2**30
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
    """A memory with its title.

    Attributes:
        stored: patterns, names, labels and what was learned, in one piece.
        name: the title that the page shows.
        max_pixels: the most pixels of a picture file that the page opens.
    """

    stored: memory_file.Memory
    name: str
    max_pixels: int

    @classmethod
    def of(cls, memory: Memory, name: str, max_pixels: int) -> "PageMemory":
        """Fold rows of N values into a rectangle, which can be painted, if N has suitable factors.

        Args:
            memory: what the page is to show.
            name: the title that the page shows.
            max_pixels: the most pixels of a picture file that the page opens.

        Raises:
            HopError: the memory is too large for a page.
        """
        check_size(
            memory.stored, name, MAX_BYTES, MAX_BYTES,
            "give a smaller memory, of fewer pictures or stored with a smaller `size`, or use "
            "`recall(CUE)`",
        )  # fmt: skip
        stored = memory.stored.whole()
        height, width, *rest = stored.shape
        side = math.isqrt(width)
        while height == 1 and width % side:
            side -= 1
        if height == 1 and width <= LONGEST * side**2:
            stored = replace(stored, shape=(side, width // side, *rest))
        return cls(stored, name, max_pixels)

    @property
    def is_binary(self) -> bool:
        """Whether neurons are ±1."""
        return self.stored.mode == "binary"

    @cached_property
    def listed(self) -> NDArray[np.intp]:
        """Indices of the patterns that the page lists."""
        most = max(2, min(LISTED, LISTED_NEURONS // self.stored.neurons))
        return sharpness.evenly(len(self.stored), min(most, len(self.stored)))

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The label of every pattern, −1 for none, shape (K,)."""
        return self.stored.all_labels()

    @cached_property
    def plane(self) -> Plane:
        """The first two principal components of the listed patterns, as levels from 0 to 1."""
        values = self.levels(self.listed) / LEVELS
        return Plane.of(values, values[:0])

    def levels(self, rows: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Levels from 0 to 255 of some patterns, shape (rows, N)."""
        if self.is_binary:
            return np.where(self.stored.states(rows) > 0, np.uint8(255), np.uint8(0))
        return self.stored.patterns[rows]

    @property
    def has_labels(self) -> bool:
        """Whether a label or the picture can be clamped."""
        size = len(self.stored) * self.stored.neurons if self.is_binary else 0
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

    @property
    def max_file(self) -> int:
        """The most bytes of a picture file."""
        return decoding.longest(self.max_pixels)

    def decode(self, content: bytes) -> dict[str, NDArray[np.uint8]]:
        """Decode a picture file and fit it to the memory.

        Returns:
            "levels" from 0 to 255, shape (N,), and "known", 1 for each known pixel, shape (h · w,).

        Raises:
            PictureError: the file is not a picture that can be read, or has too many pixels.
        """
        return self._shown(cues.of_content(content, "the file", self.stored, most=self.max_pixels))

    def _shown(self, state: NDArray[Any]) -> dict[str, NDArray[np.uint8]]:
        """Return "levels" and "known" of a state."""
        levels = self.stored.picture(state)
        known = ~np.isnan(levels)
        values = np.rint(np.where(known, levels, 0) * LEVELS).astype(np.uint8)
        pixels = known if known.ndim == 2 else known.all(axis=2)
        return {"levels": values.ravel(), "known": pixels.astype(np.uint8).ravel()}

    def align(self, content: bytes) -> tuple[dict[str, str | None], dict[str, NDArray[np.uint8]]]:
        """Lay a picture file over the stored pictures, as `recall` does.

        Returns:
            "match" ("sure", "doubtful", "none", or None where the memory holds no pictures) and
            "sentence"; and "levels" and "known" of the picture that was laid over, as of `decode`.

        Raises:
            PictureError: the file is not a picture that can be read, or has too many pixels.
        """
        from hopcli.model import alignment, matches
        from hopcli.model.cues import Cues

        name = "The picture"
        picture = cues.picture_of_content(content, "the file", most=self.max_pixels)
        state = cues.of_picture(picture, "the file", self.stored, None, [])
        within = cues.within(picture, self.stored)
        given = Cues((name,), state[None], False, pictures=(within,), from_pictures=True)
        chosen = alignment.choose(self._memory, given, {})
        if chosen is None:
            return {"match": None, "sentence": ""}, {}
        aligning = alignment.Aligning(self._memory, given, chosen)
        aligning.compare()
        (found,) = aligning.run()
        nearest = alignment.nearest(self._memory, found.start, found)
        sentence = matches.match(
            name, found.match, nearest, found.alignment, len(self.stored), found.why
        )
        return {"match": found.match, "sentence": f"{sentence}."}, self._shown(found.start)

    @cached_property
    def _memory(self) -> Memory:
        return Memory.of(self.stored, None, MemoryLimit())

    @cached_property
    def _beta(self) -> float:
        """The β at which each distinct pattern is a fixed point of the log-sum-exp energy."""
        return sharpness.auto(self._patterns, similarities.get("l2"))

    @cached_property
    def _patterns(self) -> BytePatterns:
        return BytePatterns.suited(self.stored.in_levels().patterns, COMPARISONS)


def check_size(
    stored: memory_file.AbstractMemory, name: str, most: int, most_weights: int, advice: str
) -> None:
    """Check that a page can hold a memory.

    Args:
        stored: the memory.
        name: the title that the page shows.
        most: bytes that the patterns may have, at one byte a neuron.
        most_weights: bytes that learned weights may have, at eight bytes for each two neurons.
        advice: the clause of the message that says what to do instead.

    Raises:
        HopError: the memory is too large.
    """
    sizes = [("pixels", len(stored) * stored.neurons, most)]
    if stored.found(Weights) is not None:
        sizes.append(("learned weights", 4 * stored.neurons**2, most_weights))
    for what, size, limit in sizes:
        if size > limit:
            raise HopError(
                f"{name} has {size / 2**20:,.1f} MiB of {what}, but the page takes "
                f"{limit // 2**20:,} MiB; {advice}"
            )
