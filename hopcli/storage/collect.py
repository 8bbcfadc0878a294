"""From files to patterns: sizes agreed on, levels parted, what cannot be read reported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import HopError, PictureError
from hopcli.storage import arrays, pictures
from hopcli.storage.binarize import binarize
from hopcli.storage.memory_file import Memory, memory_of
from hopcli.storage.sources import Source


@dataclass(frozen=True)
class Plan:
    """How files are to become patterns.

    Attributes:
        size: width and height to resize to; None for the pictures' own.
        mode: auto or binary.
        threshold: in [0, 1]; None for Otsu's.
        beside: the memory that the patterns are to be appended to, or None.
    """

    size: tuple[int, int] | None
    mode: str
    threshold: float | None
    beside: Memory | None


@dataclass
class Collection:
    """What has been read so far.

    Attributes:
        words: packed patterns, one array for each file.
        names: a name for each pattern.
        labels: a label, or None, for each pattern.
        skipped: files that were not taken, with the reason.
        notes: what a person should be told.
    """

    words: list[NDArray[np.uint64]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def collect(
    sources: Sequence[Source], plan: Plan, *, on_file: Callable[[int], None] | None = None
) -> tuple[Memory, Collection]:
    """Read all files as binary patterns of one size.

    Args:
        sources: the files.
        plan: how to read them.
        on_file: called with the number of files read so far.

    Raises:
        PictureError: none of the files could be read, or one does not fit the memory it is to be
            appended to.
        HopError: with mode auto, the pictures have more than two levels.
    """
    collection = Collection()
    readable = _readable(sources, collection)
    shape = _shape(readable, plan, collection)
    for count, (source, _) in enumerate(readable):
        try:
            states = _states(source, shape, plan, collection)
        except PictureError as error:
            if plan.beside is not None and isinstance(error, _MisfitError):
                raise
            collection.skipped.append((source.name, str(error)))
        else:
            flat = np.count_nonzero((states == states[:, :1]).all(axis=1))
            if flat:
                which = source.name if len(states) == 1 else f"{source.name}: rows: {flat}"
                collection.notes.append(f"of one colour, so without information: {which}")
            collection.words.append(packing.pack(states))
            collection.labels += [source.label] * len(states)
        if on_file is not None:
            on_file(count + 1)
    if not collection.words:
        raise PictureError(_nothing(collection))
    memory = memory_of(
        "binary", shape, np.concatenate(collection.words), collection.names, collection.labels
    )
    return memory, collection


class _MisfitError(PictureError):
    """A file that can be read, but is not of the patterns' size."""


def _nothing(collection: Collection) -> str:
    """Why there is nothing to store."""
    name, reason = collection.skipped[0]
    more = len(collection.skipped) - 1
    others = f" (and {more} more)" if more else ""
    return f"no readable picture was found: {name}: {reason}{others}"


def _readable(
    sources: Sequence[Source], collection: Collection
) -> list[tuple[Source, tuple[int, int] | None]]:
    """The files that open, each picture with its width and height."""
    readable: list[tuple[Source, tuple[int, int] | None]] = []
    for source in sources:
        if source.is_array:
            readable.append((source, None))
            continue
        try:
            readable.append((source, pictures.size_of(source.path)))
        except PictureError as error:
            collection.skipped.append((source.name, str(error)))
    if not readable:
        raise PictureError(_nothing(collection))
    return readable


def _shape(
    readable: Sequence[tuple[Source, tuple[int, int] | None]], plan: Plan, collection: Collection
) -> tuple[int, int]:
    """Height and width of the patterns."""
    if plan.beside is not None:
        height, width = plan.beside.shape
        if plan.size not in (None, (width, height)):
            raise HopError(
                f"--size {plan.size[0]}x{plan.size[1]} was given, but the memory holds patterns of "
                f"{width}x{height}; leave --size out or make another memory"
            )
        return height, width
    if plan.size is not None:
        return plan.size[1], plan.size[0]
    sizes = [size for _, size in readable if size is not None]
    if not sizes:
        for source, _ in readable:
            try:
                return 1, arrays.read(source.path, source.name).values.shape[1]
            except PictureError:
                continue
        return 1, 1
    width, height = (max(1, round(median(side))) for side in zip(*sizes, strict=True))
    if len(set(sizes)) > 1:
        collection.notes.append(
            f"the pictures have {len(set(sizes))} different sizes; all are resized to the median, "
            f"{width}x{height} (--size chooses another)"
        )
    return height, width


def _states(
    source: Source, shape: tuple[int, int], plan: Plan, collection: Collection
) -> NDArray[np.int8]:
    """The patterns of one file, ±1 of shape (rows, N); their names go into the collection."""
    neurons = shape[0] * shape[1]
    if source.is_array:
        rows = arrays.read(source.path, source.name)
        if rows.values.shape[1] != neurons:
            raise _MisfitError(
                f"{source.name} has {rows.values.shape[1]} values a row, but the patterns are of "
                f"{shape[1]}x{shape[0]} = {neurons}"
            )
        if plan.mode == "auto" and arrays.levels(rows.values) > 2:
            raise _many_levels(source.name)
        states = arrays.to_states(rows.values, plan.threshold, unknown=False)
        collection.names += rows.names
        return states
    picture = pictures.on_white(pictures.read(source.path))
    if plan.mode == "auto" and picture.levels > 2:
        raise _many_levels(source.name)
    size = shape[1], shape[0]
    if plan.beside is not None and plan.size is None and picture.size != size:
        raise _MisfitError(
            f"{source.name} is {picture.size[0]}x{picture.size[1]}, but the memory holds patterns "
            f"of {size[0]}x{size[1]}; give --size {size[0]}x{size[1]} to resize it"
        )
    states = binarize(pictures.resize(picture, size).gray, plan.threshold)
    collection.names.append(source.name)
    return states.reshape(1, neurons)


def _many_levels(name: str) -> HopError:
    return HopError(
        f"{name} has more than two levels, and memories of grey or coloured pictures are not "
        f"there yet; give --mode binary to part it into black and white"
    )
