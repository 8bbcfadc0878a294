"""From files to patterns: size and mode agreed on, levels parted, what cannot be read reported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import HopError, PictureError
from hopcli.storage import arrays, pictures
from hopcli.storage.binarize import binarize
from hopcli.storage.memory_file import AbstractMemory, Memory, memory_of
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit
from hopcli.storage.pictures import Picture
from hopcli.storage.sources import Source


@dataclass(frozen=True)
class Plan:
    """How files are to become patterns.

    Attributes:
        size: width and height to resize to; None for the pictures' own.
        mode: auto, binary, gray or rgb.
        threshold: in [0, 1]; None for Otsu's. For binary patterns.
        beside: the memory that the patterns are to be appended to, or None.
        limit: of the memory that an array may take.
    """

    size: tuple[int, int] | None
    mode: str
    threshold: float | None
    beside: AbstractMemory | None
    limit: MemoryLimit = HALF_THE_MACHINE


@dataclass(frozen=True)
class Read:
    """What one file holds.

    Attributes:
        source: the file.
        names: a name for each of its patterns.
        levels: uint8 of shape (patterns, h, w) or (patterns, h, w, 3), unless only its states are
            wanted.
        states: the same as ±1 of int8, (patterns, h · w), if binary patterns may be wanted.
        kind: the least mode that holds all of it: binary, gray or rgb.
    """

    source: Source
    names: list[str]
    levels: NDArray[np.uint8] | None
    states: NDArray[np.int8] | None
    kind: str


@dataclass
class Report:
    """What a person should be told.

    Attributes:
        skipped: files that were not taken, with the reason.
        notes: what was done, or is odd.
    """

    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _MisfitError(PictureError):
    """A file that can be read, but is not of the patterns' size."""


MODES = ("binary", "gray", "rgb")


def collect(
    sources: Sequence[Source], plan: Plan, *, on_file: Callable[[int], None] | None = None
) -> tuple[Memory, Report]:
    """Read all files as patterns of one size and mode.

    Args:
        sources: the files.
        plan: how to read them.
        on_file: called with the number of files read so far.

    Raises:
        PictureError: none of the files could be read, or one does not fit the memory it is to be
            appended to.
        HopError: the plan asks for another size or mode than that memory has.
    """
    report = Report()
    readable = _readable(sources, report)
    height, width = _shape(readable, plan, report)
    mode = _wanted_mode(plan)
    reads: list[Read] = []
    for count, (source, _) in enumerate(readable):
        try:
            reads.append(_read(source, (height, width), mode, plan))
        except PictureError as error:
            if plan.beside is not None and isinstance(error, _MisfitError):
                raise
            report.skipped.append((str(source.path), str(error)))
        if on_file is not None:
            on_file(count + 1)
    if not reads:
        raise PictureError(_nothing(report))
    if mode == "auto":
        mode = max((read.kind for read in reads), key=MODES.index)
    rows = [_patterns(read, mode, (height, width)) for read in reads]
    for read in reads:
        _note_flat(read, report)
    return memory_of(
        mode,
        (height, width, 3) if mode == "rgb" else (height, width),
        np.concatenate(rows),
        [name for read in reads for name in read.names],
        [read.source.label for read in reads for _ in read.names],
    ), report


def _nothing(report: Report) -> str:
    """Why there is nothing to store."""
    _, reason = report.skipped[0]
    more = len(report.skipped) - 1
    others = f" (and {more} more)" if more else ""
    return f"no readable picture was found: {reason}{others}"


