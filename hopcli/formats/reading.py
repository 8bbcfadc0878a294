"""From files to patterns of one size: levels parted, what cannot be read reported."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from hopcli.binary import packing
from hopcli.errors import PictureError
from hopcli.formats import arrays, files, pictures, png
from hopcli.formats.arrays import Rows
from hopcli.formats.binarize import binarize, bright_bits
from hopcli.formats.limits import MOST_PIXELS
from hopcli.formats.pictures import Picture
from hopcli.formats.readers import Limits
from hopcli.formats.sources import Source
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# What a file holds: rows of numbers, a picture, or its levels of 0 to 255.
Content = Rows | Picture | NDArray[np.uint8]
# Pixels of a coloured picture that are looked at first.
SAMPLE = 64
# The luma of pictures.LUMA in thousandths, whole numbers.
LUMA = np.array([299, 587, 114], dtype=np.int32)


class OtherSizeError(PictureError):
    """A picture that is not of the patterns' size, nor to be resized to it."""


class MisfitError(PictureError):
    """An array that can be read, but is not of the patterns' length."""


@dataclass(frozen=True)
class Wanted:
    """What files are to be read as.

    Attributes:
        height: of the patterns.
        width: of the patterns.
        mode: auto, binary, gray or rgb.
        threshold: in [0, 1]; None for Otsu's. For binary patterns.
        resized: whether pictures of another size are resized.
        skipped: whether arrays of another length are.
        background: red, green and blue levels of what shows through transparent pixels.
        most: pixels that a picture may have.
        limit: of the memory that an array may take.
    """

    height: int
    width: int
    mode: str
    threshold: float | None
    resized: bool
    skipped: bool
    background: tuple[float, float, float] = pictures.WHITE
    most: int = MOST_PIXELS
    limit: MemoryLimit = HALF_THE_MACHINE

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height


@dataclass(frozen=True)
class Block:
    """Some patterns in the forms from which every mode that may come of them can be made.

    Attributes:
        names: of the patterns.
        labels: of the patterns.
        words: as packed bits, if binary patterns may be wanted and all of these may be such.
        levels: uint8 of shape (patterns, h, w) or (patterns, h, w, 3), if others may be wanted.
        tones: instead of levels, what −1 and +1 stand for, uint8 of shape (patterns, 2).
        flat: which are of one colour, in words.
    """

    names: list[str]
    labels: list[str | None]
    words: NDArray[np.uint64] | None = None
    levels: NDArray[np.uint8] | None = None
    tones: NDArray[np.uint8] | None = None
    flat: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Piece:
    """What a run of files came to.

    Attributes:
        files: how many they were.
        blocks: their patterns, in order.
        skipped: the files that were not taken, with the reason.
    """

    files: int
    blocks: list[Block]
    skipped: list[tuple[str, str]]


def read(sources: Sequence[Source], wanted: Wanted) -> Piece:
    """Read some files.

    Raises:
        OtherSizeError: a picture is of another size, and not to be resized.
        MisfitError: an array is of another length, and not to be skipped.
    """
    blocks: list[Block] = []
    skipped: list[tuple[str, str]] = []
    # Pictures in a row that are grey, opaque and of the right size are worked on together, as are
    # coloured ones.
    alike: list[NDArray[np.uint8]] = []
    behind: list[Source] = []

    def gather() -> None:
        if alike:
            stack = np.array(alike)
            blocks.extend((_gray if stack.ndim == 3 else _coloured)(behind, stack, wanted))
            alike.clear()
            behind.clear()

    with pictures.quietly():
        for source, found in zip(sources, _ways(sources, wanted), strict=True):
            try:
                content = found()
                if isinstance(content, Rows):
                    read = _of_rows(source, content, wanted)
                else:
                    read = _fitted(source, content, wanted)
            except PictureError as error:
                if isinstance(error, OtherSizeError):
                    raise
                if isinstance(error, MisfitError) and not wanted.skipped:
                    raise
                skipped.append((str(source.path), error.template))
                continue
            if isinstance(read, Block) or (alike and alike[0].ndim != read.ndim):
                gather()
            if isinstance(read, Block):
                blocks.append(read)
            else:
                alike.append(read)
                behind.append(source)
    gather()
    return Piece(len(sources), blocks, skipped)


