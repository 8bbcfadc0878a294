"""Contact sheets in files: rows of pictures, each above its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopcli.render.blocks import Pixels, levels
from hopcli.render.plots import sheet
from hopcli.render.text import printable, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's blue and orange, which colour-blind people can tell apart.
BELOW = np.array([0x00, 0x72, 0xB2]) / 255
ABOVE = np.array([0xD5, 0x5E, 0x00]) / 255

# Width in hundreds of pixels, and pictures in a row.
WIDTH = 10.0
COLUMNS = 10
# In widths of a picture: the gap between two, the height of a name and of a title.
GAP = 0.12
NAME = 0.26
TITLE = 0.5
# Largest number of characters of a name and of a title.
NAME_WIDTH = 14
TITLE_WIDTH = 100


def diverging(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map values, clipped to [−1, 1], to red, green and blue in [0, 1], shape (…, 3)."""
    share = np.clip(values, -1, 1).astype(np.float64)[..., None]
    end = np.where(share < 0, BELOW, ABOVE)
    return 1.0 + np.abs(share) * (end - 1.0)


@dataclass(frozen=True)
class Sheet:
    """Pictures of one size under one title.

    Attributes:
        title: shown above them.
        pictures: (name, pixels), pixels as `blocks.draw` takes them.
    """

    title: str
    pictures: Sequence[tuple[str, Pixels]]


def sheets_plot(stream: BinaryIO, kind: str, shown: Sequence[Sheet]) -> None:
    """Draw contact sheets, one below the other.

    Args:
        stream: open for writing bytes.
        kind: png, svg or pdf.
        shown: at least one, each of at least one picture.

    Raises:
        HopError: the kind is none of these, or matplotlib is not installed.
    """
    across = COLUMNS * (1 + GAP) + GAP
    heights = [_height(each) for each in shown]
    with sheet(stream, kind, (WIDTH, sum(heights) * WIDTH / across)) as figure:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, across)
        axes.set_ylim(sum(heights), 0)
        top = 0.0
        for each, height in zip(shown, heights, strict=True):
            _draw(axes, each, top)
            top += height


def _row(shown: Sheet) -> float:
    """Compute the height of a row of pictures and names."""
    height, width = shown.pictures[0][1].shape[:2]
    return height / width + NAME + GAP


def _height(shown: Sheet) -> float:
    """Compute the height of a sheet."""
    rows = -(-len(shown.pictures) // COLUMNS)
    return TITLE + rows * _row(shown) + GAP


def _draw(axes: "Axes", shown: Sheet, top: float) -> None:
    """Draw one sheet below a height."""
    axes.text(GAP, top + 0.7 * TITLE, shortened(printable(shown.title), TITLE_WIDTH), fontsize=11,
              parse_math=False)  # fmt: skip
    for k, (name, pixels) in enumerate(shown.pictures):
        row, column = divmod(k, COLUMNS)
        left = GAP + column * (1 + GAP)
        upper = top + TITLE + row * _row(shown)
        lower = upper + _row(shown) - NAME - GAP
        values, known = levels(pixels)
        colours = values.repeat(3, axis=2) if values.shape[2] == 1 else values
        colours[~known] = 1
        axes.imshow(colours, extent=(left, left + 1, lower, upper), interpolation="nearest",
                    aspect="auto")  # fmt: skip
        axes.text(left + 0.5, lower + 0.04, shortened(printable(name), NAME_WIDTH), fontsize=7,
                  ha="center", va="top", parse_math=False)  # fmt: skip
