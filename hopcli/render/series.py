"""Data of charts, for terminals (chart.py) and files (curves.py)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from hopcli.render.scales import LINEAR, LOG, Scale

# How far a logarithmic axis extends below the least measured value, as a factor: a curve of theory
# may fall to 1e-300, and the interval of a rare error reaches nearly to zero.
BELOW = 4.0
# The same below the largest value, if nothing was measured.
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
        x: n increasing values.
        y: n values; NaN where unknown.
        low: n lower ends of their intervals, or none.
        high: n upper ends, or none. A point without a position (zero on a logarithmic axis) is
            shown as an upper limit.
        look: points or a line.
        family: series of the same number share a colour; None for a colour of its own.
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
class Axis:
    """One axis of a chart.

    Attributes:
        label: name of the quantity.
        scale: positions of values.
        marks: lines across the chart.
        bounds: the least and the greatest value to show; those of the data if None.
        neurons: N, if plots in files show the load K/N at the top of an axis of patterns.
    """

    label: str
    scale: Scale = LINEAR
    marks: tuple[Mark, ...] = ()
    bounds: tuple[float, float] | None = None
    neurons: int | None = None


@dataclass(frozen=True)
class Chart:
    """Series over the same two axes."""

    series: Sequence[Series]
    x: Axis
    y: Axis
    title: str = ""

    def families(self) -> list[int]:
        """Return the number of each series' colour, in order of appearance."""
        keys = [s.family if s.family is not None else f"own {i}" for i, s in enumerate(self.series)]
        order = list(dict.fromkeys(keys))
        return [order.index(key) for key in keys]

    def zeros(self) -> bool:
        """Tell whether a point is zero on a logarithmic axis."""
        points = [s for s in self.series if s.look is Look.POINTS]
        return self.y.scale is LOG and any(v == 0 for s in points for v in s.y)

    def x_range(self) -> tuple[float, float]:
        """Return the least and the greatest x."""
        return _range(self.x, [v for s in self.series for v in s.x])

    def y_range(self) -> tuple[float, float]:
        """Return the least and the greatest y, without lines and intervals far below the points."""
        values = [v for s in self.series for v in (*s.y, *s.low, *s.high)]
        if self.y.scale is not LOG:
            return _range(self.y, values)
        positive = [v for v in values if v > 0]
        measured = [v for s in self.series if s.look is Look.POINTS for v in _least(s)]
        measured += [mark.at for mark in self.y.marks]
        floor = min(measured) / BELOW if measured else max(positive, default=1.0) / FALL
        return _range(self.y, [v for v in positive if v >= floor])


def _least(series: Series) -> Iterator[float]:
    """Yield positive values, and for others the upper ends of their intervals, if positive."""
    for k, value in enumerate(series.y):
        if value > 0:
            yield value
        elif series.high and series.high[k] > 0:
            yield series.high[k]


def _range(axis: Axis, values: Iterable[float]) -> tuple[float, float]:
    """Return the least and the greatest of the values and marks that have a position."""
    if axis.bounds is not None:
        return axis.bounds
    marks = [v for m in axis.marks for v in (m.at, m.low, m.high) if v is not None]
    both = np.array([*values, *marks], dtype=np.float64)
    placed = both[np.isfinite(axis.scale.positions(both.tolist()))]
    if not len(placed):
        return (0.1, 1.0)
    return float(placed.min()), float(placed.max())
