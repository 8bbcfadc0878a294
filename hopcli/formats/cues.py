"""Cues: pictures and arrays read as states of the neurons of a memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import PictureError
from hopcli.formats import arrays, pictures
from hopcli.formats.arrays import Rows
from hopcli.formats.binarize import binarize
from hopcli.formats.limits import MOST_PIXELS, Limits
from hopcli.formats.pictures import Picture
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import AbstractMemory

# Pixels up to which the picture of a cue is kept in its own size.
LARGEST = 2**18


@dataclass(frozen=True)
class Cue:
    """A state that recall starts from.

    Attributes:
        name: its path, with the number of the row in brackets for a row of an array.
        state: shape (N,). For a binary memory int8: ±1, or 0 where unknown; for others float64:
            levels, NaN where unknown.
        picture: of which the state was made, in its own size; None for a row of an array.
    """

    name: str
    state: NDArray[Any]
    picture: Picture | None = None


def read(
    sources: Sequence[Source],
    memory: AbstractMemory,
    threshold: float | None,
    limits: Limits,
    remedy: str = "",
    unread: list[str] | None = None,
) -> tuple[list[Cue], list[str]]:
    """Read cues for a memory.

    Args:
        sources: the files.
        memory: the memory that the cues are for.
        threshold: the level above which is bright in a binary memory; None for Otsu's.
        limits: the most that a file may take.
        remedy: what to do where only the first frame was taken; "" for nothing.
        unread: errors of files that were given are added to it; None to raise them.

    Returns:
        The cues, and notes for the user.

    Raises:
        PictureError: a file that was given cannot be read, or is of another size; or this is so
            for all files of a folder.
    """
    cues: list[Cue] = []
    notes: list[str] = []
    for source in sources:
        try:
            name = source.title
            with pictures.quietly():
                found = source.reader.read(source.path, name, limits)
            if isinstance(found, Rows):
                cues += _of_rows(found, name, memory, threshold, notes)
                continue
            frames = found if isinstance(found, list) else [found]
            for number, frame in enumerate(frames):
                own = f"{name}[{number}]" if isinstance(found, list) else name
                picture = _picture(frame)
                state = of_picture(picture, own, memory, threshold, notes)
                cues.append(Cue(own, state, within(picture, memory)))
                if picture.more:
                    notes.append(pictures.first_only(own, remedy))
        except PictureError as error:
            if not source.listed and unread is None:
                raise
            if not source.listed and unread is not None:
                unread.append(error.template)
                continue
            notes.append(f"skipped: {error.template}")
    if not cues and unread:
        raise PictureError(unread[0])
    if not cues:
        raise PictureError(
            f"no readable picture or array was found: {notes[0].removeprefix('skipped: ')}"
        )
    return cues, notes


def to_state(picture: Picture, mode: str, threshold: float | None) -> NDArray[Any]:
    """Convert a picture to a state of a mode, of shape (h, w), or (h, w, 3) for rgb."""
    if mode == "binary":
        state = np.zeros(picture.known.shape, dtype=np.int8)
        if picture.known.any():
            state[picture.known] = binarize(picture.gray[picture.known], threshold)
        return state
    levels = (picture.rgb if mode == "rgb" else picture.gray).astype(np.float64)
    levels[~picture.known] = np.nan
    return levels


def of_content(
    content: bytes, what: str, memory: AbstractMemory, *, most: int = MOST_PIXELS
) -> NDArray[Any]:
    """Read a picture from the content of a file as a state of shape (N,).

    Args:
        content: the bytes of the file.
        what: the name of the picture in errors.
        memory: the memory that the cue is for; the picture is resized to its patterns' size, and
            for a binary one divided at Otsu's threshold.
        most: the most pixels that the picture may have.

    Raises:
        PictureError: the content is not a picture, has more pixels, or the memory holds rows.
    """
    return of_picture(picture_of_content(content, what, most=most), what, memory, None, [])


def picture_of_content(content: bytes, what: str, *, most: int = MOST_PIXELS) -> Picture:
    """Read the picture in a file's content, which is called `what` in errors.

    Raises:
        PictureError: it cannot be read, or has more than `most` pixels.
    """
    with pictures.quietly():
        return _picture(pictures.read_plainly(what, content, most=most))


def _picture(found: Picture | NDArray[np.uint8]) -> Picture:
    """Return what `pictures.read_plainly` returned as a Picture."""
    return found if isinstance(found, Picture) else pictures.of_levels(found)


def of_picture(
    picture: Picture, name: str, memory: AbstractMemory, threshold: float | None, notes: list[str]
) -> NDArray[Any]:
    """Convert a picture to a state of shape (N,) of a memory's neurons.

    A picture of another size is resized, and a note on that is added to `notes`.

    Raises:
        PictureError: the memory holds rows of arrays rather than pictures.
    """
    fitted = _fitted(picture, name, memory, notes)
    return to_state(fitted, memory.mode, threshold).ravel()


def within(picture: Picture, memory: AbstractMemory) -> Picture:
    """Return a picture, reduced if it has far more pixels than the memory's pictures."""
    most = max(LARGEST, 4 * memory.shape[0] * memory.shape[1])
    width, height = picture.size
    if width * height <= most:
        return picture
    factor = (most / (width * height)) ** 0.5
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return pictures.resize(picture, size)


