"""An array of patterns that grows while files are read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.formats.reading import Batch, Plan


class PatternBuffer:
    """The patterns read so far, in every form that the mode may still require.

    With the mode auto, patterns are binary until a picture has more than two levels, and gray
    until one is coloured.

    Attributes:
        names: of the patterns so far.
        labels: of the patterns so far.
    """

    def __init__(self, plan: Plan, expected: int) -> None:
        """Reserve address space for `expected` patterns; pages are allocated when written to."""
        self._plan = plan
        self.names: list[str] = []
        self.labels: list[str | None] = []
        pixels = plan.shape
        self._words = _GrowingArray(expected, (packing.words_for(pixels[0] * pixels[1]),))
        self._tones = _GrowingArray(expected, (2,), np.uint8)
        self._gray = _GrowingArray(expected, pixels, np.uint8)
        self._rgb = _GrowingArray(expected, (*pixels, 3), np.uint8)
        self._binary = True
        # Consecutive rows, and the array that holds them: words (with tones), gray or rgb.
        self._forms: list[tuple[slice, str]] = []

    def add(self, batch: Batch) -> None:
        """Append the patterns of a batch."""
        start = len(self.names)
        self.names += batch.names
        self.labels += batch.labels
        rows = slice(start, len(self.names))
        form = "words"
        self._binary &= batch.words is not None
        if batch.words is not None:
            self._words.fill(rows, batch.words)
        if batch.tones is not None:
            self._tones.fill(rows, batch.tones)
        if batch.levels is not None:
            form = "rgb" if batch.levels.ndim == 4 or self._plan.mode == "rgb" else "gray"
            grey = form == "rgb" and batch.levels.ndim == 3
            into = self._rgb if form == "rgb" else self._gray
            into.fill(rows, batch.levels[..., None] if grey else batch.levels)
        self._forms.append((rows, form))

    def patterns(self) -> tuple[str, NDArray[Any]]:
        """Return the mode and all patterns as a memory of this mode holds them."""
        count, mode = len(self.names), self._plan.mode
        forms = {form for _, form in self._forms}
        if mode == "auto":
            mode = "binary" if self._binary else "rgb" if "rgb" in forms else "gray"
        if mode == "binary":
            return mode, self._words.values[:count]
        into = self._rgb if mode == "rgb" else self._gray
        for rows, form in self._forms:
            if form != mode:
                levels = self._gray.values[rows] if form == "gray" else self._from_bits(rows)
                into.fill(rows, levels[..., None] if mode == "rgb" else levels)
        return mode, into.values[:count].reshape(count, -1)

    def _from_bits(self, rows: slice) -> NDArray[np.uint8]:
        """Return the levels of binary patterns, shape (patterns, h, w)."""
        height, width = self._plan.shape
        bits = packing.unpack(self._words.values[rows], height * width) > 0
        dark, bright = self._tones.values[rows].T[..., None]
        return np.where(bits, bright, dark).reshape(-1, height, width)


class _GrowingArray:
    """An array of rows that is allocated when the first is written, and doubled when full."""

    def __init__(self, expected: int, shape: tuple[int, ...], kind: type = np.uint64) -> None:
        self._expected = expected
        self.values: NDArray[Any] = np.empty((0, *shape), dtype=kind)

    def fill(self, rows: slice, values: NDArray[Any]) -> None:
        """Write values into consecutive rows."""
        old = self.values
        if rows.stop > len(old):
            length = max(self._expected, rows.stop if not len(old) else 2 * rows.stop)
            self.values = np.empty((length, *old.shape[1:]), dtype=old.dtype)
            self.values[: len(old)] = old
        self.values[rows] = values
