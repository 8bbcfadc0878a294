"""Patterns of a memory from files: agree on size and mode, report what was skipped."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from hopcli.errors import HopError, ParameterError, PictureError
from hopcli.formats import decoding, pictures, reading
from hopcli.formats.arrays import Rows
from hopcli.formats.limits import MOST_PIXELS, Limits
from hopcli.formats.parallel import ordered_map
from hopcli.formats.pattern_buffer import PatternBuffer
from hopcli.formats.reading import OtherSizeError, Wanted
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import AbstractMemory, Memory, memory_of
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# Files that are read together: enough for their pixels to be processed in one array.
MOST_FILES = 400
# The least number of steps of the progress bar; few files are read in smaller batches.
STEPS = 30
# Bytes of patterns that `collect_parts` holds in memory.
PART_BYTES = 2**26


@dataclass(frozen=True)
class Plan:
    """How files become patterns.

    Attributes:
        size: width and height to resize to; None for the pictures' own.
        mode: auto, binary, gray or rgb.
        threshold: for binary patterns, in [0, 1]; None for Otsu's.
        beside: the memory that the patterns are appended to, or None.
        background: red, green and blue levels that show through transparent pixels.
        most: the most pixels that a picture may have.
        limit: of the memory that an array may take.
    """

    size: tuple[int, int] | None
    mode: str
    threshold: float | None
    beside: AbstractMemory | None
    background: tuple[float, float, float] = pictures.WHITE
    most: int = MOST_PIXELS
    limit: MemoryLimit = HALF_THE_MACHINE

    def wanted(self, height: int, width: int, *, resized: bool) -> Wanted:
        """Return what is read: patterns of this height and width."""
        return Wanted(
            height, width, _wanted_mode(self), self.threshold, resized, self.beside is None,
            self.background, Limits(self.most, self.limit),
        )  # fmt: skip


@dataclass
class Report:
    """What a user should be told.

    Attributes:
        skipped: files that were not taken, with the reason.
        notes: what was done, or is unusual.
    """

    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def collect(
    sources: Sequence[Source], plan: Plan, *, on_file: Callable[[int], None] | None = None
) -> tuple[Memory, Report]:
    """Read all files as patterns of one size and mode.

    Each file is opened once, unless the pictures turn out to have different sizes.

    Args:
        sources: the files.
        plan: how to read them.
        on_file: called with the number of files read so far.

    Raises:
        PictureError: none of the files could be read, or one does not fit the memory that it is
            appended to.
        HopError: the plan has another size or mode than that memory.
    """
    _wanted_mode(plan)
    given = _given_size(plan)
    _read_standard_input(sources, plan)
    height, width = given or _first_size(sources, plan)
    report = Report()
    try:
        wanted = plan.wanted(height, width, resized=plan.size is not None)
        (memory,) = _parts(sources, wanted, report, on_file)
    except OtherSizeError:
        if given is not None:
            raise
        height, width, note = _median_size(sources, plan.most)
        report = Report(notes=[note])
        wanted = plan.wanted(height, width, resized=True)
        (memory,) = _parts(sources, wanted, report, on_file)
    return memory, report


def collect_parts(
    sources: Sequence[Source],
    plan: Plan,
    report: Report,
    *,
    on_file: Callable[[int], None] | None = None,
) -> Iterator[Memory]:
    """Read all files like `collect`, in parts, so that only one part is in memory at a time.

    With the mode auto they are one part, since the last file may determine the mode.

    Args:
        sources: the files.
        plan: how to read them.
        report: skipped files and notes are added to it.
        on_file: called with the number of files read so far.
    """
    mode = _wanted_mode(plan)
    if mode == "auto":
        memory, whole = collect(sources, plan, on_file=on_file)
        report.skipped += whole.skipped
        report.notes += whole.notes
        yield memory
        return
    _read_standard_input(sources, plan)
    resized = plan.size is not None
    size = _given_size(plan)
    if size is None:
        # The sizes of all pictures are read first, as a part that was stored cannot be resized.
        size, resized = _first_size(sources, plan), len(set(_sizes(sources, plan.most))) > 1
        if resized:
            height, width, note = _median_size(sources, plan.most)
            size = height, width
            report.notes.append(note)
    height, width = size
    row = height * width * (3 if mode == "rgb" else 1) // (8 if mode == "binary" else 1)
    wanted = plan.wanted(height, width, resized=resized)
    yield from _parts(sources, wanted, report, on_file, max(1, PART_BYTES // max(1, row)))


def _parts(
    sources: Sequence[Source],
    wanted: Wanted,
    report: Report,
    on_file: Callable[[int], None] | None,
    most: int | None = None,
) -> Iterator[Memory]:
    """Read all files in parts of about `most` patterns; None for one part."""
    expected = len(sources) if most is None else min(most, len(sources))
    buffer, done, some = PatternBuffer(wanted, expected), 0, False
    length = max(1, min(MOST_FILES, len(sources) // STEPS))
    divided = [sources[start : start + length] for start in range(0, len(sources), length)]
    read = partial(reading.read, wanted=wanted)
    with contextlib.closing(ordered_map(read, divided)) as results:
        for files, found in zip(divided, results, strict=True):
            for batch in found.batches:
                buffer.add(batch)
                report.notes += [f"of one colour, so without information: {f}" for f in batch.flat]
            report.skipped += found.skipped
            done += len(files)
            if on_file is not None:
                on_file(done)
            if most is not None and len(buffer.names) >= most:
                yield _memory(buffer, wanted)
                buffer, some = PatternBuffer(wanted, expected), True
    if buffer.names:
        yield _memory(buffer, wanted)
    elif not some:
        raise _nothing(report.skipped)


def _memory(buffer: PatternBuffer, wanted: Wanted) -> Memory:
    """Return a memory of the patterns in a buffer."""
    mode, patterns = buffer.patterns()
    shape = (wanted.height, wanted.width)
    full = (*shape, 3) if mode == "rgb" else shape
    return memory_of(mode, full, patterns, buffer.names, buffer.labels)


def _nothing(skipped: Sequence[tuple[str, str]]) -> PictureError:
    """Return the error for files of which none can be read."""
    _, reason = skipped[0]
    others = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return PictureError(f"no readable picture was found: {reason}{others}")


def _wanted_mode(plan: Plan) -> str:
    """Return the mode of the plan, or of the memory to append to; they must not differ."""
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


def _given_size(plan: Plan) -> tuple[int, int] | None:
    """Return the height and width that the plan gives; None if they follow from the files."""
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
    """Raise HopError if patterns of this size have more pixels than a picture may have."""
    if width * height > most:
        raise HopError(
            f"patterns of {width}x{height} pixels have more than `max_pixels`, which is {most:,}; "
            f"give a smaller `size`, or allow more with `max_pixels`"
        )


def _first_size(sources: Sequence[Source], plan: Plan) -> tuple[int, int]:
    """Return height and width of the first readable picture, else of the first array."""
    skipped: list[tuple[str, str]] = []
    for source in sources:
        if source.reader.rows:
            continue
        try:
            # Decoded, since the orientation of some PNGs stands behind their pixels.
            width, height = pictures.read(source.path, most=plan.most).size
        except PictureError as error:
            skipped.append((str(source.path), error.template))
        else:
            return height, width
    rows = [source for source in sources if source.reader.rows]
    if not rows:
        raise _nothing(skipped)
    return 1, _array_length(rows, plan)


def _median_size(sources: Sequence[Source], most: int) -> tuple[int, int, str]:
    """Return the median height and width of the pictures, and a note for the user."""
    sizes = _sizes(sources, most)
    width, height = (max(1, round(median(side))) for side in zip(*sizes, strict=True))
    _check_size(width, height, most)
    note = (
        f"the pictures have {len(set(sizes))} different sizes; all are resized to the median, "
        f"{width}x{height} (`size` chooses another)"
    )
    return height, width, note


def _read_standard_input(sources: Sequence[Source], plan: Plan) -> None:
    """Read standard input if it is a source, before this process forks."""
    if any(source.file == "-" for source in sources):
        decoding.standard_input(plan.most)


def _sizes(sources: Sequence[Source], most: int) -> list[tuple[int, int]]:
    """Return width and height of every readable picture."""
    sizes: list[tuple[int, int]] = []
    for source in sources:
        if not source.reader.rows:
            with contextlib.suppress(PictureError):
                sizes.append(pictures.size_of(source.path, most=most))
    return sizes


def _array_length(sources: Sequence[Source], plan: Plan) -> int:
    """Return the number of pixels of a row of the first readable array."""
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
