"""Phase diagrams in terminals, drawn with colours, or with shades if there are none."""

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
# Number of shades in the legend, and columns of a cell if there is room.
BAR = 10
CELL = 2


def heat(diagram: PhaseDiagram, width: int) -> list[Text]:
    """Draw a phase diagram, a line of text for each row of cells and some around them.

    A cell is a shade whose foreground and background are the same: a terminal with colours shows
    the colour, one without (or NO_COLOR) the shade. Crosses mark the first line of the diagram.

    Args:
        diagram: what is shown; if not all columns fit, evenly spaced ones are.
        width: columns of the terminal.
    """
    numbers = [diagram.y.scale.label(v) for v in diagram.rows]
    margin = max(len(n) for n in numbers)
    room = max(1, width - margin - 1)
    chosen = _evenly(len(diagram.columns), room)
    labels = [diagram.x.scale.label(diagram.columns[c]) for c in chosen]
    # As wide as the numbers below, if there is room.
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
    """Choose all columns, or as many as there is room for, with the first and the last."""
    if count <= room:
        return list(range(count))
    return [round(i * (count - 1) / max(1, room - 1)) for i in range(room)]


def _cell(share: float, width: int, mark: str) -> Text:
    """Draw one cell, with a mark in its middle."""
    if np.isnan(share):
        ground, sign = Style(), UNKNOWN
    else:
        colour = colour_at(share)
        ground = Style(color=colour, bgcolor=colour)
        sign = SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
    text = Text(sign * width, ground)
    if not mark:
        return text
    # A foreground that is visible on the colour.
    ink = Style() if np.isnan(share) else ground + Style(color="black" if share > 0.5 else "white")
    middle = width // 2
    return text[:middle] + Text(mark, ink) + text[middle + 1 :]


def colour_at(share: float) -> str:
    """Interpolate the colours at a share of their range, as #rrggbb."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in VIRIDIS])
    at = np.linspace(0, 1, len(VIRIDIS))
    red, green, blue = (round(float(np.interp(share, at, part))) for part in anchors.T)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _crossed(diagram: PhaseDiagram) -> dict[int, int]:
    """Find the cells that the first line crosses: rows by column."""
    found: dict[int, int] = {}
    for series in diagram.lines[:1]:
        x, y = diagram.x.scale.positions(series.x), diagram.y.scale.positions(series.y)
        rows = diagram.y.scale.positions(diagram.rows)
        for column, position in enumerate(diagram.x.scale.positions(diagram.columns)):
            height = float(np.interp(position, x, y, left=np.nan, right=np.nan))
            row = _nearest(rows, height)
            if row is not None:
                found[column] = row
    return found


def _nearest(rows: NDArray[np.float64], height: float) -> int | None:
    """Return the row whose cell contains a position, if one does."""
    if not np.isfinite(height):
        return None
    row = int(np.argmin(abs(rows - height)))
    around = abs(np.diff(rows))[max(0, row - 1) : row + 1]
    return row if len(around) and abs(rows[row] - height) <= around.max() / 2 else None


def _numbers(labels: Sequence[str], cell: int) -> str:
    """Write the number of each column below its middle, if it does not touch the one before."""
    line = ""
    total = cell * len(labels)
    for k, label in enumerate(labels):
        start = max(0, min(k * cell + (cell - len(label)) // 2, total - len(label)))
        if not line or start > len(line):
            line = line.ljust(start) + label
    return line


def _legend(diagram: PhaseDiagram, crossed: bool, width: int) -> Iterator[Text]:
    """Yield the colours from the least value to the greatest, and the other signs."""
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
