"""What a chart shows, for the terminal (chart.py) and for files (curves.py) alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from hopcli.render.scales import LINEAR, LOG, Scale

# How far below the least measured share, as a factor, a logarithmic axis goes on: a theory's curve
# may fall to 1e-300, and the interval of a rare error reaches nearly to zero.
BELOW = 4.0
# The same below the highest value, where nothing was measured.
FALL = 1e6


class Look(Enum):
    """How a series is drawn."""

    POINTS = "points"
    LINE = "line"
    DASHED = "dashed line"


@dataclass(frozen=True)
class Series:
    """Values over an axis.

    Attributes:
        name: for the legend; empty for none.
        x: n places, rising.
        y: n values; NaN where unknown.
        low: n lower ends of their intervals, or none.
        high: n upper ends, or none. A point without a place (zero on a logarithmic axis) is
            shown as lying below its upper end.
        look: points or a line.
        family: series of one number have one colour; its own if None.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    look: Look = Look.POINTS
    family: int | None = None


@dataclass(frozen=True)
class Mark:
    """A line across the chart at one value of an axis, with a band if the value has an interval."""

    name: str
    at: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Second:
    """Another reading of an axis: its numbers divided by a unit, as the load is K over N."""

    label: str
    unit: float


@dataclass(frozen=True)
class Axis:
    """One axis of a chart.

    Attributes:
        label: what it shows.
        scale: how values are placed.
        marks: lines across the chart.
        bounds: the least and the greatest value to show; those of the data if None.
        second: another reading, which a file's x axis bears at the top.
    """

    label: str
    scale: Scale = LINEAR
    marks: tuple[Mark, ...] = ()
    bounds: tuple[float, float] | None = None
    second: Second | None = None


@dataclass(frozen=True)
class Chart:
    """Series over the same two axes."""

    series: Sequence[Series]
    x: Axis
    y: Axis
    title: str = ""

    def families(self) -> list[int]:
        """The number of each series' colour, in order of appearance."""
        keys = [s.family if s.family is not None else f"own {i}" for i, s in enumerate(self.series)]
        order = list(dict.fromkeys(keys))
        return [order.index(key) for key in keys]

    def zeros(self) -> bool:
        """Whether a point lies at a zero for which a logarithmic axis has no place."""
        points = [s for s in self.series if s.look is Look.POINTS]
        return self.y.scale is LOG and any(v == 0 for s in points for v in s.y)

    def x_range(self) -> tuple[float, float]:
        """The least and the greatest x."""
        return _range(self.x, [v for s in self.series for v in s.x])

    def y_range(self) -> tuple[float, float]:
        """The least and the greatest y, of lines and intervals only what lies near the points."""
        values = [v for s in self.series for v in (*s.y, *s.low, *s.high)]
        if self.y.scale is not LOG:
            return _range(self.y, values)
        positive = [v for v in values if v > 0]
        measured = [v for s in self.series if s.look is Look.POINTS for v in _least(s)]
        measured += [mark.at for mark in self.y.marks]
        floor = min(measured) / BELOW if measured else max(positive, default=1.0) / FALL
        return _range(self.y, [v for v in positive if v >= floor])


def _least(series: Series) -> Iterator[float]:
    """The positive values, and where there is none the positive upper end of its interval."""
    for k, value in enumerate(series.y):
        if value > 0:
            yield value
        elif series.high and series.high[k] > 0:
            yield series.high[k]


def _range(axis: Axis, values: Iterable[float]) -> tuple[float, float]:
    """The least and the greatest of the values and marks that have a place."""
    if axis.bounds is not None:
        return axis.bounds
    marks = [v for m in axis.marks for v in (m.at, m.low, m.high) if v is not None]
    both = np.array([*values, *marks], dtype=np.float64)
    placed = both[np.isfinite(axis.scale.places(both.tolist()))]
    if not len(placed):
        return (0.1, 1.0)
    return float(placed.min()), float(placed.max())
