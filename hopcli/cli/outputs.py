"""Where the states of a recall are written."""

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.results import Recall
from hopcli.storage import arrays, pictures
from hopcli.storage.atomic import replacing
from hopcli.storage.memory_file import AbstractMemory

# The least width to which the pictures of an animation are enlarged.
GIF_WIDTH = 256
# Between two states of a network that moves in large steps, so many pictures of the way.
BETWEEN = 8
# The longest name that a file may have, on all usual file systems.
NAME_BYTES = 255
# Memories whose points a plot shows.
PLOTTED = 2000
PLOTS = ("png", "svg", "pdf")


def stem(cue: str) -> str:
    """What a cue's recall is called in a folder: noisy for noisy.png, a-3 for a.npy[3]."""
    name = Path(cue).name
    if cue == "-":
        return "recalled"
    base, bracket, row = name.rpartition("[")
    if bracket and row.endswith("]"):
        return f"{Path(base).stem}-{row[:-1]}"
    return Path(name).stem


def _fitting(name: str, ending: str) -> str:
    """A file's name with this ending, cut to what file systems take: 255 bytes."""
    room = NAME_BYTES - len(ending)
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name + ending


def places(output: Path, cues: Sequence[str], *, protected: Sequence[Path]) -> list[Path]:
    """A path for each cue: `output` itself, or a name in that folder, numbered where names collide.

    Args:
        output: a folder if there are several cues, or if it is one already.
        cues: their names.
        protected: files that must not be overwritten: the memory and the cues.

    Raises:
        HopError: one of the protected files would be overwritten.
    """
    if len(cues) == 1 and not output.is_dir():
        paths = [output]
    else:
        taken: set[str] = set()
        last: dict[str, int] = {}
        paths = []
        for cue in cues:
            base = stem(cue)
            name = _fitting(base, ".png")
            while name in taken:
                last[base] = last.get(base, 1) + 1
                name = _fitting(base, f"-{last[base]}.png")
            taken.add(name)
            paths.append(output / name)
    kept = {path.resolve() for path in protected}
    for path in paths:
        if path.resolve() in kept:
            raise HopError(
                f"{path} would be overwritten, and it is a file that was given for something else; "
                f"name another place"
            )
    return paths


def write_states(
    states: Sequence[NDArray[Any]],
    output: Path,
    names: Sequence[str],
    memory: AbstractMemory,
    *,
    protected: Sequence[Path],
) -> list[Path]:
    """Write a state for each cue, and say where each one is.

    A name that ends in .npy takes all states as the rows of one array: ±1 as int8, levels as
    float32, clipped to [0, 1].
    """
    binary = memory.mode == "binary"
    if output.suffix.lower() == ".npy" and not output.is_dir():
        paths = places(output, names[:1], protected=protected)
        rows = np.array(states)
        arrays.write(rows if binary else np.clip(rows, 0, 1).astype(np.float32), paths[0])
        return paths * len(states)
    if str(output) == "-":
        if len(states) > 1:
            raise HopError(
                f"-o - writes one picture to standard output, but there are {len(states)}; give "
                f"-o FOLDER"
            )
        paths = [output]
    else:
        paths = places(output, names, protected=protected)
        if len(states) > 1 and not output.is_dir():
            if output.suffix:
                raise HopError(
                    f"-o {output} names one file, but there are {len(states)} pictures to write; "
                    f"name a folder, or an array ending in .npy"
                )
            output.mkdir(parents=True)
    for state, path in zip(states, paths, strict=True):
        pictures.write(memory.picture(state), path, two_levels=binary)
    return paths


def write_film(
    film: Sequence[NDArray[Any]], output: Path, memory: AbstractMemory, *, protected: Sequence[Path]
) -> None:
    """Write states along the way as an animation.

    Levels move in a straight line from each state to the next, and pictures of that way are shown.
    """
    if output.suffix.lower() != ".gif":
        raise HopError(f"--gif {output} was given, but it writes a GIF; end the name in .gif")
    (place,) = places(output, [output.name], protected=protected)
    shown = [memory.picture(state) for state in film]
    if memory.mode != "binary" and len(shown) <= 2 * BETWEEN:
        seen = [np.nan_to_num(pixels, nan=0.5) for pixels in shown]
        parts = np.arange(1, BETWEEN + 1) / BETWEEN
        way = [one + part * (two - one) for one, two in pairwise(seen) for part in parts]
        shown = [shown[0], *way]
    pictures.write_gif(shown, place, scale=max(1, -(-GIF_WIDTH // memory.shape[1])))


def write_plot(
    recall: Recall, output: Path, memory: AbstractMemory, *, protected: Sequence[Path]
) -> None:
    """Draw the energy by step, and the way of the state in the plane of the memories.

    Raises:
        HopError: the name's ending is none of .png, .svg and .pdf.
    """
    from hopcli.render.plane import plane
    from hopcli.render.plots import recall_plot

    kind = output.suffix.lower().removeprefix(".")
    if kind not in PLOTS:
        raise HopError(
            f"--plot {output} was given, but plots are written as .png, .svg or .pdf; end the name "
            f"in .png"
        )
    (place,) = places(output, [output.name], protected=protected)
    rows = np.unique(np.linspace(0, len(memory) - 1, min(len(memory), PLOTTED)).astype(int))
    rows = np.union1d(rows, [recall.index])
    way = np.array(recall.film, dtype=np.float64)
    if memory.mode != "binary":
        way = np.nan_to_num(way, nan=0.5)
    memories, path, shares = plane(memory.states(rows).astype(np.float64), way)
    with replacing(place) as stream:
        recall_plot(
            stream,
            kind,
            energies=recall.energies,
            path=path,
            memories=memories,
            names=[memory.name(row) for row in rows],
            nearest=int(np.searchsorted(rows, recall.index)),
            spread=(float(shares[0]), float(shares[1])),
        )
