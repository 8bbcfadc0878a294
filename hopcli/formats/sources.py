"""Which files a person means by the folders, files and arrays that they name."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hopcli.errors import ParameterError, PictureError
from hopcli.formats import readers
from hopcli.formats.natural import naturally
from hopcli.formats.readers import AbstractReader
from hopcli.storage import shards

LABELLINGS = ("folder", "stem", "none")


@dataclass(frozen=True)
class Source:
    """A file that may hold patterns.

    Attributes:
        place: the path of the file.
        name: its path inside the folder that was named, or its own name.
        label: by the labelling that was asked for, or None.
        listed: whether it was found in a folder, rather than named.
    """

    place: str
    name: str
    label: str | None
    listed: bool

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.place)

    @cached_property
    def reader(self) -> AbstractReader:
        """What reads the file's format."""
        return readers.of(self.place)


def find(paths: Sequence[Path], labelling: str) -> list[Source]:
    """The files that were named, and those in folders that were, in natural order.

    Hidden files and memories in folders are passed over.

    Raises:
        PictureError: something that was named does not exist, or a folder holds no file.
    """
    found: list[Source] = []
    for path in paths:
        if str(path) == "-":
            found.append(Source("-", "-", None, listed=False))
        elif _is_folder(path):
            before = "" if path == Path() else f"{path}{os.sep}".replace(2 * os.sep, os.sep)
            inside = [_inside(before, name, labelling) for name in _files(path)]
            if not inside:
                raise PictureError(f"{path} is a folder without files; put pictures into it")
            found += inside
        else:
            label = path.stem if labelling == "stem" else None
            found.append(Source(str(path), path.name, label, listed=False))
    return found


def _is_folder(path: Path) -> bool:
    """Whether what was named is a folder, rather than something else.

    Raises:
        PictureError: there is nothing, or it cannot be reached.
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PictureError(f"there is no file or folder {path}; check its name") from error
    except OSError as error:
        raise PictureError(
            f"{path} cannot be reached: {error.strerror}; check its name, and what is above it"
        ) from error


def _files(folder: Path) -> list[str]:
    """The files below a folder, by their paths in it, in natural order.

    Links to folders are not followed. They, and folders that may not be opened, are passed on, to
    be reported as what cannot be read.
    """
    found: list[str] = []
    closed: list[str] = []
    for place, folders, files in os.walk(
        folder, onerror=lambda error: closed.append(str(error.filename))
    ):
        shown = [name for name in folders if not name.startswith(".")]
        links = [name for name in shown if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118
        # Of a folder that may not be looked into, this says that it has no index; it is tried.
        memories = [
            name
            for name in shown
            if os.path.isfile(os.path.join(place, name, shards.INDEX))  # noqa: PTH113, PTH118
        ]
        folders[:] = [name for name in shown if name not in {*links, *memories}]
        inside = os.path.relpath(place, folder)
        before = "" if inside == os.curdir else f"{inside}{os.sep}"
        found += [
            f"{before}{name}"
            for name in (*files, *links)
            if not name.startswith(".") and _listed(name)
        ]
    return naturally(found + [os.path.relpath(name, folder) for name in closed])


def _listed(name: str) -> bool:
    """Tell whether a file of this name is read where it is found in a folder."""
    reader = readers.by_extension(name)
    return reader is None or reader.listed


def _inside(folder: str, path: str, labelling: str) -> Source:
    """A file found in a folder, by its path in it."""
    name = path if os.sep == "/" else path.replace(os.sep, "/")
    label = None
    if labelling == "stem":
        label = Path(name).stem
    elif labelling == "folder":
        label = name.rpartition("/")[0].rpartition("/")[2] or None
    place = f"{folder}{path}"
    if place == "-":
        # A file of that name in the working folder, and not standard input.
        place = os.path.abspath(place)  # noqa: PTH100
    return Source(place, name, label, listed=True)


def size_from(text: str) -> tuple[int, int]:
    """Width and height from a text such as 64x48.

    Raises:
        ParameterError: it is none.
    """
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ParameterError("size", text, "it takes WIDTHxHEIGHT in pixels", "try `size=64x64`")
    return int(width), int(height)
