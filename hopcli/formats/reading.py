"""Read files as patterns of one size and mode, and report those that cannot be read."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import PictureError
from hopcli.formats import arrays, files, pictures, png
from hopcli.formats.arrays import Rows
from hopcli.formats.binarize import binarize, bright_bits
from hopcli.formats.limits import Limits
from hopcli.formats.pictures import Picture
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import AbstractMemory

# The content of a file: rows of numbers, a picture, levels from 0 to 255 of a plain picture, or all
# frames of one.
OnePicture = Picture | NDArray[np.uint8]
Content = Rows | OnePicture | list[OnePicture]
# Pixels of a coloured picture that are examined first for its number of grey levels.
SAMPLE = 64
# pictures.LUMA in thousandths, as whole numbers.
LUMA = np.array([299, 587, 114], dtype=np.int32)


class OtherSizeError(PictureError):
    """A picture of another size than the patterns, where pictures are not resized."""


class MisfitError(PictureError):
    """A readable array of another length than the patterns."""


@dataclass(frozen=True)
class Plan:
    """How files become patterns.

    Attributes:
        size: width and height of the patterns; None if they follow from the files.
        mode: auto, binary, gray or rgb.
        threshold: for binary patterns, in [0, 1]; None for Otsu's.
        beside: the memory that the patterns are appended to, or None. Where it is given, an array
            of another length than its patterns is an error; otherwise such arrays are skipped.
        background: red, green and blue levels that show through transparent pixels.
        limits: the most that a file may take.
    """

    size: tuple[int, int] | None
    mode: str
    threshold: float | None
    beside: AbstractMemory | None
    background: tuple[float, float, float] = pictures.WHITE
    limits: Limits = field(default_factory=Limits)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the patterns, which must be known."""
        assert self.size is not None
        return self.size[1], self.size[0]


@dataclass(frozen=True)
class Batch:
    """Consecutive patterns, in every form that the mode may still require.

    Attributes:
        names: of the patterns.
        labels: of the patterns.
        words: packed bits, if the mode may become binary and all of these patterns may be.
        levels: uint8 of shape (patterns, h, w) or (patterns, h, w, 3), if the mode may become
            another; None where `tones` says the same.
        tones: the levels of −1 and +1 neurons, uint8 of shape (patterns, 2).
        flat: the names of those of a single colour, for a note.
        notes: what files were taken as, where they could be meant otherwise.
    """

    names: list[str]
    labels: list[str | None]
    words: NDArray[np.uint64] | None = None
    levels: NDArray[np.uint8] | None = None
    tones: NDArray[np.uint8] | None = None
    flat: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    """The patterns of some files.

    Attributes:
        batches: the patterns, in order.
        skipped: the files that were not taken, with the reason.
    """

    batches: list[Batch]
    skipped: list[tuple[str, str]]


def read(sources: Sequence[Source], plan: Plan, *, resized: bool) -> Contents:
    """Read some files as patterns; files that cannot be read are skipped.

    Args:
        sources: the files.
        plan: with a size.
        resized: whether pictures of another size are resized, rather than an error.

    Raises:
        OtherSizeError: a picture has another size, and pictures are not resized.
        MisfitError: an array has another length, and such arrays are not skipped.
    """
    batches: list[Batch] = []
    skipped: list[tuple[str, str]] = []
    # Consecutive grey pictures that are opaque and of the right size are processed as one array, as
    # are coloured ones.
    alike: list[NDArray[np.uint8]] = []
    alike_sources: list[Source] = []

    def process_alike() -> None:
        if alike:
            stack = np.array(alike)
            batches.extend((_gray if stack.ndim == 3 else _coloured)(alike_sources, stack, plan))
            alike.clear()
            alike_sources.clear()

    with pictures.quietly():
        for source, found in zip(sources, _readers(sources, plan.limits), strict=True):
            try:
                content = found()
                if isinstance(content, Rows):
                    read = _of_rows(source, content, plan)
                elif isinstance(content, list):
                    read = _of_frames(source, content, plan, resized=resized)
                else:
                    read = _fitted(source, content, plan, resized=resized)
            except PictureError as error:
                if isinstance(error, OtherSizeError):
                    raise
                if isinstance(error, MisfitError) and plan.beside is not None:
                    raise
                skipped.append((str(source.path), error.template))
                continue
            if isinstance(read, Batch | list) or (alike and alike[0].ndim != read.ndim):
                process_alike()
            if isinstance(read, Batch | list):
                batches += read if isinstance(read, list) else [read]
            else:
                alike.append(read)
                alike_sources.append(source)
    process_alike()
    return Contents(batches, skipped)


