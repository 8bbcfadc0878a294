"""Pictures side by side, each under its name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from hopcli.render.blocks import Canvas, draw
from hopcli.render.text import printable, shortened

GAP = 2
WIDEST = 40
NARROWEST = 8


def side_by_side(
    panels: Sequence[tuple[str, NDArray[np.integer]]], width: int, *, colour: bool
) -> list[Text]:
    """Draw (title, pixels) pairs next to each other in so many columns; nothing if too narrow."""
    columns = min(WIDEST, (width - GAP * (len(panels) - 1)) // len(panels))
    if columns < NARROWEST:
        return []
    drawn = [draw(pixels, Canvas(columns, colour)) for _, pixels in panels]
    widths = [len(lines[0]) for lines in drawn]
    # A title may be wider than a small picture.
    widths = [
        max(w, min(columns, len(printable(title))))
        for w, (title, _) in zip(widths, panels, strict=True)
    ]
    header = Text()
    for (title, _), w in zip(panels, widths, strict=True):
        header.append(shortened(printable(title), w).ljust(w + GAP), "bold")
    lines = [header]
    for row in range(max(map(len, drawn))):
        line = Text()
        for picture, w in zip(drawn, widths, strict=True):
            part = picture[row].copy() if row < len(picture) else Text()
            part.pad_right(w + GAP - len(part))
            line.append_text(part)
        lines.append(line)
    return lines


def contact_sheet(
    pictures: Sequence[tuple[str, NDArray[np.integer]]], width: int, *, colour: bool
) -> list[Text]:
    """Draw (name, pixels) pairs in as many rows as they need, small."""
    per_row = max(1, min(len(pictures), (width + GAP) // (16 + GAP)))
    columns = min(24, (width + GAP) // per_row - GAP)
    lines: list[Text] = []
    for start in range(0, len(pictures), per_row):
        row = list(pictures[start : start + per_row])
        lines += side_by_side(row, len(row) * (columns + GAP) - GAP, colour=colour)
        lines.append(Text())
    return lines[:-1]
