"""Patterns of a memory from files: agree on size and mode, report what was skipped."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median

from hopcli.errors import HopError, ParameterError, PictureError
from hopcli.formats import decoding, pictures, reading
from hopcli.formats.arrays import Rows
from hopcli.formats.limits import Limits
from hopcli.formats.parallel import ordered_map
from hopcli.formats.pattern_buffer import PatternBuffer
from hopcli.formats.reading import OtherSizeError, Plan
from hopcli.formats.sources import Source
from hopcli.storage.memory_file import Memory, memory_of

# Files that are read together: enough for their pixels to be processed in one array.
MOST_FILES = 400
# The least number of steps of the progress bar; few files are read in smaller batches.
STEPS = 30
# Bytes of patterns that `collect_parts` holds in memory.
PART_BYTES = 2**26


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
    resized, plan = plan.size is not None, _settled(plan)
    _read_standard_input(sources, plan)
    report = Report()
    try:
        sized = replace(plan, size=plan.size or _first_size(sources, plan, report))
        (memory,) = _parts(sources, sized, report, on_file, resized=resized)
    except OtherSizeError:
        if plan.size is not None:
            raise
        size, note = _median_size(sources, plan)
        report = Report(notes=[note])
        (memory,) = _parts(sources, replace(plan, size=size), report, on_file, resized=True)
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
    resized, plan = plan.size is not None, _settled(plan)
    if plan.mode == "auto":
        memory, whole = collect(sources, plan, on_file=on_file)
        report.skipped += whole.skipped
        report.notes += whole.notes
        yield memory
        return
    _read_standard_input(sources, plan)
    if plan.size is None:
        # The sizes of all pictures are read first, as a part that was stored cannot be resized.
        size, resized = _first_size(sources, plan, report), len(set(_sizes(sources, plan))) > 1
        if resized:
            size, note = _median_size(sources, plan)
            report.notes.append(note)
        plan = replace(plan, size=size)
    height, width = plan.shape
    row = height * width * (3 if plan.mode == "rgb" else 1) // (8 if plan.mode == "binary" else 1)
    most = max(1, PART_BYTES // max(1, row))
    yield from _parts(sources, plan, report, on_file, most, resized=resized)


def _parts(
    sources: Sequence[Source],
    plan: Plan,
    report: Report,
    on_file: Callable[[int], None] | None,
    most: int | None = None,
    *,
    resized: bool,
) -> Iterator[Memory]:
    """Read all files in parts of about `most` patterns; None for one part."""
    expected = len(sources) if most is None else min(most, len(sources))
    buffer, done, some = PatternBuffer(plan, expected), 0, False
    length = max(1, min(MOST_FILES, len(sources) // STEPS))
    divided = [sources[start : start + length] for start in range(0, len(sources), length)]
    read = partial(reading.read, plan=plan, resized=resized)
    with contextlib.closing(ordered_map(read, divided)) as results:
        for files, found in zip(divided, results, strict=True):
            for batch in found.batches:
                buffer.add(batch)
                report.notes += [f"of one colour, so without information: {f}" for f in batch.flat]
                report.notes += batch.notes
            report.skipped += found.skipped
            done += len(files)
            if on_file is not None:
                on_file(done)
            if most is not None and len(buffer.names) >= most:
                yield _memory(buffer, plan)
                buffer, some = PatternBuffer(plan, expected), True
    if buffer.names:
        yield _memory(buffer, plan)
    elif not some:
        raise _nothing(report.skipped)


def _memory(buffer: PatternBuffer, plan: Plan) -> Memory:
    """Return a memory of the patterns in a buffer."""
    mode, patterns = buffer.patterns()
    shape = (*plan.shape, 3) if mode == "rgb" else plan.shape
    return memory_of(mode, shape, patterns, buffer.names, buffer.labels)


def _nothing(skipped: Sequence[tuple[str, str]]) -> PictureError:
    """Return the error for files of which none can be read."""
    _, reason = skipped[0]
    others = f" (and {len(skipped) - 1} more)" if len(skipped) > 1 else ""
    return PictureError(f"no readable picture or array was found: {reason}{others}")


def _settled(plan: Plan) -> Plan:
    """Return a plan with the mode and size of the memory that is appended to, if there is one."""
    if plan.beside is None:
        if plan.size is not None:
            _check_size(*plan.size, plan.limits)
        return plan
    mode, (height, width) = plan.beside.mode, plan.beside.shape[:2]
    remedy = "leave `{}` out or make another memory".format
    if plan.mode not in ("auto", mode):
        need = f"the memory holds {mode} patterns"
        raise ParameterError("mode", plan.mode, need, remedy("mode"))
    if plan.size not in (None, (width, height)):
        given = "x".join(map(str, plan.size))
        need = f"the memory holds patterns of {width}x{height}"
        raise ParameterError("size", given, need, remedy("size"))
    return replace(plan, mode=mode, size=(width, height))


def _check_size(width: int, height: int, limits: Limits) -> None:
    """Raise HopError if patterns of this size have more pixels than a picture may have."""
    if width * height > limits.pixels:
        raise HopError(
            f"patterns of {width}x{height} pixels have more than `max_pixels`, which is "
            f"{limits.pixels:,}; "
            f"give a smaller `size`, or allow more with `max_pixels`"
        )


def _first_size(sources: Sequence[Source], plan: Plan, report: Report) -> tuple[int, int]:
    """Return width and height of the first readable picture, else of the first array."""
    skipped: list[tuple[str, str]] = []
    for source in sources:
        if source.reader.rows:
            continue
        try:
            # Decoded, since the orientation of some PNGs stands behind their pixels.
            with pictures.quietly():
                found = source.reader.read(source.path, source.name, plan.limits)
            return reading.size_of(found)
        except PictureError as error:
            skipped.append((str(source.path), error.template))
    rows = [source for source in sources if source.reader.rows]
    if not rows:
        raise _nothing(skipped)
    return _array_size(rows, plan, report)


def _median_size(sources: Sequence[Source], plan: Plan) -> tuple[tuple[int, int], str]:
    """Return the median width and height of the pictures, and a note for the user."""
    sizes = _sizes(sources, plan)
    width, height = (max(1, round(median(side))) for side in zip(*sizes, strict=True))
    _check_size(width, height, plan.limits)
    note = (
        f"the pictures have {len(set(sizes))} different sizes; all are resized to the median, "
        f"{width}x{height} (`size` chooses another)"
    )
    return (width, height), note


def _read_standard_input(sources: Sequence[Source], plan: Plan) -> None:
    """Read standard input if it is a source, before this process forks."""
    if any(source.file == "-" for source in sources):
        decoding.standard_input(plan.limits.pixels)


def _sizes(sources: Sequence[Source], plan: Plan) -> list[tuple[int, int]]:
    """Return width and height of every readable picture."""
    sizes: list[tuple[int, int]] = []
    for source in sources:
        if not source.reader.rows:
            with contextlib.suppress(PictureError):
                sizes.append(source.reader.size(source.path, plan.limits))
    return sizes


def _array_size(sources: Sequence[Source], plan: Plan, report: Report) -> tuple[int, int]:
    """Return width and height of the patterns of the first readable array; 1 high for rows.

    Arrays in folders that all have the same shape (h, w) are a picture each.
    """
    found = _readable(sources, plan)
    first = next(found, None)
    if first is None:
        return 1, 1
    (source, rows), shape = first, first[1].shape
    if shape is not None:
        return shape[1], shape[0]
    height, length = rows.values.shape
    if len(sources) > 1 and height > 1 and length > 1 and all(each.listed for each in sources):
        others = [each.shape is None and each.values.shape == (height, length) for _, each in found]
        if others and all(others):
            report.notes.append(
                f"each array of {height}x{length} was taken as a picture; name the files instead "
                f"of their folder to take their rows"
            )
            return length, height
    if plan.mode == "rgb" and length % 3:
        raise PictureError(
            f"{source.name} has {length} values a row, which are no triples of red, green and "
            f"blue; leave `mode=rgb` out"
        )
    return length // 3 if plan.mode == "rgb" else length, 1


def _readable(sources: Sequence[Source], plan: Plan) -> Iterator[tuple[Source, Rows]]:
    """Yield the arrays that can be read."""
    for source in sources:
        with contextlib.suppress(PictureError):
            rows = source.reader.read(source.path, source.name, plan.limits)
            assert isinstance(rows, Rows)
            yield source, rows
