"""Where a command writes: derived from what was asked for, and checked before any work is done."""

import importlib.util
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcli.errors import HopError, ParameterError

# The longest name that a file may have, on all usual file systems.
NAME_BYTES = 255
PLOTS = ("png", "svg", "pdf")
STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class OutputPaths:
    """Where a command writes.

    Attributes:
        states: one for each cue, the same for all if it is an array; empty if none is written.
        film: an animation, or None.
        plot: of one recall, or None.
    """

    states: Sequence[Path] = ()
    film: Path | None = None
    plot: Path | None = None


class Protected:
    """Files that must not be overwritten.

    Args:
        paths: the memory, the cues and other outputs.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._resolved = {path.resolve() for path in paths}

    def check(self, path: Path) -> None:
        """See that a file may be written, in a folder that is there.

        Raises:
            HopError: it is a protected file, or its folder does not exist.
        """
        resolved = path.resolve()
        self._check(resolved, path)
        if not resolved.parent.is_dir():
            raise HopError(
                f"{path} was to be written, but there is no folder {path.parent}; make it, or name "
                f"another"
            )

    def check_in(self, folder: Path, paths: Sequence[Path]) -> None:
        """See that files may be written into a folder.

        Raises:
            HopError: one of them is a protected file.
        """
        resolved = folder.resolve()
        for path in paths:
            if not path.is_symlink():
                self._check(resolved / path.name, path)
            else:
                self._check(path.resolve(), path)

    def _check(self, resolved: Path, path: Path) -> None:
        if resolved in self._resolved:
            raise HopError(
                f"{path} would be overwritten, and it is a file that was given for something else; "
                f"name another"
            )


def planned(
    cues: Sequence[str],
    *,
    out: str | None,
    gif: Path | None = None,
    plot: Path | None = None,
    protected: Sequence[Path],
) -> OutputPaths:
    """Return where all that was asked for is to be written.

    Args:
        cues: their names.
        out: a picture, a folder (it exists, or ends in a slash), an array, or `-`.
        gif: an animation.
        plot: of one recall, or `-`.
        protected: files that must not be overwritten: the memory and the cues.

    Raises:
        HopError: it cannot be written there, as far as can be known; or one of the protected files,
            or one output by another, would be overwritten.
    """
    if gif is not None:
        if gif.suffix.lower() != ".gif":
            raise ParameterError("gif", gif, "it writes a GIF", "end the name in .gif")
        Protected(protected).check(gif)
    if plot is not None:
        check_plot(plot, *protected)
    if out is None:
        return OutputPaths((), gif, plot)
    if out == "-" and plot == STANDARD_OUTPUT:
        raise HopError("`output=-` and `plot=-` both write to standard output; give one of them")
    others = [path for path in (gif, plot) if path is not None and path != STANDARD_OUTPUT]
    return OutputPaths(_of_states(out, cues, Protected([*protected, *others])), gif, plot)


def check_streams(out: str | Path | None, plot: Path | None, *, json: bool) -> None:
    """See that no more than one thing is written to standard output.

    Raises:
        HopError: --json and one of the others both would be.
    """
    for name, path in (("output", out), ("plot", plot)):
        if json and str(path) == "-":
            raise HopError(f"`json` and `{name}=-` both write to standard output; give one of them")


def check_plot(plot: Path, *protected: Path) -> None:
    """See that a plot can be drawn, and written; `-` is a PNG to standard output.

    Raises:
        ParameterError: its name's ending is none of .png, .svg and .pdf.
        HopError: it is a protected file, its folder does not exist, or matplotlib is not installed.
    """
    if plot != STANDARD_OUTPUT:
        if plot.suffix.lower().removeprefix(".") not in PLOTS:
            need = "plots are written as .png, .svg or .pdf"
            raise ParameterError("plot", plot, need, "end the name in .png")
        check_file(plot, *protected)
    if importlib.util.find_spec("matplotlib") is None:
        raise HopError(
            "a plot needs matplotlib, which is not installed; run pip install 'hopcli[plot]'"
        )


def check_file(path: Path, *protected: Path) -> None:
    """See that a file may be written.

    Raises:
        HopError: it is a protected file, or its folder does not exist.
    """
    Protected(protected).check(path)


def numbered(folder: Path, cues: Sequence[str]) -> list[Path]:
    """Return a path in a folder for each cue, numbered where names collide."""
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
    """Return the name of a cue's recall in a folder: noisy for noisy.png, a-3 for a.npy[3]."""
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


def _of_states(out: str, cues: Sequence[str], protected: Protected) -> Sequence[Path]:
    """Return a path for the state of each cue."""
    path = Path(out)
    if out == "-":
        if len(cues) > 1:
            raise HopError(
                f"`output=-` writes one picture to standard output, but there are {len(cues)}; "
                f"give `output=FOLDER`"
            )
        return [path]
    if str(path) == "-":
        path = path.absolute()
    folder = out.endswith(os.sep) or path.is_dir()
    if folder or (len(cues) > 1 and not path.suffix):
        paths = numbered(path, cues)
        protected.check_in(path, paths)
        return paths
    array = is_array(path)
    if not array and len(cues) > 1:
        raise HopError(
            f"`output={out}` names one file, but there are {len(cues)} pictures to write; name a "
            f"folder, or an array ending in .npy"
        )
    protected.check(path)
    if not array:
        from hopcli.formats import pictures

        pictures.check_name(path)
    return [path] * len(cues)


def _fitting(name: str, ending: str) -> str:
    """Return a file's name with this ending, cut to 255 bytes, which file systems take."""
    room = NAME_BYTES - len(ending)
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name + ending