def _readable(
    sources: Sequence[Source], report: Report
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
            report.skipped.append((str(source.path), str(error)))
    if not readable:
        raise PictureError(_nothing(report))
    return readable


def _wanted_mode(plan: Plan) -> str:
    """The mode that the plan, or the memory to append to, asks for."""
    if plan.beside is None:
        return plan.mode
    if plan.mode not in ("auto", plan.beside.mode):
        raise HopError(
            f"--mode {plan.mode} was given, but the memory holds {plan.beside.mode} patterns; "
            f"leave --mode out or make another memory"
        )
    return plan.beside.mode


def _shape(
    readable: Sequence[tuple[Source, tuple[int, int] | None]], plan: Plan, report: Report
) -> tuple[int, int]:
    """Height and width of the patterns."""
    if plan.beside is not None:
        height, width = plan.beside.shape[:2]
        if plan.size is not None and plan.size != (width, height):
            raise HopError(
                f"--size {plan.size[0]}x{plan.size[1]} was given, but the memory holds patterns of "
                f"{width}x{height}; leave --size out or make another memory"
            )
        return height, width
    if plan.size is not None:
        return plan.size[1], plan.size[0]
    sizes = [size for _, size in readable if size is not None]
    if not sizes:
        return 1, _array_length([source for source, _ in readable], plan)
    width, height = (max(1, round(median(side))) for side in zip(*sizes, strict=True))
    if len(set(sizes)) > 1:
        report.notes.append(
            f"the pictures have {len(set(sizes))} different sizes; all are resized to the median, "
            f"{width}x{height} (--size chooses another)"
        )
    return height, width


def _array_length(sources: Sequence[Source], plan: Plan) -> int:
    """How many pixels the rows of the first readable array have."""
    for source in sources:
        try:
            length = arrays.read(source.path, source.name, plan.limit).values.shape[1]
        except PictureError:
            continue
        if plan.mode == "rgb" and length % 3:
            raise PictureError(
                f"{source.name} has {length} values a row, which are no triples of red, green and "
                f"blue; leave --mode rgb out"
            )
        return length // 3 if plan.mode == "rgb" else length
    return 1


def _read(source: Source, shape: tuple[int, int], mode: str, plan: Plan) -> Read:
    """Read one file at the patterns' size."""
    if source.is_array:
        return _read_array(source, shape, mode, plan)
    picture = pictures.on_white(pictures.read(source.path))
    size = shape[1], shape[0]
    if plan.beside is not None and plan.size is None and picture.size != size:
        raise _MisfitError(
            f"{source.name} is {picture.size[0]}x{picture.size[1]}, but the memory holds patterns "
            f"of {size[0]}x{size[1]}; give --size {size[0]}x{size[1]} to resize it"
        )
    kind = picture.least_mode
    resized = pictures.resize(picture, size)
    states = None
    if mode == "binary" or (mode == "auto" and kind == "binary"):
        states = binarize(resized.gray, plan.threshold).reshape(1, -1)
    levels = None if mode == "binary" else _in_bytes(_channels(resized, mode))[None]
    return Read(source, [source.name], levels, states, kind)


def _channels(picture: Picture, mode: str) -> NDArray[np.float32]:
    """The levels that a mode keeps; with auto, those that there are."""
    if mode == "rgb":
        return picture.rgb
    return picture.pixels if mode == "auto" and picture.coloured else picture.gray


def _in_bytes(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Levels in [0, 1] as 0 to 255."""
    return np.rint(levels * 255).astype(np.uint8)


def _read_array(source: Source, shape: tuple[int, int], mode: str, plan: Plan) -> Read:
    """Read the rows of an array as patterns of this height and width."""
    rows = arrays.read(source.path, source.name, plan.limit).as_patterns(shape, source.name)
    length, pixels = rows.values.shape[1], shape[0] * shape[1]
    kind = "binary" if arrays.levels(rows.values) <= 2 else "gray"
    coloured = length == 3 * pixels and mode in ("auto", "rgb")
    if length != pixels and not coloured:
        raise _MisfitError(
            f"{source.name} has {length} values a row, but the patterns are of "
            f"{shape[1]}x{shape[0]} = {pixels}"
        )
    if mode == "binary" or (mode == "auto" and kind == "binary" and not coloured):
        states = arrays.to_states(rows.values, plan.threshold, unknown=False)
        return Read(source, rows.names, None, states, "binary")
    levels = arrays.to_levels(rows.values, source.name)
    if levels.min() < 0 or levels.max() > 1:
        raise PictureError(
            f"{source.name} holds values from {rows.values.min():g} to {rows.values.max():g}; "
            f"grey and coloured patterns take levels from 0 to 1, or from 0 to 255"
        )
    full = (*shape, 3) if coloured else shape
    kind = "rgb" if coloured else "gray"
    return Read(source, rows.names, _in_bytes(levels).reshape(-1, *full), None, kind)


def _patterns(read: Read, mode: str, shape: tuple[int, int]) -> NDArray:
    """The rows of the memory that a file's patterns become."""
    if mode == "binary" and read.states is not None:
        return packing.pack(read.states)
    levels = _levels(read).reshape(len(read.names), *shape, -1)
    if mode == "rgb" and levels.shape[3] == 1:
        levels = np.repeat(levels, 3, axis=3)
    return levels.reshape(len(levels), -1)


def _levels(read: Read) -> NDArray[np.uint8]:
    """The levels of a file's patterns; black and white where only states were read."""
    if read.levels is not None:
        return read.levels
    assert read.states is not None
    return np.where(read.states > 0, np.uint8(255), np.uint8(0))


def _note_flat(read: Read, report: Report) -> None:
    """Say which patterns are of one colour."""
    rows = read.states
    if rows is None:
        rows = _levels(read).reshape(len(read.names), -1)
    flat = np.count_nonzero((rows == rows[:, :1]).all(axis=1))
    if flat:
        which = read.source.name if len(rows) == 1 else f"{read.source.name}: rows: {flat}"
        report.notes.append(f"of one colour, so without information: {which}")
