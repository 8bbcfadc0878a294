"""Where the states of a recall are written."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.cli import places
from hopcli.formats import arrays, pictures
from hopcli.results import Recall
from hopcli.storage.atomic import replacing
from hopcli.storage.memory_file import AbstractMemory

# The least width to which the pictures of an animation are enlarged.
GIF_WIDTH = 256
# Between two states of a network that moves in large steps, so many pictures of the way.
BETWEEN = 8
# Memories whose points a plot shows.
PLOTTED = 2000


def write_states(
    states: Sequence[NDArray[Any]], paths: Sequence[Path], memory: AbstractMemory
) -> None:
    """Write a state for each cue; ±1 into an array as int8, levels as float32, clipped to [0, 1].

    Args:
        states: of the cues.
        paths: where each goes (places.py), the same for all if it is an array.
        memory: tells what states are as pictures.
    """
    binary = memory.mode == "binary"
    if places.is_array(paths[0]):
        rows = np.array(states)
        arrays.write(rows if binary else np.clip(rows, 0, 1).astype(np.float32), paths[0])
        return
    if len(paths) > 1:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
    for state, path in zip(states, paths, strict=True):
        pictures.write(memory.picture(state), path, two_levels=binary)


def write_film(film: Sequence[NDArray[Any]], place: Path, memory: AbstractMemory) -> None:
    """Write states along the way as an animation.

    Levels move in a straight line from each state to the next, and pictures of that way are shown.
    """
    shown = [memory.picture(state) for state in film]
    if memory.mode != "binary" and len(shown) <= 2 * BETWEEN:
        seen = [np.nan_to_num(pixels, nan=0.5) for pixels in shown]
        parts = np.arange(1, BETWEEN + 1) / BETWEEN
        way = [one + part * (two - one) for one, two in pairwise(seen) for part in parts]
        shown = [shown[0], *way]
    pictures.write_gif(shown, place, scale=max(1, -(-GIF_WIDTH // memory.shape[1])))


def write_plot(recall: Recall, place: Path, memory: AbstractMemory) -> None:
    """Draw the energy by step, and the way of the state in the plane of the memories."""
    from hopcli.cli.contact_sheet import evenly
    from hopcli.render.plane import plane
    from hopcli.render.plots import recall_plot

    rows = np.union1d(evenly(len(memory), PLOTTED), [recall.index])
    way = np.array(recall.film, dtype=np.float64)
    if memory.mode != "binary":
        way = np.nan_to_num(way, nan=0.5)
    memories, path, shares = plane(memory.states(rows).astype(np.float64), way)
    with replacing(place) as stream:
        recall_plot(
            stream,
            place.suffix.lower().removeprefix("."),
            energies=recall.energies,
            path=path,
            memories=memories,
            names=[memory.name(row) for row in rows],
            nearest=int(np.searchsorted(rows, recall.index)),
            spread=(float(shares[0]), float(shares[1])),
        )
