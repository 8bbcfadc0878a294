"""Which files a person means by the folders, files and arrays that they name."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hopcli.errors import HopError, PictureError
from hopcli.storage import shards

LABELLINGS = ("folder", "stem", "none")


@dataclass(frozen=True)
class Source:
    """A file that may hold patterns.

    Attributes:
        path: where it is.
        name: its path inside the folder that was named, or its own name.
        label: by the labelling that was asked for, or None.
        listed: whether it was found in a folder, rather than named.
    """

    path: Path
    name: str
    label: str | None
    listed: bool

    @property
    def is_array(self) -> bool:
        """Whether it is an array, by its ending."""
        return self.path.suffix.lower() == ".npy"


def find(paths: Sequence[Path], labelling: str) -> list[Source]:
    """The files that were named, and those in folders that were, in natural order.

    Hidden files and memories in folders are passed over.

    Raises:
        PictureError: something that was named does not exist, or a folder holds no file.
    """
    found: list[Source] = []
    for path in paths:
        if str(path) == "-":
            found.append(Source(path, "-", None, listed=False))
        elif path.is_dir():
            inside = [_inside(path, file, labelling) for file in _files(path)]
            if not inside:
                raise PictureError(f"{path} is a folder without files; put pictures into it")
            found += inside
        elif path.exists():
            label = path.stem if labelling == "stem" else None
            found.append(Source(path, path.name, label, listed=False))
        else:
            raise PictureError(f"there is no file or folder {path}; check its name")
    return found


def _files(folder: Path) -> list[Path]:
    """The files below a folder, in natural order; links to folders are not followed."""

    def walk() -> Iterator[Path]:
        # A folder that may not be opened is passed on, to be reported as what cannot be read.
        closed: list[Path] = []
        for place, folders, files in os.walk(
            folder, onerror=lambda error: closed.append(Path(error.filename))
        ):
            folders[:] = [
                name
                for name in folders
                if not (name.startswith(".") or shards.has_index(Path(place, name)))
            ]
            for name in files:
                if not name.startswith(".") and not name.lower().endswith(".npz"):
                    yield Path(place, name)
        yield from closed

    # Not above: a cue that is named needs no order.
    from natsort import natsort_keygen, ns

    key = natsort_keygen(alg=ns.PATH)
    return sorted(walk(), key=lambda path: key(str(path.relative_to(folder))))


def _inside(folder: Path, path: Path, labelling: str) -> Source:
    """A file found in a folder."""
    label = None
    if labelling == "stem":
        label = path.stem
    elif labelling == "folder" and path.parent != folder:
        label = path.parent.name
    return Source(path, path.relative_to(folder).as_posix(), label, listed=True)


def size_from(text: str) -> tuple[int, int]:
    """Width and height from a text such as 64x48.

    Raises:
        HopError: it is none.
    """
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise HopError(f"--size {text} was given, but it takes WIDTHxHEIGHT in pixels; try 64x64")
    return int(width), int(height)
