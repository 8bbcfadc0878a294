"""`hopcli.store` and `hop store`: pictures and arrays as the patterns of a memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hopcli import members
from hopcli.errors import HopError, MemoryFileError, ParameterError, in_library
from hopcli.formats.limits import MOST_PIXELS, Limits
from hopcli.model.memory import Memory, memory_limit
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.formats.collect import Plan
    from hopcli.formats.sources import Source
    from hopcli.storage.memory_file import AbstractMemory
    from hopcli.storage.memory_file import Memory as Part
    from hopcli.storage.memory_limit import MemoryLimit

MODES = ("auto", "binary", "gray", "rgb")
LABELS = ("folder", "stem", "none")
FRAMES = ("first", "all")
THRESHOLD = Parameter("threshold", float, "otsu", "The level above which is bright.", 0, 1)
# Called with the number of files that were read.
OnFile = Callable[[int], None]


@dataclass(frozen=True)
class Reading:
    """How files become patterns.

    Attributes:
        mode: auto, binary, gray or rgb.
        size: "WxH" to resize to; None for the size that all pictures have, or the median.
        threshold: "otsu", or the level from 0 to 1 above which a pixel is bright; for binary.
        labels: folder (the sub-folder's name), stem (the file's name without digits), none, or a
            file that `hopcli.formats.lists` reads.
        background: a colour's name or #rrggbb, which shows through transparent pixels.
        max_pixels: pictures of more pixels are refused before they are decoded.
        names: a file of names; None for those of the files.
        columns: whether the columns of arrays are the patterns, rather than their rows.
        frames: "first" or "all", of animations and of pages.
    """

    mode: str = "auto"
    size: str | None = None
    threshold: str | float = "otsu"
    labels: str = "folder"
    background: str = "white"
    max_pixels: int = MOST_PIXELS
    names: str | None = None
    columns: bool = False
    frames: str = "first"

    @property
    def _labels_file(self) -> str | None:
        """The file of labels, if they come from one."""
        from hopcli.formats.sources import is_file

        return self.labels if self.labels not in LABELS and is_file(self.labels) else None

    def files(self, sources: Sequence[str | Path]) -> "list[Source]":
        """Find the files that are meant, in natural order, with their labels.

        Raises:
            PictureError: a source does not exist, or is a folder without files.
        """
        from hopcli.formats.sources import find

        labelling = "none"
        if self._labels_file is None:
            labelling = members.choose("labels", self.labels, LABELS)
        return find([Path(source) for source in sources], labelling)

    def named(self, parts: "Iterable[Part]", limit: "MemoryLimit") -> "Iterator[Part]":
        """Give patterns the names and labels of files.

        Args:
            parts: of a memory.
            limit: of the memory that a file may take.

        Raises:
            HopError: there are not as many names or labels as patterns.
        """
        from hopcli.formats import lists

        given = {
            what: lists.read(file, Limits(self.max_pixels, limit))
            for what, file in (("names", self.names), ("labels", self._labels_file))
            if file is not None
        }
        done = 0
        for part in parts:
            names = part.names.tolist()
            changed: dict[str, Any] = {
                what: lists.entries(entries, names, done) for what, entries in given.items()
            }
            done += len(part)
            for what, entries in given.items():
                if isinstance(entries, list) and len(changed[what]) < len(part):
                    raise HopError(_too(what, len(entries), f"{done} patterns or more"))
            yield part.called(changed.get("names"), changed.get("labels"))
        for what, entries in given.items():
            if isinstance(entries, list) and len(entries) != done:
                raise HopError(_too(what, len(entries), f"{done} patterns"))

    def plan(self, beside: "AbstractMemory | None", limit: "MemoryLimit") -> "Plan":
        """Check all values.

        Args:
            beside: the memory that the patterns are appended to, or None.
            limit: of the memory that an array may take.

        Raises:
            ParameterError: one of the values is none.
        """
        from hopcli.formats import pictures
        from hopcli.formats.collect import Plan
        from hopcli.formats.sources import size_from

        return Plan(
            None if self.size is None else size_from(self.size),
            members.choose("mode", self.mode, MODES),
            None if self.threshold == "otsu" else THRESHOLD.checked(self.threshold),
            beside,
            pictures.colour(self.background),
            Limits(
                self.max_pixels,
                limit,
                self.columns,
                members.choose("frames", self.frames, FRAMES) == "all",
                None if self.size is None else size_from(self.size),
            ),
        )


def _too(what: str, given: int, patterns: str) -> str:
    """Return the error for a file of too many or too few names or labels."""
    return f"`{what}` has {given} entries for {patterns}; give one for each, in their order"


@dataclass(frozen=True)
class Stored:
    """What `hop store` wrote.

    Attributes:
        memory: the memory as it is now.
        added: the number of new patterns.
        skipped: files that were not taken, each with the reason.
        bytes: the size of the memory on the disk.
        notes: what was done, or is odd.
    """

    memory: Memory
    added: int
    skipped: tuple[tuple[str, str], ...]
    bytes: int
    notes: tuple[str, ...]

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        stored = self.memory.stored
        return {
            "added": self.added,
            "patterns": len(stored),
            "neurons": stored.neurons,
            "shape": list(stored.shape),
            "mode": stored.mode,
            "labels": stored.label_names.tolist(),
            "skipped": [
                {"path": path, "reason": in_library(reason)} for path, reason in self.skipped
            ],
            "bytes": self.bytes,
        }


def store(
    source: str | Path | Sequence[str | Path],
    *,
    mode: str = "auto",
    size: str | None = None,
    threshold: str | float = "otsu",
    labels: str = "folder",
    background: str = "white",
    names: str | None = None,
    columns: bool = False,
    frames: str = "first",
    max_pixels: int = MOST_PIXELS,
    max_memory: str | int | None = None,
) -> Memory:
    """Read pictures and arrays as the patterns of a memory; nothing is written.

    Args:
        source: one or several folders, which are searched recursively, pictures, arrays (`.npy`,
            `.npz:NAME`, `.mat`, idx), tables or drawings in text; or patterns, such as "+-+-".
        mode: "auto" (binary if every picture has two levels, else gray or rgb), "binary", "gray"
            or "rgb".
        size: "WxH" to resize to; None for the pictures' own size if they share one, else the
            median.
        threshold: for binary patterns: "otsu", or the level from 0 to 1 above which a pixel is
            bright.
        labels: "folder" (the sub-folder's name is the label), "stem", "none", or a file: an array,
            or text with a label a line, or with two columns, names and labels.
        names: a file with a name for each pattern, such as a text with one a line.
        columns: whether the columns of arrays are the patterns, rather than their rows.
        frames: "first" or "all", of animations and of pages; these are named `a.gif[0]`, ...
        background: the colour that shows through transparent pixels: a name, or "#rrggbb".
        max_pixels: pictures of more pixels are refused before they are decoded.
        max_memory: the most memory that the content may take, in bytes or as "2G"; None for half
            of the machine's.

    Raises:
        PictureError: none of the files can be read.
        ParameterError: a choice that does not exist, or a number out of range.

    Examples:
        >>> import numpy as np, tempfile, hopcli
        >>> folder = tempfile.mkdtemp()
        >>> np.save(folder + "/x.npy", np.array([[1, -1, 1, 1], [-1, -1, 1, -1]]))
        >>> hopcli.store(folder)
        Memory(2 binary patterns of 1×4)
    """
    from hopcli.formats import collect

    reading = Reading(mode, size, threshold, labels, background, max_pixels, names, columns, frames)
    limit = memory_limit(max_memory)
    sources = [source] if isinstance(source, str | Path) else source
    found, _ = collect.collect(reading.files(sources), reading.plan(None, limit))
    (found,) = reading.named([found], limit)
    return Memory.of(found, None, limit)


@contextmanager
def opened(
    path: Path, *, folder: bool, append: bool, force: bool, max_memory: str | int | None = None
) -> Iterator[Memory | None]:
    """Hold the lock of a memory that is to be written, and load it if it is appended to.

    Args:
        path: of the memory.
        folder: whether it is to be a folder of several files.
        append: whether patterns are added to a memory that exists.
        force: whether a memory that exists is replaced.
        max_memory: as for `hopcli.load`.

    Yields:
        The memory that is appended to, or None.

    Raises:
        MemoryFileError: something is there already that may not be replaced.
    """
    from hopcli.storage import memories
    from hopcli.storage.lock import locked

    limit = memory_limit(max_memory)
    with locked(path):
        there = memories.is_there(path, foldered=folder)
        if there and not (append or force):
            raise MemoryFileError(
                f"{path} exists already; give `append=True` to add to it, `force=True` to replace "
                f"it, or another `memory`"
            )
        if there and not append and not memories.looks_like_one(path):
            raise MemoryFileError(
                f"{path} is not a memory of hop, and `force=True` replaces only memories; move it "
                f"away, or give another `memory`"
            )
        old = memories.load(path, limit) if append and there else None
        yield None if old is None else Memory.of(old, path, limit)


def write(
    path: Path,
    sources: Sequence[str | Path],
    reading: Reading,
    *,
    old: Memory | None,
    folder: bool,
    shard_size: int | None = None,
    max_memory: str | int | None = None,
    on_files: "Callable[[int], OnFile | None]" = lambda count: None,
) -> Stored:
    """Read pictures and arrays, and write them as a memory; the caller is within `opened`.

    Args:
        path: of the memory.
        sources: folders, pictures and `.npy` arrays.
        reading: how they become patterns.
        old: the memory that they are appended to, or None.
        folder: whether the memory is to be a folder of several files.
        shard_size: patterns in each of these files, or None for as many as take 64 MiB.
        max_memory: as for `hopcli.load`.
        on_files: called with the number of files; returns what is called as they are read.
    """
    from hopcli.formats.collect import Report, collect, collect_parts
    from hopcli.model import relearning
    from hopcli.storage import memories, memory_file, sharding

    if shard_size is not None and shard_size < 1:
        raise ParameterError(
            "shard_size", shard_size, "it takes 1 or more", "try `shard_size=1000`"
        )
    limit = memory_limit(max_memory)
    beside = None if old is None else old.stored
    plan, found = reading.plan(beside, limit), reading.files(sources)
    on_file, report = on_files(len(found)), Report()
    whole: AbstractMemory
    if folder or path.is_dir():
        parts = reading.named(collect_parts(found, plan, report, on_file=on_file), limit)
        whole = sharding.store(path, parts, size=shard_size, keep=beside is not None)
    else:
        read, report = collect(found, plan, on_file=on_file)
        (whole,) = reading.named([read], limit)
        if beside is not None:
            whole, notes = relearning.appended(beside.whole(), whole, limit)
            report.notes += notes
        memory_file.save(whole, path)
    added = len(whole) - (0 if beside is None else len(beside))
    return Stored(
        Memory.of(whole, path, limit), added, tuple(report.skipped), memories.size_of(path),
        tuple(report.notes),
    )  # fmt: skip
