"""Cues: pictures and arrays read as states of a memory's neurons, unknown ones 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import PictureError
from hopcli.storage import arrays, pictures
from hopcli.storage.binarize import binarize
from hopcli.storage.memory_file import Memory
from hopcli.storage.sources import Source


@dataclass(frozen=True)
class Cue:
    """A state that recall starts from.

    Attributes:
        name: what the person called it, with the row's number in brackets for a row of an array.
        state: ±1, or 0 where unknown, int8 of shape (N,).
    """

    name: str
    state: NDArray[np.int8]


def read(
    sources: Sequence[Source], memory: Memory, threshold: float | None
) -> tuple[list[Cue], list[str]]:
    """Read cues for a binary memory, and what a person should be told of them.

    Raises:
        PictureError: one of them cannot be read, or does not fit.
    """
    cues: list[Cue] = []
    notes: list[str] = []
    for source in sources:
        if source.is_array:
            cues += _of_array(source, memory, threshold)
        else:
            cues.append(Cue(str(source.path), _of_picture(source, memory, threshold, notes)))
    return cues, notes


def binary_state(picture: pictures.Picture, threshold: float | None) -> NDArray[np.int8]:
    """A picture as ±1, and 0 where it is transparent, int8 of shape (h, w)."""
    state = np.zeros(picture.gray.shape, dtype=np.int8)
    if picture.known.any():
        state[picture.known] = binarize(picture.gray[picture.known], threshold)
    return state


def _of_picture(
    source: Source, memory: Memory, threshold: float | None, notes: list[str]
) -> NDArray[np.int8]:
    picture = pictures.read(source.path)
    height, width = memory.shape[:2]
    if picture.size != (width, height) and not (height == 1 and picture.gray.size == width):
        given = f"{picture.size[0]}x{picture.size[1]}"
        if height == 1:
            raise PictureError(
                f"{source.path} is a picture of {given}, but the memory holds rows of {width} "
                f"values; give a .npy array"
            )
        notes.append(f"{source.path} is {given}; resized to the memory's {width}x{height}")
        picture = pictures.resize(picture, (width, height))
    return binary_state(picture, threshold).ravel()


def _of_array(source: Source, memory: Memory, threshold: float | None) -> list[Cue]:
    rows = arrays.read(source.path, str(source.path))
    values, names = rows.values, rows.names
    if values.shape == memory.shape and values.shape[0] > 1:
        # One pattern, written as the picture that it is.
        values, names = values.reshape(1, -1), [str(source.path)]
    if values.shape[1] != memory.neurons:
        height, width = memory.shape[:2]
        raise PictureError(
            f"{source.path} has {values.shape[1]} values, but the memory holds patterns of "
            f"{width}×{height} = {memory.neurons}; give arrays of that length"
        )
    states = arrays.to_states(values, threshold, unknown=True)
    return [Cue(name, state) for name, state in zip(names, states, strict=True)]


def read_mask(path: Path, memory: Memory) -> NDArray[np.bool_]:
    """Which neurons a mask makes known (white), shape (N,).

    Raises:
        PictureError: it is no picture, of another size, or hides everything.
    """
    picture = pictures.read(path)
    height, width = memory.shape[:2]
    if picture.size != (width, height):
        raise PictureError(
            f"{path} is {picture.size[0]}x{picture.size[1]}, but the memory holds patterns of "
            f"{width}x{height}; give a mask of that size"
        )
    known = (picture.gray > 0.5) & picture.known
    if not known.any():
        raise PictureError(f"{path} hides every pixel; white means known, so paint some white")
    return known.ravel()
