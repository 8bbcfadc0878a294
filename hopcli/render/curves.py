"""Charts in files, by matplotlib."""

import math
import re
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopcli.render.plots import BLUE, ORANGE, Location, draw_legend, sheet
from hopcli.render.scales import PATTERNS, Scale, Tick
from hopcli.render.series import Axis, Chart, Look, Mark, Series
from hopcli.render.text import printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis as MatplotlibAxis
    from matplotlib.figure import Figure

# Okabe and Ito's colours, without those of marks.
COLOURS = (BLUE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
# One more than colours, so that a colour that is used again has another marker.
MARKERS = "os^Dvp<"
GREY = "#777777"
DARK = "#333333"
# Dashes and gaps of the lines of marks, in points.
DASHES = ((5, 3), (1.5, 2), (7, 2, 1.5, 2), (10, 4))
SIZE = (10.0, 5.0)
# Share of an axis that is left free at either end.
MARGIN = 0.04
# Least length of an arrow down, as a factor of y.
ARROW = 2.0
# Length, in positions, by which a line continues below the axes.
DEEP = 1e3
TICKS = 8
# Characters of a line in the legend, of which a name takes at most three.
NAME_WIDTH = 34
# Largest number of characters of a label and of a title.
LABEL_WIDTH = 60
TITLE_WIDTH = 90


def curve_plot(stream: BinaryIO, kind: str, chart: Chart) -> None:
    """Plot a chart with a legend beside it.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        chart: the series and axes. On a logarithmic y axis a zero is an arrow down from the upper
            end of its interval.

    Raises:
        HopError: the kind is none of these, or matplotlib is not installed.
    """
    with sheet(stream, kind, SIZE) as figure:
        axes = figure.subplots()
        low, high = chart.y_range()
        if chart.zeros():
            low /= ARROW
        limits = _set_axes(axes, chart.x, chart.y, (chart.x_range(), (low, high)))
        for series, family in zip(chart.series, chart.families(), strict=True):
            _draw_series(axes, chart, series, family, limits[2])
        for mark, dashes in zip(chart.x.marks, DASHES * len(chart.x.marks), strict=False):
            _mark(axes, chart.x.scale, mark, dashes, upright=True)
        for mark, dashes in zip(chart.y.marks, DASHES * len(chart.y.marks), strict=False):
            _mark(axes, chart.y.scale, mark, dashes, upright=False)
        if chart.x.neurons is not None:
            _loads(axes, chart.x.neurons, limits[:2])
        finish(figure, axes, chart.title)


def _set_axes(
    axes: "Axes", x: Axis, y: Axis, ranges: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[float, float, float, float]:
    """Set labels and ticks of both axes; return the positions of their ends (x, x, y, y)."""
    ends: list[float] = []
    for axis, values, own in zip((x, y), ranges, (axes.xaxis, axes.yaxis), strict=True):
        begin, end = axis.scale.positions(values).tolist()
        margin = MARGIN * (end - begin) or 0.5
        begin, end = begin - margin, end + margin
        set_axis(own, axis, inside(axis.scale, values, (begin, end)), (begin, end))
        ends += [begin, end]
    # Lines that run further do not change these limits any more.
    axes.axis((ends[0], ends[1], ends[2], ends[3]))
    return ends[0], ends[1], ends[2], ends[3]


def inside(scale: Scale, values: tuple[float, float], ends: tuple[float, float]) -> list[Tick]:
    """Return ticks between two positions, at least two if there are that many."""
    found: list[Tick] = []
    for most in range(TICKS, 3 * TICKS):
        ticks = scale.ticks(*values, most)
        positions = scale.positions([t.value for t in ticks])
        found = [t for t, p in zip(ticks, positions, strict=True) if ends[0] <= p <= ends[1]]
        if len(found) > 1:
            break
    return found


def set_axis(
    own: "MatplotlibAxis", axis: Axis, ticks: Sequence[Tick], ends: tuple[float, float]
) -> None:
    """Set the label of an axis, these ticks, and small ones between them."""
    own.set_label_text(shortened(printable(axis.label), LABEL_WIDTH), parse_math=False)
    own.set_ticks(axis.scale.positions([t.value for t in ticks]).tolist(),
                  labels=[_typeset(t.label) for t in ticks])  # fmt: skip
    small = axis.scale.positions(axis.scale.minor(ticks))
    own.set_ticks(small[(small > ends[0]) & (small < ends[1])].tolist(), minor=True)


def _typeset(label: str) -> str:
    """Write a power as a formula: 2^50 with its exponent raised."""
    return re.sub(r"(\d+)\^(-?[\d.]+)", r"$\1^{\2}$", label)


def legend_name(name: str) -> str:
    """Wrap a name for the legend; "_nolegend_", which has no entry, if it is empty."""
    return fill(shortened(printable(name), 3 * NAME_WIDTH), NAME_WIDTH) or "_nolegend_"


def _draw_series(axes: "Axes", chart: Chart, series: Series, family: int, bottom: float) -> None:
    """Draw points with their intervals, or a line, in the family's colour."""
    colour, marker = COLOURS[family % len(COLOURS)], MARKERS[family % len(MARKERS)]
    x, y = chart.x.scale.positions(series.x), chart.y.scale.positions(series.y)
    name = legend_name(series.name)
    if series.look is not Look.POINTS:
        # A line towards a zero leaves the axes.
        y = np.maximum(y, bottom - DEEP)
        dashed = series.look is Look.DASHED
        axes.plot(x, y, color=colour, linewidth=1.6, linestyle=(0, (4, 2)) if dashed else "-",
                  label=name)  # fmt: skip
        return
    shown = np.isfinite(y)
    if series.low and series.high:
        low, high = (chart.y.scale.positions(v) for v in (series.low, series.high))
        low = np.maximum(low, bottom)
        axes.vlines(x[shown], low[shown], high[shown], color=colour, linewidth=1.2)
        limited = np.isneginf(y) & np.isfinite(high)
        if limited.any():
            _limits(axes, x[limited], high[limited], colour, bottom)
    (points,) = axes.plot(x[shown], y[shown], marker, color=colour, markersize=5.5, label=name,
                          zorder=3)  # fmt: skip
    # An empty series would still take part in the layout, at the figure's corner.
    points.set_in_layout(False)


def _limits(
    axes: "Axes", x: NDArray[np.float64], high: NDArray[np.float64], colour: str, bottom: float
) -> None:
    """Draw arrows from upper limits down to the bottom edge."""
    axes.vlines(x, bottom, high, color=colour, linewidth=1.2)
    axes.plot(x, high, "_", color=colour, markersize=8, mew=1.5)
    axes.plot(x, np.full(len(x), bottom), "v", color=colour, markersize=6, clip_on=False, zorder=4)


def _mark(
    axes: "Axes", scale: Scale, mark: Mark, dashes: tuple[float, ...], *, upright: bool
) -> None:
    """Draw a line across the axes, and a band if the mark has an interval."""
    across: Any = axes.axvline if upright else axes.axhline
    span: Any = axes.axvspan if upright else axes.axhspan
    at = float(scale.positions([mark.at])[0])
    if mark.low is not None and mark.high is not None:
        low, high = scale.positions([mark.low, mark.high]).tolist()
        span(low, high, color=ORANGE, alpha=0.25, linewidth=0, zorder=0)
    banded = mark.low is not None
    name = legend_name(mark.name)
    across(at, color=ORANGE if banded else GREY if upright else DARK, linewidth=1.3, label=name,
           linestyle="-" if banded else (0, dashes), zorder=1)  # fmt: skip


def _loads(axes: "Axes", neurons: int, ends: tuple[float, float]) -> None:
    """Draw the load K/N along the top of an axis of patterns."""
    begin, end = (log2_patterns - math.log2(neurons) for log2_patterns in ends)
    top = axes.twiny()
    top.spines["top"].set_visible(True)
    top.set_xlim(begin, end)
    load = Axis("load K/N", PATTERNS)
    set_axis(top.xaxis, load, inside(PATTERNS, (begin, end), (begin, end)), (begin, end))


def finish(
    figure: "Figure", axes: "Axes", title: str, location: Location = "outside right upper"
) -> None:
    """Draw the title, and the legend outside of the axes."""
    if title:
        axes.set_title(
            shortened(printable(title), TITLE_WIDTH), loc="left", parse_math=False, pad=10
        )
    if axes.get_legend_handles_labels()[1]:
        draw_legend(figure, location)
