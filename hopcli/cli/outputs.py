"""States, animations and plots, written to files."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from hopcli.cli import output_paths
from hopcli.formats import arrays, pictures
from hopcli.storage.atomic import replacing

if TYPE_CHECKING:
    from hopcli.model.memory import Memory
    from hopcli.model.recall import Recall
    from hopcli.render.sheets import Sheet

# The least width to which the pictures of an animation are enlarged.
GIF_WIDTH = 256
# Pictures shown between two states of a network that moves in large steps.
BETWEEN = 8
# Patterns whose points a plot shows.
PLOTTED = 2000


def write_states(states: Sequence[NDArray[Any]], path: Path) -> None:
    """Write states as one array: ±1 as int8, levels as float32, clipped to [0, 1]."""
    rows = np.array(states)
    if rows.dtype != np.int8:
        rows = np.clip(rows, 0, 1).astype(np.float32)
    arrays.write(rows, path)


def write_pictures(
    levels: Sequence[NDArray[Any]], paths: Sequence[Path], *, two_levels: bool
) -> None:
    """Write each picture to its path, in a folder that is made if it is not there.

    Args:
        levels: of shape (h, w) or (h, w, 3), NaN where unknown.
        paths: as many.
        two_levels: whether to write one bit a pixel.
    """
    if paths[0] != output_paths.STANDARD_OUTPUT:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
    for pixels, path in zip(levels, paths, strict=True):
        pictures.write(pixels, path, two_levels=two_levels)


def write_film(shown: Sequence[NDArray[Any]], path: Path, *, smooth: bool) -> None:
    """Write pictures as an animation.

    Args:
        shown: of shape (h, w) or (h, w, 3), NaN where unknown.
        path: ends in .gif.
        smooth: whether to show pictures in between where there are few, on straight lines.
    """
    if smooth and len(shown) <= 2 * BETWEEN:
        known = [np.nan_to_num(pixels, nan=0.5) for pixels in shown]
        parts = np.arange(1, BETWEEN + 1) / BETWEEN
        between = [one + part * (two - one) for one, two in pairwise(known) for part in parts]
        shown = [shown[0], *between]
    pictures.write_gif(shown, path, scale=max(1, -(-GIF_WIDTH // shown[0].shape[1])))


def write_plot(recall: "Recall", path: Path, memory: "Memory") -> None:
    """Draw the energy by step, and the trajectory of the state in the plane of the patterns."""
    from hopcli.model.contact_sheet import evenly
    from hopcli.render.plane import Plane
    from hopcli.render.plots import recall_plot

    stored = memory.stored
    rows = np.union1d(evenly(len(stored), PLOTTED), [recall.index])
    film = np.array(recall.film, dtype=np.float64)
    if memory.mode != "binary":
        film = np.nan_to_num(film, nan=0.5)
    patterns = stored.states(rows)
    plane = Plane.of(patterns, film)
    with drawing(path) as (stream, kind):
        recall_plot(
            stream,
            kind,
            energies=recall.energies,
            path=plane.points(film),
            memories=plane.points(patterns),
            names=[stored.name(row) for row in rows],
            nearest=int(np.searchsorted(rows, recall.index)),
            spread=(float(plane.shares[0]), float(plane.shares[1])),
        )


@contextmanager
def drawing(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Open a plot's file, written whole or not at all, and tell its format; `-` is a PNG."""
    if path == output_paths.STANDARD_OUTPUT:
        yield sys.stdout.buffer, "png"
        sys.stdout.buffer.flush()
        return
    with replacing(path) as stream:
        yield stream, path.suffix.lower().removeprefix(".")


def write_sheets(shown: "list[Sheet]", path: Path) -> None:
    """Draw contact sheets into a file, whole or not at all."""
    from hopcli.render.sheets import sheets_plot

    with drawing(path) as (stream, kind):
        sheets_plot(stream, kind, shown)
