"""Pictures as block characters, each showing four pixels.

A character cell is about twice as high as wide, so the four quarters of a cell are pixels twice as
high as wide; the picture is averaged over them.
"""

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

# Characters by the sum of the quarters that are lit: 8 upper left, 4 upper right, 2 lower left,
# 1 lower right.
QUARTERS = " ▗▖▄▝▐▞▟▘▚▌▙▀▜▛█"
SHADE = "░"
UNKNOWN_COLOUR = np.array([96.0, 125.0, 176.0]) / 255
# Weights of red, green and blue in the brightness (ITU-R BT.601).
BRIGHTNESS = np.array([0.299, 0.587, 0.114])

Pixels = NDArray[np.floating] | NDArray[np.signedinteger]


def cells(height: int, width: int, columns: int) -> tuple[int, int]:
    """Compute rows and columns of characters; a pixel takes at most two columns."""
    wide = max(1, min(columns, 2 * width))
    return max(1, round(wide * height / (2 * width))), wide


def _averaging(pixels: int, parts: int) -> NDArray[np.float64]:
    """Return the matrix that averages `pixels` values over `parts` equal intervals."""
    edges = np.linspace(0, pixels, parts + 1)
    low = np.maximum(edges[:-1, None], np.arange(pixels))
    high = np.minimum(edges[1:, None], np.arange(1, pixels + 1))
    return np.maximum(high - low, 0) * parts / pixels


def draw(pixels: Pixels, columns: int, *, colour: bool) -> list[Text]:
    """Draw a picture as lines of characters.

    Args:
        pixels: levels in [0, 1] (clipped to it), NaN where unknown, grey of shape (h, w) or colour
            of shape (h, w, 3); or integers ±1, 0 where unknown, of shape (h, w).
        columns: largest width of the picture in characters.
        colour: whether colours are shown; if not, bright pixels are filled blocks.
    """
    values, known = levels(pixels)
    height, width = known.shape
    rows, columns = cells(height, width, columns)
    down, across = _averaging(height, 2 * rows), _averaging(width, 2 * columns)

    def quarters(part: NDArray[np.float64]) -> NDArray[np.float64]:
        """Average (h, w) over the four quarters of each cell, (rows, columns, 4)."""
        averaged = (down @ part @ across.T).reshape(rows, 2, columns, 2)
        return averaged.swapaxes(1, 2).reshape(rows, columns, 4)

    share = quarters(known.astype(float))
    averages = np.stack([quarters(part) for part in np.moveaxis(values, 2, 0)], axis=-1)
    if not colour:
        return _inked(share, _brightness(averages))
    return _coloured(averages + (1 - share[..., None]) * UNKNOWN_COLOUR)


def levels(pixels: Pixels) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return levels in [0, 1], 0 where unknown, (h, w, 1 or 3), and the known pixels, (h, w)."""
    if np.issubdtype(pixels.dtype, np.integer):
        pixels = np.where(pixels == 0, np.nan, pixels > 0)
    parts = pixels.reshape(*pixels.shape[:2], -1)
    unknown = np.any(np.isnan(parts), axis=2)
    return np.where(unknown[..., None], 0, np.clip(parts, 0, 1)), ~unknown


def _brightness(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the brightness of grey levels (…, 1) or colours (…, 3), in [0, 1]."""
    return colours[..., 0] if colours.shape[-1] == 1 else colours @ BRIGHTNESS


def _inked(known: NDArray[np.float64], bright: NDArray[np.float64]) -> list[Text]:
    """Draw bright quarters as blocks without colour, and mostly unknown cells as a shade."""
    lit = bright > known / 2
    glyphs = lit @ np.array([8, 4, 2, 1])
    shaded = known.mean(axis=2) < 0.5
    return [
        Text("".join(SHADE if s else QUARTERS[p] for p, s in zip(line, shades, strict=True)))
        for line, shades in zip(glyphs, shaded, strict=True)
    ]


def _coloured(colours: NDArray[np.float64]) -> list[Text]:
    """Draw the brighter quarters of each cell in one colour, the others in another."""
    light = _brightness(colours)
    lit = light > light.mean(axis=2, keepdims=True) + 1e-9
    glyphs = lit @ np.array([8, 4, 2, 1])
    back = _mean_where(colours, ~lit)
    fore = np.where(lit.any(axis=2)[..., None], _mean_where(colours, lit), back)
    lines = []
    for line, fronts, backs in zip(glyphs, fore, back, strict=True):
        text = Text()
        for glyph, front, ground in zip(line, fronts, backs, strict=True):
            text.append(QUARTERS[glyph], Style(color=_rgb(front), bgcolor=_rgb(ground)))
        lines.append(text)
    return lines


def _mean_where(colours: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Compute the mean colour of each cell's chosen quarters; black where none is chosen."""
    total = (colours * chosen[..., None]).sum(axis=2)
    return total / np.maximum(chosen.sum(axis=2), 1)[..., None]


def _rgb(colour: NDArray[np.float64]) -> str:
    red, green, blue = np.rint(255 * colour).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
