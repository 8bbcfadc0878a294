"""Pictures side by side in a terminal, each below its title."""

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from hopcli.render.blocks import Pixels, draw
from hopcli.render.text import printable, shortened

GAP = 2
WIDEST = 40
NARROWEST = 8
SHEET_COLUMNS = 12


def side_by_side(panels: Sequence[tuple[str, Pixels]], width: int, *, colour: bool) -> list[Text]:
    """Draw (title, pixels) pairs side by side.

    Args:
        panels: pixels as `blocks.draw` takes them.
        width: columns of the terminal.
        colour: whether colours are shown.

    Returns:
        Lines of text; none if the terminal is too narrow.
    """
    columns = min(WIDEST, (width - GAP * (len(panels) - 1)) // len(panels))
    if columns < NARROWEST:
        return []
    drawn = [draw(pixels, columns, colour=colour) for _, pixels in panels]
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
    """Join parts to one line, in columns of these widths."""
    line = Text()
    for k, part in enumerate(parts):
        if k:
            line.append(" " * (sum(widths[:k]) + GAP * k - line.cell_len))
        line.append_text(part)
    return line


def contact_sheet(
    pictures: Sequence[tuple[str, Pixels]], width: int, *, colour: bool
) -> list[Text]:
    """Draw (name, pixels) pairs small, in as many rows as they need."""
    per_row = max(1, (width + GAP) // (SHEET_COLUMNS + GAP))
    columns = (width + GAP) // per_row - GAP
    lines: list[Text] = []
    for start in range(0, len(pictures), per_row):
        row = list(pictures[start : start + per_row])
        lines += side_by_side(row, len(row) * (columns + GAP) - GAP, colour=colour)
        lines.append(Text())
    return lines[:-1]
