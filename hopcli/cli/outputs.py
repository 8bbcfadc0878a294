"""Where the states of a recall are written."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError
from hopcli.storage import arrays, pictures


def stem(cue: str) -> str:
    """What a cue's recall is called in a folder: noisy for noisy.png, a-3 for a.npy[3]."""
    name = Path(cue).name
    if cue == "-":
        return "recalled"
    base, bracket, row = name.rpartition("[")
    if bracket and row.endswith("]"):
        return f"{Path(base).stem}-{row[:-1]}"
    return Path(name).stem


def places(output: Path, cues: Sequence[str], *, protected: Sequence[Path]) -> list[Path]:
    """A path for each cue: `output` itself, or a name in that folder, numbered where names collide.

    Args:
        output: a folder if there are several cues, if it is one already, or if it ends in a slash.
        cues: their names.
        protected: files that must not be overwritten: the memory and the cues.

    Raises:
        HopError: one of the protected files would be overwritten.
    """
    if len(cues) == 1 and not output.is_dir():
        paths = [output]
    else:
        taken: set[str] = set()
        paths = []
        for cue in cues:
            name, number = stem(cue), 1
            while name in taken:
                number += 1
                name = f"{stem(cue)}-{number}"
            taken.add(name)
            paths.append(output / f"{name}.png")
    kept = {path.resolve() for path in protected}
    for path in paths:
        if path.resolve() in kept:
            raise HopError(
                f"{path} would be overwritten, and it is a file that was given; name "
                f"another place with -o"
            )
    return paths


def write_states(
    states: NDArray[np.int8], output: Path, names: Sequence[str], shape: tuple[int, ...],
    *, protected: Sequence[Path],
) -> list[Path]:  # fmt: skip
    """Write a state for each cue, and say where each one is.

    A name that ends in .npy takes all states as the rows of one array.
    """
    if output.suffix.lower() == ".npy" and not output.is_dir():
        paths = places(output, names[:1], protected=protected)
        arrays.write(states, paths[0])
        return paths * len(states)
    if str(output) == "-":
        if len(states) > 1:
            raise HopError(
                f"-o - writes one picture to standard output, but there are {len(states)} cues; "
                f"give -o FOLDER"
            )
        paths = [output]
    else:
        paths = places(output, names, protected=protected)
        if len(states) > 1 and not output.is_dir():
            output.mkdir(parents=True)
    for state, path in zip(states, paths, strict=True):
        pictures.write(state.reshape(shape[:2]), path)
    return paths