def _ways(sources: Sequence[Source], wanted: Wanted) -> Sequence[Callable[[], Content]]:
    """Return for each of some files how to read it; plain PNGs, if they are many, are decoded."""
    limits, most = Limits(wanted.most, wanted.limit), wanted.most
    ways: list[Callable[[], Content]] = [
        partial(source.reader.read, source.path, source.name, limits) for source in sources
    ]
    places = [k for k, source in enumerate(sources) if source.place[-4:].lower() == ".png"]
    if len(places) < png.FEWEST:
        return ways
    contents = [_content(sources[k].place) for k in places]
    for k, content, levels in zip(places, contents, png.decoded(contents), strict=True):
        if levels is not None and levels.shape[0] * levels.shape[1] <= most:
            ways[k] = partial(pictures.without_colour, levels)
        elif content:
            ways[k] = partial(pictures.read_plainly, sources[k].place, content, most=most)
    return ways


def _content(place: str) -> bytes:
    """What a small file holds; nothing if it is large, or cannot be read, which will be said."""
    with contextlib.suppress(PictureError), files.opened(place) as stream:
        return stream.getvalue() if isinstance(stream, BytesIO) else b""
    return b""


def _fitted(
    source: Source, found: NDArray[np.uint8] | Picture, wanted: Wanted
) -> NDArray[np.uint8] | Block:
    """A picture as levels if it is like most, else as all that is to be known of it."""
    size = found.size if isinstance(found, Picture) else (found.shape[1], found.shape[0])
    if size != wanted.size and not wanted.resized:
        raise OtherSizeError(
            f"{source.name} is {size[0]}x{size[1]}, but the memory holds patterns of "
            f"{wanted.width}x{wanted.height}; give `size={wanted.width}x{wanted.height}` to "
            f"resize it"
        )
    if isinstance(found, Picture):
        return _block(source, pictures.on_background(found, wanted.background), wanted)
    return found if size == wanted.size else _block(source, pictures.of_levels(found), wanted)


def _block(source: Source, picture: Picture, wanted: Wanted) -> Block:
    """What is to be known of one picture of any kind, all of whose pixels are known."""
    mode, names, labels = wanted.mode, [source.name], [source.label]
    resized = pictures.resize(picture, wanted.size)
    levels = None if mode == "binary" else _in_bytes(_channels(resized, mode))[None]
    if levels is not None and not (mode == "auto" and picture.least_mode == "binary"):
        return Block(names, labels, levels=levels, flat=_flat(names, levels.reshape(1, -1)))
    states = binarize(resized.gray, wanted.threshold).reshape(1, -1)
    return Block(names, labels, packing.pack(states), levels, flat=_flat(names, states))


def _gray(sources: list[Source], levels: NDArray[np.uint8], wanted: Wanted) -> list[Block]:
    """The same of grey pictures of the right size, (pictures, h, w)."""
    names, labels = [source.name for source in sources], [source.label for source in sources]
    rows = levels.reshape(len(levels), -1)
    if wanted.mode in ("gray", "rgb"):
        return [Block(names, labels, levels=levels, flat=_flat(names, rows))]
    if wanted.mode == "binary":
        bits = bright_bits(rows, wanted.threshold)
        return [Block(names, labels, packing.pack(bits), flat=_flat(names, bits))]
    low, high = rows.min(axis=1), rows.max(axis=1)
    two = ((rows == low[:, None]) | (rows == high[:, None])).all(axis=1)
    if not two.any():
        return [Block(names, labels, levels=levels)]
    bits = bright_bits(rows, wanted.threshold)
    flat = _flat([name for name, may in zip(names, two, strict=True) if may], bits[two])
    if not two.all():
        return [Block(names, labels, levels=levels, flat=flat)]
    words = packing.pack(bits)
    if wanted.threshold is not None:
        # It may part the levels otherwise than they are.
        return [Block(names, labels, words, levels, flat=flat)]
    # Of a single level the bits say whether it is the lower or the higher one.
    return [Block(names, labels, words, tones=np.stack([low, high], axis=1), flat=flat)]


