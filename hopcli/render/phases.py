"""Phase diagrams, a value over two swept quantities, in files (heat.py: in terminals)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopcli.render.curves import LABEL_WIDTH, SIZE, finish, inside, legend_name, set_ticks
from hopcli.render.plots import sheet
from hopcli.render.scales import Scale, Tick
from hopcli.render.series import Axis, Look, Series
from hopcli.render.text import printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Nine colours of matplotlib's viridis (public domain), in which equal steps look equal, to
# colour-blind people too.
VIRIDIS = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
    "#fde725",
)  # fmt: skip
UNMEASURED = "#dddddd"
# More cells than these are an image in a drawing of lines.
VECTORS = 10_000
# Cells of at least this share of an axis are labelled each.
APART_X, APART_Y = 0.09, 0.06


@dataclass(frozen=True)
class PhaseDiagram:
    """A value over two swept quantities.

    Attributes:
        columns: w values of x, rising.
        rows: h values of y, rising.
        values: float64 (h, w), NaN where unknown.
        x: the axis of the columns.
        y: the axis of the rows.
        colour: the axis of the values.
        lines: theory's, drawn over the cells.
        title: above all.
    """

    columns: Sequence[float]
    rows: Sequence[float]
    values: NDArray[np.float64]
    x: Axis
    y: Axis
    colour: Axis
    lines: Sequence[Series] = ()
    title: str = ""

    def colour_range(self) -> tuple[float, float]:
        """The values at the two ends of the colours."""
        if self.colour.bounds is not None:
            return self.colour.bounds
        flat = self.values.ravel()
        placed = flat[np.isfinite(self.colour.scale.places(flat.tolist()))]
        return (float(placed.min()), float(placed.max())) if len(placed) else (0.1, 1.0)

    def beyond(self) -> bool:
        """Whether there are zeros, for which a logarithm has no place."""
        flat = self.values.ravel().tolist()
        return bool(np.isneginf(self.colour.scale.places(flat)).any())

    def shares(self) -> NDArray[np.float64]:
        """How far along the colours each value lies, in [0, 1], shape (h, w), NaN where unknown."""
        low, high = self.colour.scale.places(self.colour_range()).tolist()
        flat = self.values.ravel().tolist()
        places = self.colour.scale.places(flat).reshape(self.values.shape)
        if low == high:
            # Neither end of the colours says more than the other.
            return np.where(np.isnan(places), np.nan, 0.5)
        return np.clip((places - low) / (high - low), 0, 1)


def phase_plot(stream: BinaryIO, kind: str, diagram: PhaseDiagram) -> None:
    """Plot a phase diagram, with a bar of its colours.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        diagram: what is shown; the axes bear the cells' own values where there is room for all.

    Raises:
        HopError: the kind is none of these, or matplotlib is not installed.
    """
    with sheet(stream, kind, SIZE) as figure:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        axes.set_facecolor(UNMEASURED)
        across = _edges(diagram.x.scale, diagram.columns)
        up = _edges(diagram.y.scale, diagram.rows)
        low, high = diagram.colour_range()
        begin, end = diagram.colour.scale.places([low, high]).tolist()
        if begin == end:
            begin, end = begin - 0.5, end + 0.5
        mesh = axes.pcolormesh(across, up, begin + diagram.shares() * (end - begin), vmin=begin,
                               vmax=end, cmap=LinearSegmentedColormap.from_list("share", VIRIDIS),
                               edgecolors="face", linewidth=0.4,
                               rasterized=diagram.values.size > VECTORS)  # fmt: skip
        for axis, own, values, edges, apart in (
            (diagram.x, axes.xaxis, diagram.columns, across, APART_X),
            (diagram.y, axes.yaxis, diagram.rows, up, APART_Y),
        ):
            own.set_label_text(shortened(printable(axis.label), LABEL_WIDTH), parse_math=False)
            set_ticks(own, axis.scale, _cell_ticks(axis.scale, values, edges, apart),
                      (float(edges[0]), float(edges[-1])))  # fmt: skip
        axes.axis((float(across[0]), float(across[-1]), float(up[0]), float(up[-1])))
        _draw_lines(axes, diagram)
        if np.isnan(diagram.values).any():
            axes.fill([], [], color=UNMEASURED, label="not measured")
        extend = "min" if diagram.beyond() else "neither"
        bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=30, extend=extend)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        bar.set_label(shortened(printable(diagram.colour.label), LABEL_WIDTH), parse_math=False)
        ticks = inside(diagram.colour.scale, (low, high), (begin, end))
        set_ticks(bar.ax.yaxis, diagram.colour.scale, ticks, (begin, end))
        finish(figure, axes, diagram.title, "outside upper right")


def _edges(scale: Scale, values: Sequence[float]) -> NDArray[np.float64]:
    """Places of the edges of cells: midway between their values, (n + 1,)."""
    places = scale.places(values)
    if len(places) == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    between = (places[:-1] + places[1:]) / 2
    return np.array([2 * places[0] - between[0], *between, 2 * places[-1] - between[-1]])


def _cell_ticks(
    scale: Scale, values: Sequence[float], edges: NDArray[np.float64], apart: float
) -> list[Tick]:
    """The cells' own values, or round ones where those would stand too close."""
    places = scale.places(values)
    if np.diff(places).min(initial=np.inf) >= apart * (edges[-1] - edges[0]):
        return [Tick(v, scale.label(v)) for v in values]
    return inside(scale, (values[0], values[-1]), (float(edges[0]), float(edges[-1])))


def _draw_lines(axes: "Axes", diagram: PhaseDiagram) -> None:
    """White lines with a dark border, which stand out from every colour."""
    from matplotlib.patheffects import Normal, Stroke

    for series in diagram.lines:
        dashes = (0, (4, 2)) if series.look is Look.DASHED else "-"
        axes.plot(
            diagram.x.scale.places(series.x), diagram.y.scale.places(series.y), color="white",
            linewidth=2, linestyle=dashes, label=legend_name(series.name),
            path_effects=[Stroke(linewidth=4, foreground="#222222"), Normal()],
        )  # fmt: skip