def of_rows(
    values: NDArray[Any], memory: AbstractMemory, threshold: float | None, name: str
) -> NDArray[Any]:
    """Convert an array of shape (rows, N), NaN where unknown, to states of a memory's neurons.

    Raises:
        PictureError: a value is not a number, infinite, or too large for a level.
    """
    if values.dtype.kind not in "buif":
        raise PictureError(f"{name} holds {values.dtype}, but cues are numbers; convert it")
    unknown = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
    if unknown.any():
        known = values[~unknown]
        values = np.where(unknown, known[0] if known.size else 0, values)
    if not np.isfinite(values).all():
        raise PictureError(f"{name} holds infinite values; replace them first")
    if memory.mode == "binary":
        states = arrays.to_states(values, threshold, unknown=True)
        return np.where(unknown, np.int8(0), states)
    return np.where(unknown, np.nan, arrays.to_levels(values, name))


def _fitted(picture: Picture, path: str, memory: AbstractMemory, notes: list[str]) -> Picture:
    """Return the picture in the size of the memory's patterns."""
    height, width = memory.shape[:2]
    if picture.size == (width, height) or (height == 1 and picture.known.size == width):
        return picture
    given = f"{picture.size[0]}x{picture.size[1]}"
    if height == 1:
        raise PictureError(
            f"{path} is a picture of {given}, but the memory holds rows of {width} values; give a "
            f".npy array"
        )
    notes.append(f"{path} is {given}; resized to the memory's {width}x{height}")
    return pictures.resize(picture, (width, height))


def _of_rows(
    rows: Rows, path: str, memory: AbstractMemory, threshold: float | None, notes: list[str]
) -> list[Cue]:
    """Return the rows of an array as cues; the columns, if only these have the right length."""
    rows = rows.as_patterns(memory.shape, path)
    values = rows.values
    if values.shape[1] != memory.neurons and values.shape[0] == memory.neurons:
        values = np.ascontiguousarray(values.T)
        rows = Rows(values, [f"{path}[{column}]" for column in range(len(values))])
        notes.append(f"the columns of {path} were taken as cues, as its rows are not as long")
    if values.shape[1] != memory.neurons:
        sides = "×".join(
            str(side) for side in (memory.shape[1], memory.shape[0], *memory.shape[2:])
        )
        raise PictureError(
            f"{path} has {values.shape[1]} values, but the memory holds patterns of "
            f"{sides} = {memory.neurons}; give arrays of that length"
        )
    states = of_rows(values, memory, threshold, path)
    return [Cue(name, state) for name, state in zip(rows.names, states, strict=True)]


def read_mask(path: Path, memory: AbstractMemory, *, most: int = MOST_PIXELS) -> NDArray[np.bool_]:
    """Read a mask: true for the neurons that are known, which are white in it, shape (N,).

    Args:
        path: of a picture of the size of the memory's patterns.
        memory: whose neurons are masked.
        most: the most pixels that the picture may have.

    Raises:
        PictureError: the file is not a picture, of another size, or hides everything.
    """
    picture = pictures.read(path, most=most)
    height, width = memory.shape[:2]
    if picture.size != (width, height):
        raise PictureError(
            f"{path} is {picture.size[0]}x{picture.size[1]}, but the memory holds patterns of "
            f"{width}x{height}; give a mask of that size"
        )
    known = (picture.gray > 0.5) & picture.known
    if not known.any():
        raise PictureError(f"{path} hides every pixel; white means known, so paint some white")
    return np.repeat(known.ravel(), memory.neurons // known.size)
