"""Pictures in terminals by Kitty's protocol or Sixel, with textual-image.

That package queries the terminal when it is imported. A slow answer would appear in the next
prompt, and a keystroke would be taken for one. So it is imported only for local terminals that are
known to show pictures, which answer at once; all others get block characters.
"""

import os
import sys
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, Group, RenderableType
from rich.text import Text

from hopcli.render.blocks import UNKNOWN_COLOUR, Pixels, levels
from hopcli.render.panels import GAP, NARROWEST, WIDEST, joined
from hopcli.render.text import printable, shortened

# Values of environment variables by which terminals that show pictures are known.
TERMINALS = {
    "TERM": ("xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "mlterm", "contour"),
    "TERM_PROGRAM": ("ghostty", "iTerm.app", "WezTerm"),
}
# Variables that are set if another program, or a network, is between this process and the terminal.
BETWEEN = ("TMUX", "STY", "ZELLIJ", "SSH_CONNECTION", "SSH_TTY")
# Pixels for each column of characters, enough for a sharp picture.
COLUMN_PIXELS = 10


def side_by_side(panels: Sequence[tuple[str, Pixels]], console: Console) -> RenderableType | None:
    """Lay out (title, pixels) pairs as `panels.side_by_side` does, with real pictures.

    Args:
        panels: pixels as `blocks.draw` takes them.
        console: standard output.

    Returns:
        What the console is to print; None if blocks are to be drawn instead: for pictures of ±1,
        which blocks show as well, and if it is not certain that pictures can be shown.
    """
    columns = min(WIDEST, (console.width - GAP * (len(panels) - 1)) // len(panels))
    if columns < NARROWEST or any(np.issubdtype(p.dtype, np.integer) for _, p in panels):
        return None
    # A character is about twice as high as wide. Pictures higher than the screen cannot be shown.
    rows = max(columns * p.shape[0] / p.shape[1] / 2 for _, p in panels)
    if rows > console.height - 4 or console.no_color or console.color_system != "truecolor":
        return None
    image = _image_class()
    if image is None:
        return None
    titles = [Text(shortened(printable(title), columns), "bold") for title, _ in panels]
    width = len(panels) * (columns + GAP) - GAP
    sheet = _file(_sheet([p for _, p in panels], columns * COLUMN_PIXELS))
    return Group(joined(titles, [columns] * len(panels)), image(sheet, width=width, height="auto"))


@cache
def _image_class() -> Any:
    """Return the class by which textual-image shows pictures in this terminal, or None."""
    if not (_known_terminal() and _nothing_typed()):
        return None
    try:
        from textual_image import renderable
    except Exception:
        # It is not installed, or cannot work with this terminal.
        return None
    shown = renderable.Image in (renderable.SixelImage, renderable.TGPImage)
    return renderable.Image if shown else None


def _known_terminal() -> bool:
    """Tell whether this is a local terminal that is known to show pictures."""
    return (
        all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__))
        and any(os.environ.get(name) in known for name, known in TERMINALS.items())
        and not any(name in os.environ for name in BETWEEN)
    )


def _nothing_typed() -> bool:
    """Tell whether the terminal can be queried: no input waits, and this is the foreground."""
    try:
        import select
        import termios
        import tty

        # A process in the background would be stopped.
        if os.tcgetpgrp(0) != os.getpgrp():
            return False
        before = termios.tcgetattr(0)
        # In the default mode only whole lines are readable.
        tty.setcbreak(0, termios.TCSANOW)
        try:
            return not select.select([0], [], [], 0)[0]
        finally:
            termios.tcsetattr(0, termios.TCSANOW, before)
    except Exception:
        # This is not a POSIX system, or the terminal is gone.
        return False


def _sheet(pictures: Sequence[Pixels], width: int) -> NDArray[np.uint8]:
    """Join pictures of this width side by side, as RGBA, uint8 (h, w, 4)."""
    enlarged = [_enlarged(pixels, width) for pixels in pictures]
    height = max(map(len, enlarged))
    gap = np.zeros((height, GAP * COLUMN_PIXELS, 4), dtype=np.uint8)
    parts: list[NDArray[np.uint8]] = []
    for picture in enlarged:
        below = np.zeros((height - len(picture), width, 4), dtype=np.uint8)
        parts += [np.concatenate([picture, below]), gap]
    return np.concatenate(parts[:-1], axis=1)


def _enlarged(pixels: Pixels, width: int) -> NDArray[np.uint8]:
    """Enlarge a picture to this width, each pixel a sharp block."""
    values, known = levels(pixels)
    colours = np.where(known[..., None], values, UNKNOWN_COLOUR)
    opaque = np.dstack([np.rint(255 * colours), np.full(known.shape, 255)]).astype(np.uint8)
    height = max(1, round(width * len(opaque) / opaque.shape[1]))
    rows, columns = (
        np.arange(wanted) * given // wanted
        for wanted, given in zip((height, width), known.shape, strict=True)
    )
    return opaque[rows][:, columns]


def _file(pixels: NDArray[np.uint8]) -> BytesIO:
    """Return a picture of shape (h, w, 4) as a file that Pillow opens."""
    height, width, _ = pixels.shape
    return BytesIO(b"PyRGBA %d %d 255\n" % (width, height) + pixels.tobytes())
