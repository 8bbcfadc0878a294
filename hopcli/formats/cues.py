"""Cues: pictures and arrays read as states of a memory's neurons."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import PictureError
from hopcli.formats import arrays, decoding, pictures
from hopcli.formats.arrays import Rows
from hopcli.formats.binarize import binarize
from hopcli.formats.limits import MOST_PIXELS
from hopcli.formats.pictures import Picture
from hopcli.formats.readers import Limits
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import AbstractMemory
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit


@dataclass(frozen=True)
class Cue:
    """A state that recall starts from.

    Attributes:
        name: what the person called it, with the row's number in brackets for a row of an array.
        state: shape (N,); in a binary network ±1, or 0 where unknown, of int8; in a grey or
            coloured one levels, NaN where unknown, of float64.
    """

    name: str
    state: NDArray[Any]


def read(
    sources: Sequence[Source],
    memory: AbstractMemory,
    threshold: float | None,
    *,
    most: int = MOST_PIXELS,
    limit: MemoryLimit = HALF_THE_MACHINE,
) -> tuple[list[Cue], list[str]]:
    """Read cues for a memory, and what a person should be told of them.

    Args:
        sources: the files.
        memory: what they are cues for.
        threshold: that parts dark from bright in a binary memory; None for Otsu's.
        most: pixels that a picture may have.
        limit: of the memory that an array may take.

    Raises:
        PictureError: one that was named cannot be read, or does not fit, or none of those in a
            folder can and does.
    """
    cues: list[Cue] = []
    notes: list[str] = []
    for source in sources:
        try:
            name = str(source.path)
            with pictures.quietly():
                found = source.reader.read(source.path, name, Limits(most, limit))
            if isinstance(found, Rows):
                cues += _of_rows(found, name, memory, threshold)
                continue
            state = of_picture(_picture(found), name, memory, threshold, notes)
            cues.append(Cue(name, state))
        except PictureError as error:
            if not source.listed:
                raise
            notes.append(f"skipped: {error.template}")
    if not cues:
        raise PictureError(f"no readable picture was found: {notes[0].removeprefix('skipped: ')}")
    return cues, notes


def to_state(picture: Picture, mode: str, threshold: float | None) -> NDArray[Any]:
    """A picture as a state of a mode, of shape (h, w), or (h, w, 3) in rgb."""
    if mode == "binary":
        state = np.zeros(picture.known.shape, dtype=np.int8)
        if picture.known.any():
            state[picture.known] = binarize(picture.gray[picture.known], threshold)
        return state
    levels = (picture.rgb if mode == "rgb" else picture.gray).astype(np.float64)
    levels[~picture.known] = np.nan
    return levels


def longest(most: int) -> int:
    """Bytes that the file of a picture of so many pixels may have."""
    return decoding.longest(most)


def of_content(
    content: bytes, what: str, memory: AbstractMemory, *, most: int = MOST_PIXELS
) -> NDArray[Any]:
    """The picture in a file's content as a state, (N,), in a binary memory parted by Otsu.

    Args:
        content: the bytes of the file.
        what: what it is called in errors.
        memory: what it is a cue for; it is resized to its size.
        most: pixels that it may have.

    Raises:
        PictureError: it cannot be read, has more pixels, or the memory holds no pictures.
    """
    with pictures.quietly():
        found = pictures.read_plainly(what, content, most=most)
    return of_picture(_picture(found), what, memory, None, [])


def _picture(found: Picture | NDArray[np.uint8]) -> Picture:
    """Return a picture that was read plainly as one of levels from 0 to 1."""
    return found if isinstance(found, Picture) else pictures.of_levels(found)


def of_picture(
    picture: Picture, name: str, memory: AbstractMemory, threshold: float | None, notes: list[str]
) -> NDArray[Any]:
    """A picture as a state of a memory's neurons, (N,), resized if it must be, which is noted.

    Raises:
        PictureError: the memory holds rows of values that are no pictures.
    """
    fitted = _fitted(picture, name, memory, notes)
    return to_state(fitted, memory.mode, threshold).ravel()


def of_rows(
    values: NDArray[Any], memory: AbstractMemory, threshold: float | None, name: str
) -> NDArray[Any]:
    """An array of shape (rows, N) as states of a memory's neurons, NaN where they are unknown.

    Raises:
        PictureError: it holds no numbers, infinite ones, or values that are no levels.
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
    """The picture in the memory's size."""
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


def _of_rows(rows: Rows, path: str, memory: AbstractMemory, threshold: float | None) -> list[Cue]:
    """Return the rows of an array as cues."""
    rows = rows.as_patterns(memory.shape, path)
    values = rows.values
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
    """Which neurons a mask makes known (white), shape (N,); it may have so many pixels at most.

    Raises:
        PictureError: it is no picture, of another size, or hides everything.
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
