"""Phase diagrams: a value over two swept quantities, drawn in files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopcli.render.curves import SIZE, finish, inside, legend_name, set_axis
from hopcli.render.plots import sheet
from hopcli.render.scales import Scale, Tick
from hopcli.render.series import Axis, Look, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Nine colours of matplotlib's viridis (public domain), which is perceptually uniform, with colour
# blindness too.
VIRIDIS = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
    "#fde725",
)  # fmt: skip
UNMEASURED = "#dddddd"
# More cells than these are stored as an image in vector files.
VECTORS = 10_000
# Each cell is labelled if it takes at least this share of an axis.
APART_X, APART_Y = 0.09, 0.06


@dataclass(frozen=True)
class PhaseDiagram:
    """A value over two swept quantities.

    Attributes:
        columns: w increasing values of x.
        rows: h increasing values of y.
        values: float64 (h, w), NaN where unknown.
        x: the axis of the columns.
        y: the axis of the rows.
        colour: the axis of the values.
        lines: drawn over the cells, such as those of theory.
        title: shown above.
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
        """Return the values at the two ends of the colours."""
        if self.colour.bounds is not None:
            return self.colour.bounds
        flat = self.values.ravel()
        placed = flat[np.isfinite(self.colour.scale.positions(flat.tolist()))]
        return (float(placed.min()), float(placed.max())) if len(placed) else (0.1, 1.0)

    def beyond(self) -> bool:
        """Tell whether there are zeros, which have no position on a logarithmic scale."""
        flat = self.values.ravel().tolist()
        return bool(np.isneginf(self.colour.scale.positions(flat)).any())

    def shares(self) -> NDArray[np.float64]:
        """Return positions along the colours, in [0, 1], shape (h, w), NaN where unknown."""
        low, high = self.colour.scale.positions(self.colour_range()).tolist()
        flat = self.values.ravel().tolist()
        positions = self.colour.scale.positions(flat).reshape(self.values.shape)
        if low == high:
            # All values are the same: they get the middle of the colours.
            return np.where(np.isnan(positions), np.nan, 0.5)
        return np.clip((positions - low) / (high - low), 0, 1)


def phase_plot(stream: BinaryIO, kind: str, diagram: PhaseDiagram) -> None:
    """Plot a phase diagram with a colour bar.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        diagram: what is shown; the axes show the cells' own values if there is room for all.

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
        begin, end = diagram.colour.scale.positions([low, high]).tolist()
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
            ticks = _cell_ticks(axis.scale, values, edges, apart)
            set_axis(own, axis, ticks, (float(edges[0]), float(edges[-1])))
        axes.axis((float(across[0]), float(across[-1]), float(up[0]), float(up[-1])))
        _draw_lines(axes, diagram)
        if np.isnan(diagram.values).any():
            axes.fill([], [], color=UNMEASURED, label="not measured")
        extend = "min" if diagram.beyond() else "neither"
        bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=30, extend=extend)
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
        ticks = inside(diagram.colour.scale, (low, high), (begin, end))
        set_axis(bar.ax.yaxis, diagram.colour, ticks, (begin, end))
        finish(figure, axes, diagram.title, "outside upper right")


def _edges(scale: Scale, values: Sequence[float]) -> NDArray[np.float64]:
    """Return positions of the edges of cells, midway between their values, (n + 1,)."""
    positions = scale.positions(values)
    if len(positions) == 1:
        return np.array([positions[0] - 0.5, positions[0] + 0.5])
    between = (positions[:-1] + positions[1:]) / 2
    return np.array([2 * positions[0] - between[0], *between, 2 * positions[-1] - between[-1]])


def _cell_ticks(
    scale: Scale, values: Sequence[float], edges: NDArray[np.float64], apart: float
) -> list[Tick]:
    """Return the cells' own values as ticks, or round ones if those would be too close."""
    positions = scale.positions(values)
    if np.diff(positions).min(initial=np.inf) >= apart * (edges[-1] - edges[0]):
        return [Tick(v, scale.label(v)) for v in values]
    return inside(scale, (values[0], values[-1]), (float(edges[0]), float(edges[-1])))


def _draw_lines(axes: "Axes", diagram: PhaseDiagram) -> None:
    """Draw white lines with a dark border, visible on every colour."""
    from matplotlib.patheffects import Normal, Stroke

    for series in diagram.lines:
        dashes = (0, (4, 2)) if series.look is Look.DASHED else "-"
        axes.plot(
            diagram.x.scale.positions(series.x), diagram.y.scale.positions(series.y), color="white",
            linewidth=2, linestyle=dashes, label=legend_name(series.name),
            path_effects=[Stroke(linewidth=4, foreground="#222222"), Normal()],
        )  # fmt: skip
