"""Pictures as block characters, each showing four pixels.

A character cell is about twice as high as wide, so the four quarters of a cell are pixels twice as
high as wide; the picture is averaged over them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

# By which quarters are lit: 8 upper left, 4 upper right, 2 lower left, 1 lower right.
QUARTERS = " ▗▖▄▝▐▞▟▘▚▌▙▀▜▛█"
SHADE = "░"
UNKNOWN_COLOUR = np.array([96.0, 125.0, 176.0])


@dataclass(frozen=True)
class Canvas:
    """Where pictures are drawn.

    Attributes:
        columns: how wide a picture may be, in characters.
        colour: whether the terminal shows colours; without, bright pixels are drawn in ink.
    """

    columns: int
    colour: bool


def cells(height: int, width: int, columns: int) -> tuple[int, int]:
    """Rows and columns of characters for a picture: a pixel takes at most two columns."""
    wide = max(1, min(columns, 2 * width))
    return max(1, round(wide * height / (2 * width))), wide


def _averaging(pixels: int, parts: int) -> NDArray[np.float64]:
    """The matrix that averages `pixels` values over `parts` equal stretches, (parts, pixels)."""
    edges = np.linspace(0, pixels, parts + 1)
    low = np.maximum(edges[:-1, None], np.arange(pixels))
    high = np.minimum(edges[1:, None], np.arange(1, pixels + 1))
    return np.maximum(high - low, 0) * parts / pixels


def draw(pixels: NDArray[np.integer], canvas: Canvas) -> list[Text]:
    """Draw ±1 (0: unknown) of shape (h, w), a line of text for each row of characters."""
    height, width = pixels.shape
    rows, columns = cells(height, width, canvas.columns)
    down, across = _averaging(height, 2 * rows), _averaging(width, 2 * columns)
    known = down @ (pixels != 0) @ across.T
    bright = down @ (pixels > 0) @ across.T
    # Into cells of four quarters, shape (rows, columns, 4).
    known, bright = (
        part.reshape(rows, 2, columns, 2).swapaxes(1, 2).reshape(rows, columns, 4)
        for part in (known, bright)
    )
    return _coloured(known, bright) if canvas.colour else _inked(known, bright)


def _inked(known: NDArray[np.float64], bright: NDArray[np.float64]) -> list[Text]:
    """Without colours: bright quarters in ink, cells that are mostly unknown shaded."""
    lit = bright > known / 2
    places = lit @ np.array([8, 4, 2, 1])
    shaded = known.mean(axis=2) < 0.5
    return [
        Text("".join(SHADE if s else QUARTERS[p] for p, s in zip(line, shades, strict=True)))
        for line, shades in zip(places, shaded, strict=True)
    ]


def _coloured(known: NDArray[np.float64], bright: NDArray[np.float64]) -> list[Text]:
    """With colours: in each cell the brighter quarters in one colour, the others in another."""
    colours = 255 * bright[..., None] + (1 - known[..., None]) * UNKNOWN_COLOUR
    light = colours.mean(axis=3)
    lit = light > light.mean(axis=2, keepdims=True) + 1e-9
    places = lit @ np.array([8, 4, 2, 1])
    back = _mean_where(colours, ~lit)
    fore = np.where(lit.any(axis=2)[..., None], _mean_where(colours, lit), back)
    lines = []
    for line, fronts, backs in zip(places, fore, back, strict=True):
        text = Text()
        for place, front, ground in zip(line, fronts, backs, strict=True):
            text.append(QUARTERS[place], Style(color=_rgb(front), bgcolor=_rgb(ground)))
        lines.append(text)
    return lines


def _mean_where(colours: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean colour of each cell's chosen quarters; black where none is."""
    total = (colours * chosen[..., None]).sum(axis=2)
    return total / np.maximum(chosen.sum(axis=2), 1)[..., None]


def _rgb(colour: NDArray[np.float64]) -> str:
    red, green, blue = np.rint(colour).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
