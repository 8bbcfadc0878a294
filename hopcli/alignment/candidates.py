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

    def __call__(self, part: AbstractPart) -> list[NDArray[np.int64]]:
        """Return the numbers of the best pictures, of the whole memory, for each cue."""
        pictures = np.ascontiguousarray(part.open()).reshape(-1, *self.shape)
        index = align.index(pictures)
        return [
            part.start
            + np.array(
                [each.index for each in align.align(index, pictures, cue, known, top=EACH).nearest],
                np.int64,
            )
            for cue, known in zip(self.cues, self.known, strict=True)
        ]