def _coloured(sources: list[Source], levels: NDArray[np.uint8], wanted: Wanted) -> list[Block]:
    """The same of coloured pictures of the right size, (pictures, h, w, 3)."""
    if wanted.mode in ("auto", "rgb"):
        pixels = levels.reshape(len(levels), -1, 3)
        step = max(1, pixels.shape[1] // SAMPLE)
        luma = np.sort(pixels[:, ::step].astype(np.int32) @ LUMA, axis=1)
        many = (np.count_nonzero(np.diff(luma, axis=1), axis=1) >= 2).all()
        if wanted.mode == "rgb" or many:
            names = [source.name for source in sources]
            return [Block(names, [source.label for source in sources], levels=levels)]
    return [
        _block(source, pictures.of_levels(each), wanted)
        for source, each in zip(sources, levels, strict=True)
    ]


def _channels(picture: Picture, mode: str) -> NDArray[np.float32]:
    """The levels that a mode keeps; with auto, those that there are."""
    if mode == "rgb":
        return picture.rgb
    return picture.pixels if mode == "auto" and picture.coloured else picture.gray


def _in_bytes(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Levels in [0, 1] as 0 to 255."""
    return np.rint(levels * 255).astype(np.uint8)


def _flat(names: list[str], rows: NDArray) -> list[str]:
    """The names of the patterns, (patterns, N), that are of one colour."""
    same = (rows == rows[:, :1]).all(axis=1)
    return [names[row] for row in np.flatnonzero(same)]


def _of_rows(source: Source, found: Rows, wanted: Wanted) -> Block:
    """Return the rows of an array as patterns."""
    shape, mode = (wanted.height, wanted.width), wanted.mode
    rows = found.as_patterns(shape, source.name)
    length, pixels = rows.values.shape[1], shape[0] * shape[1]
    coloured = length == 3 * pixels and mode in ("auto", "rgb")
    if length != pixels and not coloured:
        raise MisfitError(
            f"{source.name} has {length} values a row, but the patterns are of "
            f"{shape[1]}x{shape[0]} = {pixels}"
        )
    labels = [source.label] * len(rows.names)
    two = mode == "auto" and not coloured and arrays.levels(rows.values) <= 2
    if mode == "binary" or two:
        states = arrays.to_states(rows.values, wanted.threshold, unknown=False)
        tones = np.broadcast_to(np.array([0, 255], dtype=np.uint8), (len(states), 2))
        flat = _flat_rows(source.name, states)
        return Block(rows.names, labels, packing.pack(states), tones=tones, flat=flat)
    levels = arrays.to_levels(rows.values, source.name)
    if levels.min() < 0 or levels.max() > 1:
        raise PictureError(
            f"{source.name} holds values from {rows.values.min():g} to {rows.values.max():g}; "
            f"grey and coloured patterns take levels from 0 to 1, or from 0 to 255"
        )
    flat = _flat_rows(source.name, _in_bytes(levels))
    full = (*shape, 3) if coloured else shape
    return Block(rows.names, labels, levels=_in_bytes(levels).reshape(-1, *full), flat=flat)


def _flat_rows(name: str, rows: NDArray) -> list[str]:
    """The rows of an array that are of one colour, said of all together."""
    flat = np.count_nonzero((rows == rows[:, :1]).all(axis=1))
    if not flat:
        return []
    return [name if len(rows) == 1 else f"{name}: rows: {flat}"]
