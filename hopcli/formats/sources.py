"""The files that are meant by paths of folders, pictures and arrays."""

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
from hopcli.formats.readers._typed import Typed
from hopcli.storage import shards


@dataclass(frozen=True)
class Source:
    """A file that may hold patterns.

    Attributes:
        file: its path, or "-" for standard input.
        name: its path inside the folder that was given, or its own name.
        label: from the folder or the name, or None.
        listed: whether it was found in a folder, rather than given.
        member: the array that is read of a file that holds several by name; None for the only one.
        typed: whether `file` is no path, but a pattern.
    """

    file: str
    name: str
    label: str | None
    listed: bool
    member: str | None = None
    typed: bool = False

    @property
    def path(self) -> Path:
        """The path of the file."""
        return Path(self.file)

    @cached_property
    def reader(self) -> AbstractReader:
        """The reader of the file's format."""
        if self.typed:
            return Typed()
        reader = readers.of(self.file)
        return reader if self.member is None else reader.of_member(self.member, self.file)

    @property
    def title(self) -> str:
        """The path, and the array's name after a colon."""
        return self.file if self.member is None else f"{self.file}:{self.member}"


def find(paths: Sequence[Path], labelling: str) -> list[Source]:
    """Return the files at some paths and in the folders among them, in natural order.

    Hidden files and memories in folders are ignored.

    Args:
        paths: of files or folders; "-" for standard input; FILE:NAME for an array of a file that
            holds several; or patterns, such as "+-+-", where there is no such file.
        labelling: folder (the name of the sub-folder), stem (of the file's name) or none.

    Raises:
        PictureError: a path does not exist, or a folder holds no file.
    """
    found: list[Source] = []
    for path in paths:
        if str(path) == "-":
            found.append(Source("-", "-", None, listed=False))
        elif (parts := _of_member(path)) is not None:
            file, member = parts
            name = f"{os.path.basename(file)}:{member}"  # noqa: PTH119
            label = Path(file).stem if labelling == "stem" else None
            found.append(Source(file, name, label, listed=False, member=member))
        elif _is_typed(path):
            found.append(Source(str(path), str(path), None, listed=False, typed=True))
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


def is_file(path: str) -> bool:
    """Tell whether a path is that of a file, or of an array in one."""
    return os.path.isfile(path) or _of_member(Path(path)) is not None  # noqa: PTH113


def _of_member(path: Path) -> tuple[str, str] | None:
    """Return the file and the name of an array in it, as in data.npz:x; None for any other path."""
    file, colon, member = str(path).rpartition(":")
    if colon and member and os.path.isfile(file) and not os.path.lexists(path):  # noqa: PTH113
        return file, member
    return None


def _is_typed(path: Path) -> bool:
    """Tell whether what was given is no path, but a pattern such as "+-+-"."""
    from hopcli.formats import drawn

    # Letters are rather the name of a file that is missing.
    text = str(path)
    if os.path.lexists(path) or any(mark.isalpha() for mark in text):
        return False
    return drawn.is_typed(text)


def _is_folder(path: Path) -> bool:
    """Tell whether a path is a folder.

    Raises:
        PictureError: it does not exist, or cannot be reached.
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
    """Return the paths of the files below a folder, relative to it, in natural order.

    Links to folders are not followed. They, and folders that may not be opened, are among the
    paths returned, so that they are reported as unreadable.
    """
    found: list[str] = []
    closed: list[str] = []
    for parent, folders, files in os.walk(
        folder, onerror=lambda error: closed.append(str(error.filename))
    ):
        shown = [name for name in folders if not name.startswith(".")]
        links = [name for name in shown if os.path.islink(os.path.join(parent, name))]  # noqa: PTH114, PTH118
        # False for a folder that may not be searched; os.walk then reports it.
        memories = [
            name
            for name in shown
            if os.path.isfile(os.path.join(parent, name, shards.INDEX))  # noqa: PTH113, PTH118
        ]
        folders[:] = [name for name in shown if name not in {*links, *memories}]
        inside = os.path.relpath(parent, folder)
        before = "" if inside == os.curdir else f"{inside}{os.sep}"
        found += [
            f"{before}{name}"
            for name in (*files, *links)
            if not name.startswith(".") and _listed(name)
        ]
    return naturally(found + [os.path.relpath(name, folder) for name in closed])


def _listed(name: str) -> bool:
    """Tell whether a file of this name is read if it is found in a folder."""
    reader = readers.by_extension(name)
    return reader is None or reader.listed


def _inside(folder: str, path: str, labelling: str) -> Source:
    """Return the source for a file with this path inside a folder."""
    name = path if os.sep == "/" else path.replace(os.sep, "/")
    label = None
    if labelling == "stem":
        label = Path(name).stem
    elif labelling == "folder":
        label = name.rpartition("/")[0].rpartition("/")[2] or None
    file = f"{folder}{path}"
    if file == "-":
        # A file of that name in the working folder, rather than standard input.
        file = os.path.abspath(file)  # noqa: PTH100
    return Source(file, name, label, listed=True)


def size_from(text: str) -> tuple[int, int]:
    """Return width and height from a text such as 64x48.

    Raises:
        ParameterError: the text is not a size.
    """
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise ParameterError("size", text, "it takes WIDTHxHEIGHT in pixels", "try `size=64x64`")
    return int(width), int(height)
