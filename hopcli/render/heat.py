"""Phase diagrams drawn with characters: shades where there are no colours, else colours."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from hopcli.render.chart import flush_right, folded
from hopcli.render.phases import VIRIDIS, PhaseDiagram
from hopcli.render.text import printable, shortened

SHADES = " ░▒▓█"
UNKNOWN = "·"
CROSSED = "×"
# Shades in the legend's bar, and columns of a cell that has room.
BAR = 10
CELL = 2


def heat(diagram: PhaseDiagram, width: int) -> list[Text]:
    """Draw a phase diagram, a line of text for each row of cells and some around them.

    A cell is a shade whose ink has the colour of its ground: a terminal with colours shows the
    colour alone, one without (or NO_COLOR) the shade. Crosses are where theory's first line runs.

    Args:
        diagram: what is shown; of more columns than fit, evenly spaced ones.
        width: columns of the terminal.
    """
    numbers = [diagram.y.scale.label(v) for v in diagram.rows]
    margin = max(len(n) for n in numbers)
    room = max(1, width - margin - 1)
    chosen = _evenly(len(diagram.columns), room)
    labels = [diagram.x.scale.label(diagram.columns[c]) for c in chosen]
    # As wide as the numbers below, if all cells can be.
    cell = max(1, min(max(CELL, *(len(n) + 1 for n in labels)), room // len(chosen)))
    shares, crossed = diagram.shares(), _crossed(diagram)
    lines = [Text(shortened(printable(diagram.title), width), "bold")] if diagram.title else []
    lines.append(Text(shortened(printable(diagram.y.label), width)))
    for row in reversed(range(len(numbers))):
        line = Text(numbers[row].rjust(margin) + "┤")
        for column in chosen:
            mark = CROSSED if crossed.get(column) == row else ""
            line.append_text(_cell(float(shares[row, column]), cell, mark))
        lines.append(line)
    lines.append(Text(" " * margin + "└" + "─" * (cell * len(chosen))))
    lines.append(Text(" " * (margin + 1) + _numbers(labels, cell)))
    end = margin + 1 + cell * len(chosen)
    lines.append(flush_right(diagram.x.label, min(width, max(end, len(diagram.x.label)))))
    return lines + folded(list(_legend(diagram, bool(crossed), width)), width)


def _evenly(count: int, room: int) -> list[int]:
    """Indices of all columns, or of as many as there is room for, the first and the last too."""
    if count <= room:
        return list(range(count))
    return [round(i * (count - 1) / max(1, room - 1)) for i in range(room)]


def _cell(share: float, width: int, mark: str) -> Text:
    """One cell; a mark in its middle."""
    if np.isnan(share):
        ground, sign = Style(), UNKNOWN
    else:
        colour = colour_at(share)
        ground = Style(color=colour, bgcolor=colour)
        sign = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
    text = Text(sign * width, ground)
    if not mark:
        return text
    # Ink that stands out from the colour.
    ink = Style() if np.isnan(share) else ground + Style(color="black" if share > 0.5 else "white")
    middle = width // 2
    return text[:middle] + Text(mark, ink) + text[middle + 1 :]


def colour_at(share: float) -> str:
    """The colour so far along the nine, as #rrggbb."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in VIRIDIS])
    at = np.linspace(0, 1, len(VIRIDIS))
    red, green, blue = (round(float(np.interp(share, at, part))) for part in anchors.T)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _crossed(diagram: PhaseDiagram) -> dict[int, int]:
    """By column, the row of the cell through whose middle theory's first line runs."""
    found: dict[int, int] = {}
    for series in diagram.lines[:1]:
        x, y = diagram.x.scale.places(series.x), diagram.y.scale.places(series.y)
        rows = diagram.y.scale.places(diagram.rows)
        for column, place in enumerate(diagram.x.scale.places(diagram.columns)):
            height = float(np.interp(place, x, y, left=np.nan, right=np.nan))
            row = _nearest(rows, height)
            if row is not None:
                found[column] = row
    return found


def _nearest(rows: NDArray[np.float64], height: float) -> int | None:
    """The row whose cell holds a place, if one does."""
    if not np.isfinite(height):
        return None
    row = int(np.argmin(abs(rows - height)))
    around = abs(np.diff(rows))[max(0, row - 1) : row + 1]
    return row if len(around) and abs(rows[row] - height) <= around.max() / 2 else None


def _numbers(labels: Sequence[str], cell: int) -> str:
    """Each column's number under its middle, where it does not touch the one before."""
    line = ""
    total = cell * len(labels)
    for place, label in enumerate(labels):
        start = max(0, min(place * cell + (cell - len(label)) // 2, total - len(label)))
        if not line or start > len(line):
            line = line.ljust(start) + label
    return line


def _legend(diagram: PhaseDiagram, crossed: bool, width: int) -> Iterator[Text]:
    """The colours from their lowest value to their highest, and the other signs."""
    label = printable(diagram.colour.label)
    low, high = (diagram.colour.scale.label(v) for v in diagram.colour_range())
    bar = [_cell(i / (BAR - 1), 1, "") for i in range(BAR)]
    colours = Text.assemble("≤ " if diagram.beyond() else "", f"{low} ", *bar, f" {high}")
    if len(label) + 1 + colours.cell_len <= width:
        yield Text(f"{label} ") + colours
    else:
        yield from (Text(label), colours)
    if np.isnan(diagram.values).any():
        yield Text(f"{UNKNOWN} not measured")
    if crossed:
        yield Text(f"{CROSSED} {printable(diagram.lines[0].name)}")
