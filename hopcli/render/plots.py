"""Plots in files, by matplotlib, which is imported only when one is drawn.

Each function takes arrays and writes a whole file into an open binary stream: the same arrays give
the same bytes.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.render.text import printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Location = Literal["outside right upper", "outside upper right"]

# Metadata to leave out, by kind of file, so that the same data give the same bytes.
METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

# Okabe and Ito's colours, which colour-blind people can tell apart.
BLUE = "#0072b2"
ORANGE = "#d55e00"
MEMORY_GREY = "#b4bac2"
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "text.color": "#333333",
    "axes.labelcolor": "#333333",
    "axes.edgecolor": "#999999",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "xtick.color": "#999999",
    "ytick.color": "#999999",
    "xtick.labelcolor": "#333333",
    "ytick.labelcolor": "#333333",
    "legend.frameon": False,
    "svg.hashsalt": "hop",
}
# Number of steps above which a line has no markers, and of memories above which points are
# smaller; longest name.
MARKED = 60
CROWD = 500
NAME_WIDTH = 28
# Differences of energies below this are rounding errors.
FLAT = 1e-9


@contextmanager
def sheet(stream: BinaryIO, kind: str, size: tuple[float, float] = (10, 4.5)) -> Iterator["Figure"]:
    """Open an empty figure, which is written to the stream at the end.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        size: its width and height in hundreds of pixels.

    Raises:
        HopError: the kind is none of these, or matplotlib is not installed.
    """
    if kind not in METADATA:
        raise HopError(
            f"a plot was to be written as {kind or 'a file without ending'}, but can be only "
            "png, svg or pdf; end the file's name in one of these"
        )
    # It writes about fonts and its cache folder to standard error, even while it is imported.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise HopError(
            "a plot needs matplotlib, which is not installed; run pip install 'hopcli[plot]'"
        ) from error
    with matplotlib.rc_context(), warnings.catch_warnings():
        # Characters of a name that the font lacks are drawn as boxes.
        warnings.filterwarnings("ignore", "Glyph")
        # The user's own settings would give other bytes.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=size, dpi=100, layout="constrained")
        yield figure
        figure.savefig(stream, format=kind, metadata=METADATA[kind])


def draw_legend(figure: "Figure", location: Location) -> None:
    """Draw the legend beside the axes, or above them in columns."""
    beside = location == "outside right upper"
    legend = figure.legend(loc=location, ncols=1 if beside else 4)
    for text in legend.get_texts():
        # A dollar sign in a name does not start a formula.
        text.set_parse_math(False)


def recall_plot(
    stream: BinaryIO,
    kind: str,
    *,
    energies: Sequence[float],
    path: NDArray[np.float64],
    memories: NDArray[np.float64],
    names: Sequence[str],
    nearest: int,
    spread: tuple[float, float],
) -> None:
    """Plot a recall: its energy by step, and its path among the memories.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        energies: before the first step and after each.
        path: the states from the cue to the end in the plane, shape (T, 2).
        memories: the stored patterns in the plane, shape (K, 2).
        names: of the memories.
        nearest: the index of the memory that is nearest to the end.
        spread: the share of the memories' variance along each axis of the plane.

    Raises:
        HopError: the kind is none of these, or matplotlib is not installed.
    """
    with sheet(stream, kind) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(4, 5))
        _energy(left, energies)
        _path(right, path, memories, nearest, shortened(printable(names[nearest]), NAME_WIDTH))
        first, second = (f"{s:.0%}" if s >= 0.01 or s == 0 else "under 1%" for s in spread)
        right.set_xlabel(f"first component, {first} of the memories' variance")
        right.set_ylabel(f"second component, {second}")
        draw_legend(figure, "outside upper right")


def _energy(axes: "Axes", energies: Sequence[float]) -> None:
    """Plot the energy by step."""
    from matplotlib.ticker import MaxNLocator

    marker = "o" if len(energies) <= MARKED else ""
    axes.plot(energies, color=BLUE, marker=marker, markersize=5, clip_on=False)
    if max(energies) - min(energies) < FLAT:
        # An axis fitted to rounding errors would look like a change.
        axes.set_ylim(energies[-1] - 1, energies[-1] + 1)
    last = max(1, len(energies) - 1)
    axes.set_xlim(-0.04 * last, 1.04 * last)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("step")
    axes.set_ylabel("energy")


def _path(
    axes: "Axes", path: NDArray[np.float64], memories: NDArray[np.float64], nearest: int, name: str
) -> None:
    """Plot the memories as points, a ring around the nearest, and the path over them."""
    size = 4 if len(memories) <= CROWD else 2
    axes.plot(*memories.T, "o", color=MEMORY_GREY, markersize=size, mew=0, label="memories")
    axes.plot(*memories[nearest], "o", color=ORANGE, markersize=13, mew=2, mfc="none",
              label=f"nearest: {name}")  # fmt: skip
    marker = "." if len(path) <= MARKED else ""
    axes.plot(*path.T, color=BLUE, marker=marker, markersize=5, linewidth=1.5)
    axes.plot(*path[0], "o", color=BLUE, markersize=8, mew=1.5, mfc="white", label="cue")
    axes.plot(*path[-1], "o", color=BLUE, markersize=7, label="end")
    # Distances are comparable in all directions.
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.08)
