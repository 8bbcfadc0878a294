"""Cues for a memory: paths, Pillow pictures and arrays as states of its neurons."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli import members
from hopcli.errors import ParameterError, PictureError
from hopcli.formats import cues as files
from hopcli.formats import sources
from hopcli.formats.limits import MOST_PIXELS, Limits
from hopcli.model import options

if TYPE_CHECKING:
    from hopcli.formats.pictures import Picture
    from hopcli.model.memory import Memory

FRAMES = ("first", "all")


@dataclass(frozen=True)
class Cues:
    """States that recalls start from.

    Attributes:
        names: of the cues: their paths, with the row in brackets for a row of an array.
        states: shape (cues, N): ±1 of int8, 0 where unknown, or levels of float64, NaN where
            unknown.
        many: whether there may be any number of them, rather than just one.
        paths: the files that were read.
        notes: what a user should know of them.
        pictures: what the states were made of, in their own sizes; None for an array, and where
            the states were changed since.
        from_pictures: whether any of the cues was a picture.
        threshold: the level that separates dark from bright; None for Otsu's method.
        unread: why paths that were given could not be read, where that was to be passed over.
    """

    names: tuple[str, ...]
    states: NDArray[Any]
    many: bool
    paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    pictures: "tuple[Picture | None, ...]" = ()
    from_pictures: bool = False
    threshold: float | None = None
    unread: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)


def read(
    given: Any,
    memory: "Memory",
    *,
    threshold: Any = None,
    max_pixels: int = MOST_PIXELS,
    frames: str | None = None,
    lenient: bool = False,
) -> Cues:
    """Read cues.

    Args:
        given: a path (of a picture, an array, a table, letters in text, or a folder; "-" for
            standard input), a typed pattern such as "+-+-", a Pillow picture, or an array: (N,),
            (h, w) or (h, w, 3), with one more axis for several cues; or a sequence of these.
        memory: what they are cues for.
        threshold: the level that separates dark from bright in a binary memory, None or "otsu" for
            Otsu's method.
        max_pixels: the most that a picture may have.
        frames: "first" or "all", of animations and of pages; None where there is no choice.
        lenient: whether to go on without paths that cannot be read.

    Raises:
        PictureError: a file cannot be read, or does not fit, or none of those in a folder can and
            does; or an array of another size.
        ParameterError: a threshold was given for a memory that is not binary, or is none.
    """
    level = options.threshold(threshold)
    if threshold is not None and memory.mode != "binary":
        need = f"it has no effect on a memory that is {memory.mode}"
        raise ParameterError("threshold", threshold, need, "leave it out")
    of_paths = partial(
        _of_paths, memory=memory, threshold=level, max_pixels=max_pixels, frames=frames,
        lenient=lenient,
    )  # fmt: skip
    if isinstance(given, str | os.PathLike):
        found = of_paths([Path(given)])
        path = Path(given)
        return replace(found, many=len(found) > 1 or path.is_dir())
    if isinstance(given, np.ndarray):
        return _of_array(given, memory, level, "cue")
    if not isinstance(given, Sequence):
        return _of_picture(given, memory, level, "cue")
    if not given:
        raise PictureError("an empty list of cues was given; give at least one")
    if all(isinstance(cue, str | os.PathLike) for cue in given):
        return of_paths([Path(cue) for cue in given])
    return _joined(
        [
            _of_array(cue, memory, level, f"cue[{row}]")
            if isinstance(cue, np.ndarray)
            else of_paths([Path(cue)])
            if isinstance(cue, str | os.PathLike)
            else _of_picture(cue, memory, level, f"cue[{row}]")
            for row, cue in enumerate(given)
        ]
    )


def masked(cues: Cues, mask: Path, memory: "Memory", max_pixels: int) -> Cues:
    """Return cues with the pixels hidden that are black in a mask.

    Raises:
        PictureError: it is no picture, of another size, or hides everything.
    """
    hidden = ~files.read_mask(mask, memory.stored, most=max_pixels)
    states = cues.states.copy()
    states[:, hidden] = 0 if memory.mode == "binary" else np.nan
    return changed(cues, states)


def changed(cues: Cues, states: NDArray[Any]) -> Cues:
    """Return cues with other states, which no longer are those of their pictures."""
    return replace(cues, states=states, pictures=(None,) * len(cues))


def _of_paths(
    paths: Sequence[Path],
    memory: "Memory",
    threshold: float | None,
    max_pixels: int,
    frames: str | None,
    lenient: bool,
) -> Cues:
    unread: list[str] = []
    found: list[sources.Source] = []
    for path in paths:
        try:
            found += sources.find([path], "none")
        except PictureError as error:
            if not lenient:
                raise
            unread.append(error.template)
    every = frames is not None and members.choose("frames", frames, FRAMES) == "all"
    height, width = memory.shape[:2]
    size = (width, height) if height > 1 else None
    limits = Limits(max_pixels, memory.limit, frames=every, size=size)
    remedy = "" if frames is None else "; `frames=all` takes all"
    read, notes = files.read(
        found, memory.stored, threshold, limits, remedy, unread if lenient else None
    )
    return Cues(
        tuple(cue.name for cue in read),
        np.array([cue.state for cue in read]),
        many=True,
        paths=tuple(source.path for source in found),
        notes=tuple(notes),
        pictures=tuple(cue.picture for cue in read),
        from_pictures=any(cue.picture is not None for cue in read),
        threshold=threshold,
        unread=tuple(unread),
    )


def _of_picture(given: Any, memory: "Memory", threshold: float | None, name: str) -> Cues:
    """Read a Pillow picture."""
    from hopcli.formats import pictures

    picture = pictures.of_image(given, name)
    notes: list[str] = []
    state = files.of_picture(picture, name, memory.stored, threshold, notes)
    return Cues(
        (name,),
        state[None],
        many=False,
        notes=tuple(notes),
        pictures=(files.within(picture, memory.stored),),
        from_pictures=True,
        threshold=threshold,
    )


def _of_array(given: NDArray[Any], memory: "Memory", threshold: float | None, name: str) -> Cues:
    """Read an array of one cue, or of several."""
    one = given.shape == (memory.neurons,) or (given.shape == memory.shape and memory.shape[0] > 1)
    wanted = (given.ndim in (1, 2) and given.shape[-1] == memory.neurons) or (
        given.shape[-len(memory.shape) :] == memory.shape and given.ndim <= len(memory.shape) + 1
    )
    if not wanted or not given.size:
        sides = "×".join(str(side) for side in memory.shape)
        raise PictureError(
            f"an array of shape {given.shape} was given, but the memory holds patterns of shape "
            f"{sides}, {memory.neurons:,} neurons; give arrays of that shape"
        )
    rows = given.reshape(-1, memory.neurons)
    names = (name,) if one else tuple(f"{name}[{row}]" for row in range(len(rows)))
    states = files.of_rows(rows, memory.stored, threshold, name)
    return Cues(names, states, many=not one, pictures=(None,) * len(names), threshold=threshold)


def _joined(some: Sequence[Cues]) -> Cues:
    """Return several cues as one batch."""
    return Cues(
        tuple(name for cues in some for name in cues.names),
        np.concatenate([cues.states for cues in some]),
        many=True,
        paths=tuple(path for cues in some for path in cues.paths),
        notes=tuple(note for cues in some for note in cues.notes),
        pictures=tuple(picture for cues in some for picture in cues.pictures),
        from_pictures=any(cues.from_pictures for cues in some),
        threshold=some[0].threshold,
    )
