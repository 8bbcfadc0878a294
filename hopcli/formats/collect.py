"""A memory from files: size and mode agreed on, what was not taken reported."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median

from hopcli.errors import HopError, ParameterError, PictureError
from hopcli.formats import decoding, pictures, reading
from hopcli.formats.arrays import Rows
from hopcli.formats.gathering import Gathering
from hopcli.formats.limits import MOST_PIXELS
from hopcli.formats.parallel import ordered_map
from hopcli.formats.readers import Limits
from hopcli.formats.reading import OtherSizeError, Wanted
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import AbstractMemory, Memory, memory_of
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# Files that are read at a time: enough to work on their pixels together.
PIECE = 400
# Pieces that fewer are read in, each a step of the progress bar.
STEPS = 30
# Patterns that are in memory at once where they are collected in parts.
PART_BYTES = 2**26


@dataclass(frozen=True)
class Plan:
    """How files are to become patterns.

    Attributes:
        size: width and height to resize to; None for the pictures' own.
        mode: auto, binary, gray or rgb.
        threshold: in [0, 1]; None for Otsu's. For binary patterns.
        beside: the memory that the patterns are to be appended to, or None.
        background: red, green and blue levels of what shows through transparent pixels.
        most: pixels that a picture may have.
        limit: of the memory that an array may take.
    """

    size: tuple[int, int] | None
    mode: str
    threshold: float | None
    beside: AbstractMemory | None
    background: tuple[float, float, float] = pictures.WHITE
    most: int = MOST_PIXELS
    limit: MemoryLimit = HALF_THE_MACHINE


@dataclass
class Report:
    """What a person should be told.

    Attributes:
        skipped: files that were not taken, with the reason.
        notes: what was done, or is odd.
    """

    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def collect(
    sources: Sequence[Source], plan: Plan, *, on_file: Callable[[int], None] | None = None
) -> tuple[Memory, Report]:
    """Read all files as patterns of one size and mode.

    Each is opened once, unless the pictures turn out to be of different sizes.

    Args:
        sources: the files.
        plan: how to read them.
        on_file: called with the number of files read so far.

    Raises:
        PictureError: none of the files could be read, or one does not fit the memory it is to be
            appended to.
        HopError: the plan asks for another size or mode than that memory has.
    """
    mode = _wanted_mode(plan)
    settled = _settled_size(plan)
    _read_standard_input(sources, plan)
    height, width = settled or _first_size(sources, plan)
    wanted = Wanted(
        height, width, mode, plan.threshold, plan.size is not None, plan.beside is None,
        plan.background, plan.most, plan.limit,
    )  # fmt: skip
    try:
        return _collect(sources, wanted, on_file)
    except OtherSizeError:
        if settled is not None:
            raise
    height, width, note = _median_size(sources, plan.most)
    wanted = replace(wanted, height=height, width=width, resized=True, skipped=True)
    memory, report = _collect(sources, wanted, on_file)
    report.notes.insert(0, note)
    return memory, report


def collect_parts(
    sources: Sequence[Source],
    plan: Plan,
    report: Report,
    *,
    on_file: Callable[[int], None] | None = None,
) -> Iterator[Memory]:
    """Read all files as `collect` does, a part at a time, so that not all are in memory at once.

    With the mode auto they are one part, since the last file may decide it.

    Args:
        sources: the files.
        plan: how to read them.
        report: where to note what a person should be told.
        on_file: called with the number of files read so far.
    """
    mode = _wanted_mode(plan)
    if mode == "auto":
        memory, told = collect(sources, plan, on_file=on_file)
        report.skipped += told.skipped
        report.notes += told.notes
        yield memory
        return
    _read_standard_input(sources, plan)
    resized = plan.size is not None
    settled = _settled_size(plan)
    if settled is None:
        # Every picture is asked, since none that has been stored can be resized later.
        sizes = set(_sizes(sources, plan.most))
        settled, resized = _first_size(sources, plan), len(sizes) > 1
        if resized:
            height, width, note = _median_size(sources, plan.most)
            settled = height, width
            report.notes.append(note)
    wanted = Wanted(
        *settled, mode, plan.threshold, resized, plan.beside is None, plan.background, plan.most,
        plan.limit,
    )  # fmt: skip
    row = settled[0] * settled[1] * (3 if mode == "rgb" else 1) // (8 if mode == "binary" else 1)
    yield from _parts(sources, wanted, report, on_file, max(1, PART_BYTES // max(1, row)))


def _collect(
    sources: Sequence[Source], wanted: Wanted, on_file: Callable[[int], None] | None
) -> tuple[Memory, Report]:
    """Read all files as what is wanted."""
    report = Report()
    (memory,) = _parts(sources, wanted, report, on_file, None)
    return memory, report


def _parts(
    sources: Sequence[Source],
    wanted: Wanted,
    report: Report,
    on_file: Callable[[int], None] | None,
    most: int | None,
) -> Iterator[Memory]:
    """Read all files as what is wanted; as one part, or in parts of about so many patterns."""
    expected = len(sources) if most is None else min(most, len(sources))
    gathered, done, some = Gathering(wanted, expected), 0, False
    length = max(1, min(PIECE, len(sources) // STEPS))
    pieces = [sources[start : start + length] for start in range(0, len(sources), length)]
    with contextlib.closing(ordered_map(partial(reading.read, wanted=wanted), pieces)) as read:
        for piece in read:
            for block in piece.blocks:
                gathered.add(block)
                report.notes += [f"of one colour, so without information: {f}" for f in block.flat]
            report.skipped += piece.skipped
            done += piece.files
            if on_file is not None:
                on_file(done)
            if most is not None and len(gathered.names) >= most:
                yield _memory_of(gathered, wanted)
                gathered, some = Gathering(wanted, expected), True
    if gathered.names:
        yield _memory_of(gathered, wanted)
    elif not some:
        raise PictureError(_nothing(report.skipped))


def _memory_of(gathered: Gathering, wanted: Wanted) -> Memory:
    """A memory of what has been gathered."""
    mode, patterns = gathered.patterns()
    shape = (wanted.height, wanted.width)
    full = (*shape, 3) if mode == "rgb" else shape
    return memory_of(mode, full, patterns, gathered.names, gathered.labels)


def _nothing(skipped: Sequence[tuple[str, str]]) -> str:
    """Why there is nothing to store."""
    _, reason = skipped[0]
    more = len(skipped) - 1
    others = f" (and {more} more)" if more else ""
    return f"no readable picture was found: {reason}{others}"


def _wanted_mode(plan: Plan) -> str:
    """The mode that the plan, or the memory to append to, asks for."""
    if plan.beside is None:
        return plan.mode
    if plan.mode not in ("auto", plan.beside.mode):
        raise ParameterError(
            "mode",
            plan.mode,
            f"the memory holds {plan.beside.mode} patterns",
            "leave `mode` out or make another memory",
        )
    return plan.beside.mode


def _settled_size(plan: Plan) -> tuple[int, int] | None:
    """Height and width that the plan asks for; None if it leaves them to the files."""
    if plan.beside is not None:
        height, width = plan.beside.shape[:2]
        if plan.size is not None and plan.size != (width, height):
            raise ParameterError(
                "size",
                f"{plan.size[0]}x{plan.size[1]}",
                f"the memory holds patterns of {width}x{height}",
                "leave `size` out or make another memory",
            )
        return height, width
    if plan.size is None:
        return None
    width, height = plan.size
    _check_size(width, height, plan.most)
    return height, width


def _check_size(width: int, height: int, most: int) -> None:
    """See that patterns of this size have no more pixels than a picture may have."""
    if width * height > most:
        raise HopError(
            f"patterns of {width}x{height} pixels have more than `max_pixels`, which is {most:,}; "
            f"give a smaller `size`, or allow more with `max_pixels`"
        )


def _first_size(sources: Sequence[Source], plan: Plan) -> tuple[int, int]:
    """Height and width of the first picture that can be read, else of the first array."""
    skipped: list[tuple[str, str]] = []
    for source in sources:
        if source.reader.rows:
            continue
        try:
            # Decoded: some PNGs tell that they are turned behind their pixels.
            width, height = pictures.read(source.path, most=plan.most).size
        except PictureError as error:
            skipped.append((str(source.path), error.template))
        else:
            return height, width
    rows = [source for source in sources if source.reader.rows]
    if not rows:
        raise PictureError(_nothing(skipped))
    return 1, _array_length(rows, plan)


def _median_size(sources: Sequence[Source], most: int) -> tuple[int, int, str]:
    """Height and width that are the pictures' medians, and what to say of that."""
    sizes = _sizes(sources, most)
    width, height = (max(1, round(median(side))) for side in zip(*sizes, strict=True))
    _check_size(width, height, most)
    return (
        height,
        width,
        (
            f"the pictures have {len(set(sizes))} different sizes; all are resized to the median, "
            f"{width}x{height} (`size` chooses another)"
        ),
    )


def _read_standard_input(sources: Sequence[Source], plan: Plan) -> None:
    """Read it before there are several processes, of which but one could."""
    if any(source.place == "-" for source in sources):
        decoding.standard_input(plan.most)


def _sizes(sources: Sequence[Source], most: int) -> list[tuple[int, int]]:
    """Width and height of every picture that can be read."""
    sizes: list[tuple[int, int]] = []
    for source in sources:
        if not source.reader.rows:
            with contextlib.suppress(PictureError):
                sizes.append(pictures.size_of(source.path, most=most))
    return sizes


def _array_length(sources: Sequence[Source], plan: Plan) -> int:
    """How many pixels the rows of the first readable array have."""
    for source in sources:
        try:
            rows = source.reader.read(source.path, source.name, Limits(plan.most, plan.limit))
            assert isinstance(rows, Rows)
            length = rows.values.shape[1]
        except PictureError:
            continue
        if plan.mode == "rgb" and length % 3:
            raise PictureError(
                f"{source.name} has {length} values a row, which are no triples of red, green and "
                f"blue; leave `mode=rgb` out"
            )
        return length // 3 if plan.mode == "rgb" else length
    return 1
