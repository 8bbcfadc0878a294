"""Blocks of patterns put together to those of a memory, each where it will stay."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.formats.reading import Block, Wanted


class Gathering:
    """Patterns that have been read, in the form that their mode has, as far as that is known.

    Until a picture is neither black and white nor grey, `auto` may become any mode.

    Attributes:
        names: of the patterns so far.
        labels: of the patterns so far.
    """

    def __init__(self, wanted: Wanted, expected: int) -> None:
        """Make room for so many patterns; the system gives it only as it is filled."""
        self._wanted = wanted
        self.names: list[str] = []
        self.labels: list[str | None] = []
        pixels = (wanted.height, wanted.width)
        self._words = _Rows(expected, (packing.words_for(pixels[0] * pixels[1]),), np.uint64)
        self._tones = _Rows(expected, (2,), np.uint8)
        self._gray = _Rows(expected, pixels, np.uint8)
        self._rgb = _Rows(expected, (*pixels, 3), np.uint8)
        self._binary = True
        # The rows that are held in each form: of words and tones, of levels, of coloured levels.
        self._held: list[tuple[slice, str]] = []

    def add(self, block: Block) -> None:
        """Add some patterns."""
        start = len(self.names)
        self.names += block.names
        self.labels += block.labels
        rows = slice(start, len(self.names))
        form = "words"
        self._binary &= block.words is not None
        if block.words is not None:
            self._words.fill(rows, block.words)
        if block.tones is not None:
            self._tones.fill(rows, block.tones)
        if block.levels is not None:
            form = "rgb" if block.levels.ndim == 4 or self._wanted.mode == "rgb" else "gray"
            grey = form == "rgb" and block.levels.ndim == 3
            into = self._rgb if form == "rgb" else self._gray
            into.fill(rows, block.levels[..., None] if grey else block.levels)
        self._held.append((rows, form))

    def patterns(self) -> tuple[str, NDArray[Any]]:
        """The mode and all patterns in it, as a memory holds them."""
        kept, mode = len(self.names), self._wanted.mode
        forms = {form for _, form in self._held}
        if mode == "auto":
            mode = "binary" if self._binary else "rgb" if "rgb" in forms else "gray"
        if mode == "binary":
            return mode, self._words.filled(kept)
        into = self._rgb if mode == "rgb" else self._gray
        for rows, form in self._held:
            if form != mode:
                levels = self._gray.values[rows] if form == "gray" else self._restored(rows)
                into.fill(rows, levels[..., None] if mode == "rgb" else levels)
        return mode, into.filled(kept).reshape(kept, -1)

    def _restored(self, rows: slice) -> NDArray[np.uint8]:
        """Levels from bits and what they stand for, shape (patterns, h, w)."""
        height, width = self._wanted.height, self._wanted.width
        bits = packing.unpack(self._words.values[rows], height * width) > 0
        dark, bright = self._tones.values[rows].T[..., None]
        return np.where(bits, bright, dark).reshape(-1, height, width)


class _Rows:
    """Rows of one shape and type, more of them as they are needed, and none if none are."""

    def __init__(self, expected: int, shape: tuple[int, ...], kind: type) -> None:
        self._expected = expected
        self.values: NDArray[Any] = np.empty((0, *shape), dtype=kind)

    def fill(self, rows: slice, values: NDArray[Any]) -> None:
        """Put values into some rows."""
        held = self.values
        if rows.stop > len(held):
            room = max(self._expected, rows.stop if not len(held) else 2 * rows.stop)
            self.values = np.empty((room, *held.shape[1:]), dtype=held.dtype)
            self.values[: len(held)] = held
        self.values[rows] = values

    def filled(self, count: int) -> NDArray[Any]:
        """The first rows."""
        return self.values[:count]
