"""A grid of characters on which signs and braille dots are drawn by coordinates."""

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

# A braille cell is two dots wide and four high; the bit of each dot, row by row.
BRAILLE = 0x2800
# Bound on coordinates outside of the drawing, in units of its height.
FAR = 1e3
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


class Cells:
    """Rows and columns of characters; a later sign replaces an earlier one."""

    def __init__(
        self, columns: int, rows: int, x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        """Make an empty grid.

        Args:
            columns: at least 1.
            rows: at least 1.
            x: coordinates of the left and the right edge.
            y: coordinates of the bottom and the top edge.
        """
        self.columns, self.rows = columns, rows
        self._x, self._y = x, y
        self._shown: dict[tuple[int, int], tuple[str, str]] = {}

    def column(self, x: float) -> int:
        """Return the column of a coordinate, or the nearest one if it lies outside."""
        return self._dot(x, self._x, 2 * self.columns) // 2

    def row(self, y: float) -> int:
        """Return the row of a coordinate, counted from the top."""
        return (4 * self.rows - 1 - self._dot(y, self._y, 4 * self.rows)) // 4

    def _dot(self, coordinate: float, ends: tuple[float, float], dots: int) -> int:
        share = (coordinate - ends[0]) / (ends[1] - ends[0])
        return round(min(max(share, 0.0), 1.0) * (dots - 1))

    def put(self, row: int, column: int, sign: str, style: str) -> None:
        """Draw one sign."""
        self._shown[row, column] = (sign, style)

    def line(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        dashes: tuple[int, int],
        style: str,
    ) -> None:
        """Draw a line of dots.

        Args:
            x: increasing coordinates.
            y: coordinates, which may be infinite.
            dashes: how many dots of each period are drawn, and the period.
            style: a style of Rich.
        """
        drawn, period = dashes
        lowest = 4 * self.rows
        first, last = (self._dot(p, self._x, 2 * self.columns) for p in (x[0], x[-1]))
        rulers = np.linspace(*self._x, 2 * self.columns)
        # Infinite coordinates could not be interpolated.
        share = np.clip((y - self._y[0]) / (self._y[1] - self._y[0]), -FAR, FAR)
        share = share[:1] if first == last else np.interp(rulers[first : last + 1], x, share)
        # What lies beyond the edges is put in a row above or below, which is not shown.
        ends = np.clip(np.rint((1 - share) * (lowest - 1)), -1, lowest).astype(int)
        before = ends[0]
        for column, end in enumerate(ends, start=first):
            if column % period < drawn:
                # A steep line has no gaps: it continues from the neighbouring dot.
                step = 1 if before < end else -1
                for dot in range(before + step, end, step) if before != end else ():
                    self._add(dot, column, style)
                self._add(end, column, style)
            before = end

    def _add(self, row: int, column: int, style: str) -> None:
        """Add a dot to the cell that contains it."""
        if not 0 <= row < 4 * self.rows:
            return
        cell = (row // 4, column // 2)
        sign = self._shown.get(cell, ("", ""))[0]
        old = ord(sign) if sign and BRAILLE <= ord(sign) < BRAILLE + 256 else BRAILLE
        self.put(*cell, chr(old | DOTS[row % 4][column % 2]), style)

    def lines(self) -> list[Text]:
        """Return the drawing, a text for each row."""
        drawn = []
        for row in range(self.rows):
            text = Text()
            for column in range(self.columns):
                text.append(*self._shown.get((row, column), (" ", "")))
            drawn.append(text)
        return drawn


def dash_sample(dashes: tuple[int, int]) -> str:
    """Draw three cells of a line, for a legend."""
    drawn, period = dashes
    row = DOTS[2]
    cells = [sum(row[d] for d in (0, 1) if (2 * c + d) % period < drawn) for c in range(3)]
    return "".join(chr(BRAILLE + bits) for bits in cells)