def _readers(sources: Sequence[Source], limits: Limits) -> Sequence[Callable[[], Content]]:
    """Return a function for each file that reads it; many plain PNGs are decoded at once before."""
    read: list[Callable[[], Content]] = [
        partial(source.reader.read, source.path, source.name, limits) for source in sources
    ]
    pngs = [k for k, source in enumerate(sources) if source.file[-4:].lower() == ".png"]
    if len(pngs) < png.FEWEST or limits.frames:
        return read
    contents = [_content(sources[k].file) for k in pngs]
    for k, content, levels in zip(pngs, contents, png.decoded(contents), strict=True):
        if levels is not None and levels.shape[0] * levels.shape[1] <= limits.pixels:
            read[k] = partial(pictures.without_colour, levels)
        elif content:
            read[k] = partial(pictures.read_plainly, sources[k].file, content, most=limits.pixels)
    return read


def _content(file: str) -> bytes:
    """Return the bytes of a small file; none of a large one, or one that cannot be opened."""
    with contextlib.suppress(PictureError), files.opened(file) as stream:
        return stream.getvalue() if isinstance(stream, BytesIO) else b""
    return b""


def _fitted(
    source: Source, found: NDArray[np.uint8] | Picture, plan: Plan, *, resized: bool
) -> NDArray[np.uint8] | Batch:
    """Return the levels of a plain picture of the right size, and any other as a batch of one."""
    size = size_of(found)
    if size != plan.size and not resized:
        height, width = plan.shape
        raise OtherSizeError(
            f"{source.name} is {size[0]}x{size[1]}, but the memory holds patterns of "
            f"{width}x{height}; give `size={width}x{height}` to resize it"
        )
    if isinstance(found, Picture):
        batch = _batch(source, pictures.on_background(found, plan.background), plan)
        if not found.more:
            return batch
        note = pictures.first_only(source.name, "; `frames=all` takes all")
        return replace(batch, notes=(note,))
    return found if size == plan.size else _batch(source, pictures.of_levels(found), plan)


def size_of(content: Content) -> tuple[int, int]:
    """Return width and height of a picture, or of the first of its frames."""
    first = content[0] if isinstance(content, list) else content
    assert not isinstance(first, Rows)
    return first.size if isinstance(first, Picture) else (first.shape[1], first.shape[0])


def _of_frames(
    source: Source, frames: Sequence[OnePicture], plan: Plan, *, resized: bool
) -> list[Batch]:
    """Return all frames of a picture as batches of one."""
    batches = []
    for number, frame in enumerate(frames):
        own = replace(source, name=f"{source.name}[{number}]")
        picture = frame if isinstance(frame, Picture) else pictures.of_levels(frame)
        # A Picture is always returned as a batch.
        batch = _fitted(own, picture, plan, resized=resized)
        assert isinstance(batch, Batch)
        batches.append(batch)
    return batches


def _batch(source: Source, picture: Picture, plan: Plan) -> Batch:
    """Return an opaque picture of any size as a batch of one pattern."""
    mode, names, labels = plan.mode, [source.name], [source.label]
    resized = pictures.resize(picture, plan.size or picture.size)
    levels = None if mode == "binary" else _in_bytes(_channels(resized, mode))[None]
    if levels is not None and not (mode == "auto" and picture.least_mode == "binary"):
        return Batch(names, labels, levels=levels, flat=_flat(names, levels.reshape(1, -1)))
    states = binarize(resized.gray, plan.threshold).reshape(1, -1)
    return Batch(names, labels, packing.pack(states), levels, flat=_flat(names, states))


def _gray(sources: list[Source], levels: NDArray[np.uint8], plan: Plan) -> list[Batch]:
    """Return grey pictures of the right size, shape (pictures, h, w), as one batch."""
    names, labels = [source.name for source in sources], [source.label for source in sources]
    rows = levels.reshape(len(levels), -1)
    if plan.mode in ("gray", "rgb"):
        return [Batch(names, labels, levels=levels, flat=_flat(names, rows))]
    if plan.mode == "binary":
        bits = bright_bits(rows, plan.threshold)
        return [Batch(names, labels, packing.pack(bits), flat=_flat(names, bits))]
    low, high = rows.min(axis=1), rows.max(axis=1)
    two = ((rows == low[:, None]) | (rows == high[:, None])).all(axis=1)
    if not two.any():
        return [Batch(names, labels, levels=levels)]
    bits = bright_bits(rows, plan.threshold)
    flat = _flat([name for name, may in zip(names, two, strict=True) if may], bits[two])
    if not two.all():
        return [Batch(names, labels, levels=levels, flat=flat)]
    words = packing.pack(bits)
    if plan.threshold is not None:
        # A given threshold may put both levels on one side, so bits do not determine the levels.
        return [Batch(names, labels, words, levels, flat=flat)]
    # In a picture of one level all bits are equal, and both tones are that level.
    return [Batch(names, labels, words, tones=np.stack([low, high], axis=1), flat=flat)]


