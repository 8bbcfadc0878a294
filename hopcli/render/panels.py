"""Pictures side by side, each under its name."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from hopcli.render.blocks import Canvas, Pixels, draw
from hopcli.render.text import printable, shortened

GAP = 2
WIDEST = 40
NARROWEST = 8
SHEET_COLUMNS = 12


def side_by_side(panels: Sequence[tuple[str, Pixels]], width: int, *, colour: bool) -> list[Text]:
    """Draw (title, pixels) pairs next to each other in so many columns; nothing if too narrow."""
    columns = min(WIDEST, (width - GAP * (len(panels) - 1)) // len(panels))
    if columns < NARROWEST:
        return []
    drawn = [draw(pixels, Canvas(columns, colour)) for _, pixels in panels]
    widths = [len(lines[0]) for lines in drawn]
    # A title may be wider than a small picture.
    widths = [
        max(w, min(columns, cell_len(printable(title))))
        for w, (title, _) in zip(widths, panels, strict=True)
    ]
    titles = [
        Text(shortened(printable(title), w), "bold")
        for (title, _), w in zip(panels, widths, strict=True)
    ]
    rows = [titles, *zip_longest(*drawn, fillvalue=Text())]
    return [joined(row, widths) for row in rows]


def joined(parts: Sequence[Text], widths: Sequence[int]) -> Text:
    """One line of parts in columns of these widths, nothing behind the last."""
    line = Text()
    for place, part in enumerate(parts):
        if place:
            line.append(" " * (sum(widths[:place]) + GAP * place - line.cell_len))
        line.append_text(part)
    return line


def contact_sheet(
    pictures: Sequence[tuple[str, Pixels]], width: int, *, colour: bool
) -> list[Text]:
    """Draw (name, pixels) pairs in as many rows as they need, small."""
    per_row = max(1, (width + GAP) // (SHEET_COLUMNS + GAP))
    columns = (width + GAP) // per_row - GAP
    lines: list[Text] = []
    for start in range(0, len(pictures), per_row):
        row = list(pictures[start : start + per_row])
        lines += side_by_side(row, len(row) * (columns + GAP) - GAP, colour=colour)
        lines.append(Text())
    return lines[:-1]
