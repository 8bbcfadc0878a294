"""Candidates for an alignment from one part of a memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.alignment import align
from hopcli.parts import AbstractPart

# Stored pictures of each part that are compared with those of the others.
EACH = 8


@dataclass(frozen=True)
class Candidates:
    """Finds the stored pictures of a part that explain cues best.

    Attributes:
        shape: of a stored picture, (h, w, C).
        cues: levels in [0, 1], each of shape (h, w, C) and any size.
        known: which of their pixels are known; None for all.
    """

    shape: tuple[int, int, int]
    cues: Sequence[NDArray[np.float32]]
    known: Sequence[NDArray[np.bool_] | None]

    def __call__(self, parts: Sequence[AbstractPart]) -> list[list[NDArray[np.int64]]]:
        """Return for each part the numbers of its best pictures, of the whole memory, by cue."""
        return [self._of(part) for part in parts]

    def _of(self, part: AbstractPart) -> list[NDArray[np.int64]]:
        pictures = np.ascontiguousarray(part.open()).reshape(-1, *self.shape)
        index = align.index(pictures)
        found = [
            align.align(index, pictures, cue, known, top=EACH)
            for cue, known in zip(self.cues, self.known, strict=True)
        ]
        return [
            part.start + np.array([near.index for near in each.nearest], np.int64) for each in found
        ]
