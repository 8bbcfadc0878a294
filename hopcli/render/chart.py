"""Charts drawn with characters: points as signs, lines as braille dots, axes with round numbers."""

from collections.abc import Iterator, Sequence

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from hopcli.render.cells import Cells, dash_sample
from hopcli.render.scales import Tick
from hopcli.render.series import Axis, Chart, Look, Series
from hopcli.render.text import printable, shortened

SIGNS = "●■▲◆○□△◇"
STYLES = ("blue", "green", "magenta", "yellow", "cyan", "red")
# Dots drawn of each period, and the period, so that lines differ without colours too.
DASHES = ((1, 1), (1, 3), (3, 5), (1, 6))
DASHED = (4, 6)
BAR, LIMIT, UPRIGHT, ACROSS, BAND = "│", "↓", "┊", "╌", "░"
FAINT = "bright_black"
TAGS = "abcdefghijklmnopqrstuvwxyz"
# Columns between two numbers of the x axis, and rows for each number of the y axis.
GAP = 3
TICK_ROWS = 3
# Least number of columns of the drawing.
NARROWEST = 4


def chart(shown: Chart, width: int, height: int = 16) -> list[Text]:
    """Draw a chart, a line of text for each row.

    Args:
        shown: the series and axes. On a logarithmic y axis a zero is an arrow down from the upper
            end of its interval, or on the axis if it has none.
        width: largest number of columns of a line.
        height: rows of the drawing itself, without title, axes and legend.
    """
    rows = max(2, height)
    y_ticks = shown.y.scale.ticks(*shown.y_range(), rows // TICK_ROWS + 1)
    margin = max(len(tick.label) for tick in y_ticks)
    if width - margin - 1 < NARROWEST:
        margin = 0
    columns = max(NARROWEST, width - margin - 1)
    x_ticks = _x_ticks(shown, columns)
    cells = Cells(columns, rows, _ends(shown.x, x_ticks), _ends(shown.y, y_ticks))
    _draw_marks(cells, shown)
    _draw_series(cells, shown)
    lines = [Text(shortened(printable(shown.title), width), "bold")] if shown.title else []
    lines.append(Text(shortened(printable(shown.y.label), width)))
    if shown.x.marks:
        lines.append(Text(" " * (margin + 1) + _tags(cells, shown.x)))
    numbers = {cells.row(p): t.label for t, p in _positioned(shown.y, y_ticks)}
    for row, drawn in enumerate(cells.lines()):
        number = numbers.get(row, "").rjust(margin) if margin else ""
        lines.append(Text(number + ("┤" if row in numbers else "│")) + drawn)
    positions = [(cells.column(p), t.label) for t, p in _positioned(shown.x, x_ticks)]
    lines += _x_axis(positions, margin, columns)
    lines.append(flush_right(shown.x.label, min(width, margin + 1 + columns)))
    return lines + folded(list(_legend(shown)), width)


def _x_ticks(shown: Chart, columns: int) -> list[Tick]:
    """Return as many ticks as have room for their numbers."""
    low, high = shown.x_range()
    for most in range(columns // (GAP + 1), 2, -1):
        ticks = shown.x.scale.ticks(low, high, most)
        placed = shown.x.scale.positions([t.value for t in ticks])
        steps = np.diff(placed) * (columns - 1) / max(placed[-1] - placed[0], 1e-300)
        if all(len(t.label) + GAP <= step for t, step in zip(ticks[1:], steps, strict=True)):
            return ticks
    return shown.x.scale.ticks(low, high, 3)


def _ends(axis: Axis, ticks: Sequence[Tick]) -> tuple[float, float]:
    """Return positions of the outermost ticks, or an interval around a single one."""
    positions = axis.scale.positions([t.value for t in ticks])
    if len(positions) == 1:
        return float(positions[0] - 0.5), float(positions[0] + 0.5)
    return float(positions[0]), float(positions[-1])


def _positioned(axis: Axis, ticks: Sequence[Tick]) -> list[tuple[Tick, float]]:
    positions = axis.scale.positions([t.value for t in ticks]).tolist()
    return list(zip(ticks, positions, strict=True))


def _draw_marks(cells: Cells, shown: Chart) -> None:
    """Draw bands and lines across."""
    for mark in shown.x.marks:
        known = [v for v in (mark.low, mark.high) if v is not None]
        edges = [cells.column(p) for p in shown.x.scale.positions([*known, mark.at])]
        at = edges[-1]
        for row in range(cells.rows):
            for column in range(min(edges), max(edges) + 1):
                cells.put(row, column, UPRIGHT if column == at else BAND, FAINT)
    for mark in shown.y.marks:
        row = cells.row(float(shown.y.scale.positions([mark.at])[0]))
        for column in range(cells.columns):
            cells.put(row, column, ACROSS, FAINT)


def _draw_series(cells: Cells, shown: Chart) -> None:
    """Draw lines, then points over them."""
    looks = list(zip(shown.series, shown.families(), _dashes(shown.series), strict=True))
    for series, family, dashes in looks:
        if series.look is not Look.POINTS:
            x, y = shown.x.scale.positions(series.x), shown.y.scale.positions(series.y)
            known = ~(np.isnan(x) | np.isnan(y))
            if known.any():
                cells.line(x[known], y[known], dashes, _style(family))
    for series, family, _ in looks:
        if series.look is Look.POINTS:
            _draw_points(cells, shown, series, family)


def _style(family: int) -> str:
    return STYLES[family % len(STYLES)]


def _dashes(all_series: Sequence[Series]) -> list[tuple[int, int]]:
    """Choose the dashes of each line; lines that belong to points all have the same."""
    found, lines = [], 0
    for series in all_series:
        found.append(DASHED if series.look is Look.DASHED else DASHES[lines % len(DASHES)])
        lines += series.look is Look.LINE and series.family is None
    return found


def _draw_points(cells: Cells, shown: Chart, series: Series, family: int) -> None:
    """Draw points over the bars of their intervals, and arrows for upper limits."""
    x, y = shown.x.scale.positions(series.x), shown.y.scale.positions(series.y)
    bars = bool(series.low and series.high)
    lows = shown.y.scale.positions(series.low if bars else series.y)
    highs = shown.y.scale.positions(series.high if bars else series.y)
    for at, value, low, high in zip(x, y, lows, highs, strict=True):
        if np.isnan(at) or np.isnan(value):
            continue
        column = cells.column(at)
        if np.isneginf(value):
            row = cells.row(high) if np.isfinite(high) else cells.rows - 1
            cells.put(row, column, LIMIT, _style(family))
            continue
        for row in range(cells.row(high), cells.row(low) + 1):
            cells.put(row, column, BAR, _style(family))
    for at, value in zip(x, y, strict=True):
        if np.isfinite(at) and np.isfinite(value):
            sign = SIGNS[family % len(SIGNS)]
            cells.put(cells.row(value), cells.column(at), sign, _style(family))


def _tags(cells: Cells, axis: Axis) -> str:
    """Write a letter above each vertical mark, or beside it if that column is taken."""
    line = [" "] * cells.columns
    for tag, mark in zip(TAGS, axis.marks, strict=False):
        at = cells.column(float(axis.scale.positions([mark.at])[0]))
        free = [c for c in range(cells.columns) if line[c] == " "]
        if free:
            line[min(free, key=lambda c: (abs(c - at), -c))] = tag
    return "".join(line)


def _x_axis(positions: Sequence[tuple[int, str]], margin: int, columns: int) -> list[Text]:
    """Draw the axis with its ticks, and the numbers that fit: the outermost first."""
    at = {column for column, _ in positions}
    axis = "".join("┬" if c in at else "─" for c in range(columns))
    numbers = [" "] * (margin + 1 + columns)
    for column, label in (positions[0], *positions[:0:-1]):
        start = margin + 1 + column - len(label) // 2
        start = max(0, min(start, len(numbers) - len(label)))
        around = numbers[max(0, start - 1) : start + len(label) + 1]
        if not "".join(around).strip() and len(label) <= len(numbers):
            numbers[start : start + len(label)] = label
    return [Text(" " * margin + "└" + axis), Text("".join(numbers).rstrip())]


def _legend(shown: Chart) -> Iterator[Text]:
    """Yield an entry for each sign."""
    looks = zip(shown.series, shown.families(), _dashes(shown.series), strict=True)
    for series, family, dashes in looks:
        points = series.look is Look.POINTS
        if series.name:
            sign = SIGNS[family % len(SIGNS)] if points else dash_sample(dashes)
            yield Text.assemble((sign, _style(family)), " ", printable(series.name))
        if points and np.isneginf(shown.y.scale.positions(series.y)).any():
            yield Text.assemble((LIMIT, _style(family)), " zero, at most this")
    for mark in shown.y.marks:
        yield Text.assemble((ACROSS, FAINT), " ", printable(mark.name))
    for tag, mark in zip(TAGS, shown.x.marks, strict=False):
        yield Text.assemble(tag, (UPRIGHT, FAINT), " ", printable(mark.name))


def flush_right(label: str, end: int) -> Text:
    """Align a label to end at a column; the middle of a longer one is left out."""
    shown = shortened(printable(label), end)
    return Text(" " * (end - cell_len(shown)) + shown)


def folded(entries: Sequence[Text], width: int) -> list[Text]:
    """Put entries side by side in as many lines as needed; the middle of a long one is left out."""
    lines: list[Text] = []
    for entry in entries:
        if entry.cell_len > width:
            entry = Text(shortened(entry.plain, width))
        if lines and lines[-1].cell_len + 3 + entry.cell_len <= width:
            lines[-1] = lines[-1] + Text("   ") + entry
        else:
            lines.append(entry)
    return lines