def _coloured(sources: list[Source], levels: NDArray[np.uint8], plan: Plan) -> list[Batch]:
    """Return coloured pictures of the right size, shape (pictures, h, w, 3), as batches."""
    if plan.mode in ("auto", "rgb"):
        pixels = levels.reshape(len(levels), -1, 3)
        step = max(1, pixels.shape[1] // SAMPLE)
        luma = np.sort(pixels[:, ::step].astype(np.int32) @ LUMA, axis=1)
        many = (np.count_nonzero(np.diff(luma, axis=1), axis=1) >= 2).all()
        if plan.mode == "rgb" or many:
            names = [source.name for source in sources]
            return [Batch(names, [source.label for source in sources], levels=levels)]
    return [
        _batch(source, pictures.of_levels(each), plan)
        for source, each in zip(sources, levels, strict=True)
    ]


def _channels(picture: Picture, mode: str) -> NDArray[np.float32]:
    """Return the levels that a mode keeps; with auto, colours only where there are any."""
    if mode == "rgb":
        return picture.rgb
    return picture.pixels if mode == "auto" and picture.coloured else picture.gray


def _in_bytes(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Convert levels in [0, 1] to 0 to 255."""
    return np.rint(levels * 255).astype(np.uint8)


def _flat(names: list[str], rows: NDArray) -> list[str]:
    """Return the names of the patterns of a single colour; rows is of shape (patterns, N)."""
    same = (rows == rows[:, :1]).all(axis=1)
    return [names[row] for row in np.flatnonzero(same)]


def _of_rows(source: Source, found: Rows, plan: Plan) -> Batch:
    """Return the rows of an array as a batch."""
    shape, mode = plan.shape, plan.mode
    rows = found.as_patterns(shape, source.name)
    notes = found.notes if rows is found else ()
    if rows.shape is not None and rows.shape[:2] != shape:
        raise MisfitError(
            f"{source.name} has pictures of {rows.shape[1]}x{rows.shape[0]}, but the patterns are "
            f"of {shape[1]}x{shape[0]}"
        )
    if rows.shape is not None and len(rows.shape) == 3 and mode in ("binary", "gray"):
        channels = arrays.to_levels(rows.values, source.name).reshape(len(rows.names), -1, 3)
        rows = replace(rows, values=channels @ pictures.LUMA.astype(np.float64))
    length, pixels = rows.values.shape[1], shape[0] * shape[1]
    coloured = length == 3 * pixels and mode in ("auto", "rgb")
    if length != pixels and not coloured:
        raise MisfitError(
            f"{source.name} has {length} values a row, but the patterns are of "
            f"{shape[1]}x{shape[0]} = {pixels}"
        )
    if rows.values.dtype.kind == "f" and np.isnan(rows.values).any():
        raise PictureError(f"{source.name} has unknown values, but patterns are known; fill them")
    labels = rows.labels or [source.label] * len(rows.names)
    two = mode == "auto" and not coloured and len(np.unique(rows.values)) <= 2
    if mode == "binary" or two:
        states = arrays.to_states(rows.values, plan.threshold, unknown=False)
        tones = np.broadcast_to(np.array([0, 255], dtype=np.uint8), (len(states), 2))
        flat = _flat_rows(source.name, states)
        return Batch(rows.names, labels, packing.pack(states), tones=tones, flat=flat, notes=notes)
    levels = arrays.to_levels(rows.values, source.name)
    if levels.min() < 0 or levels.max() > 1:
        raise PictureError(
            f"{source.name} holds values from {rows.values.min():g} to {rows.values.max():g}; "
            f"grey and coloured patterns take levels from 0 to 1, or from 0 to 255"
        )
    flat = _flat_rows(source.name, _in_bytes(levels))
    full = (*shape, 3) if coloured else shape
    pixels_of = _in_bytes(levels).reshape(-1, *full)
    return Batch(rows.names, labels, levels=pixels_of, flat=flat, notes=notes)


def _flat_rows(name: str, rows: NDArray) -> list[str]:
    """Return one note on the rows of an array of a single colour, if there are any."""
    flat = np.count_nonzero((rows == rows[:, :1]).all(axis=1))
    if not flat:
        return []
    return [name if len(rows) == 1 else f"{name}: rows: {flat}"]
