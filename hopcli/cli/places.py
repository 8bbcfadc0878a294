"""Where a command writes: told from what was asked for, and checked before any work is done."""

import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcli.errors import HopError

# The longest name that a file may have, on all usual file systems.
NAME_BYTES = 255
PLOTS = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Places:
    """Where a recall is written.

    Attributes:
        states: one for each cue, the same for all if it is an array; none if no state is written.
        film: an animation.
        plot: of one recall.
    """

    states: Sequence[Path] = ()
    film: Path | None = None
    plot: Path | None = None


def planned(
    cues: Sequence[str],
    *,
    out: Path | None,
    gif: Path | None = None,
    plot: Path | None = None,
    protected: Sequence[Path],
) -> Places:
    """Where all that was asked for is to be written.

    Args:
        cues: their names.
        out: a picture, a folder, an array, or `-`.
        gif: an animation.
        plot: of one recall.
        protected: files that must not be overwritten: the memory and the cues.

    Raises:
        HopError: it cannot be written there, as far as can be known; or one of the protected files,
            or one output by another, would be overwritten.
    """
    states: Sequence[Path] = ()
    if gif is not None:
        if gif.suffix.lower() != ".gif":
            raise HopError(f"--gif {gif} was given, but it writes a GIF; end the name in .gif")
        check_file(gif, *protected)
    if plot is not None:
        check_plot(plot, *protected)
    if out is not None:
        others = [path for path in (gif, plot) if path is not None]
        states = _of_states(out, cues, [*protected, *others])
    return Places(states, gif, plot)


def check_plot(plot: Path, *protected: Path) -> None:
    """See that a plot can be drawn, and go there.

    Raises:
        HopError: its name's ending is none of .png, .svg and .pdf, or it is a protected file, or in
            no folder; or matplotlib is not installed.
    """
    if plot.suffix.lower().removeprefix(".") not in PLOTS:
        raise HopError(
            f"--plot {plot} was given, but plots are written as .png, .svg or .pdf; end the name "
            f"in .png"
        )
    check_file(plot, *protected)
    if importlib.util.find_spec("matplotlib") is None:
        raise HopError(
            "a plot needs matplotlib, which is not installed; run pip install 'hopcli[plot]'"
        )


def check_file(path: Path, *protected: Path) -> None:
    """See that a file can be where it is to be.

    Raises:
        HopError: it is a protected file, or in no folder.
    """
    _keep(path, protected)
    if not path.resolve().parent.is_dir():
        raise HopError(
            f"{path} was to be written, but there is no folder {path.parent}; make it, or name "
            f"another place"
        )


def numbered(folder: Path, cues: Sequence[str]) -> list[Path]:
    """A name in a folder for each cue, numbered where names collide."""
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
        paths.append(folder / name)
    return paths


def stem(cue: str) -> str:
    """What a cue's recall is called in a folder: noisy for noisy.png, a-3 for a.npy[3]."""
    name = Path(cue).name
    if cue == "-":
        return "recalled"
    base, bracket, row = name.rpartition("[")
    if bracket and row.endswith("]"):
        return f"{Path(base).stem}-{row[:-1]}"
    return Path(name).stem


def is_array(output: Path) -> bool:
    """Whether all states are written there as the rows of one array."""
    return output.suffix.lower() == ".npy" and not output.is_dir()


def _of_states(output: Path, cues: Sequence[str], protected: Sequence[Path]) -> Sequence[Path]:
    """A place for the state of each cue."""
    if str(output) == "-":
        if len(cues) > 1:
            raise HopError(
                f"-o - writes one picture to standard output, but there are {len(cues)}; give "
                f"-o FOLDER"
            )
        return [output]
    if output.is_dir() or (len(cues) > 1 and not output.suffix):
        paths = numbered(output, cues)
        for path in paths:
            _keep(path, protected)
        return paths
    if is_array(output):
        check_file(output, *protected)
        return [output] * len(cues)
    if len(cues) > 1:
        raise HopError(
            f"-o {output} names one file, but there are {len(cues)} pictures to write; name a "
            f"folder, or an array ending in .npy"
        )
    check_file(output, *protected)
    from hopcli.formats import pictures

    pictures.check_name(output)
    return [output]


def _keep(path: Path, protected: Sequence[Path]) -> None:
    if path.resolve() in {other.resolve() for other in protected}:
        raise HopError(
            f"{path} would be overwritten, and it is a file that was given for something else; "
            f"name another place"
        )


def _fitting(name: str, ending: str) -> str:
    """A file's name with this ending, cut to what file systems take: 255 bytes."""
    room = NAME_BYTES - len(ending)
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name + ending
