"""`hop store`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option
from hopcli.errors import MemoryFileError

if TYPE_CHECKING:
    from hopcli.storage.memory_file import AbstractMemory

# Fewer files than this are read before a progress bar could be seen.
PROGRESS_FROM = 200


def store(
    sources: Annotated[
        list[Path],
        Argument(metavar="SOURCE", help="Folders, pictures and .npy arrays."),
    ],
    memory: options.StoredMemoryOption = str(options.DEFAULT_MEMORY),
    shard_size: Annotated[
        int | None,
        Option(
            "--shard-size", min=1, metavar="N",
            help="Make the memory a folder of files of N patterns, for more than one file should "
            "hold. So does a PATH that ends in a slash; N is then as many as take 64 MiB.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        Option(
            "--size", metavar="WxH", help="Resize to this; else the pictures' own or median size."
        ),
    ] = None,
    mode: options.ModeOption = "auto",
    threshold: options.ThresholdOption = "otsu",
    background: Annotated[
        str,
        Option(
            "--background", metavar="COLOUR",
            help="What shows through transparent pixels: a name, or #rrggbb.",
        ),
    ] = "white",
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    labels: Annotated[
        str,
        Option(
            "--labels", metavar="HOW", help="folder (the sub-folder's name), stem or none."
        ),
    ] = "folder",
    append: Annotated[
        bool, Option("--append", help="Add to the memory if it exists.")
    ] = False,
    force: Annotated[
        bool, Option("--force", help="Replace the memory if it exists.")
    ] = False,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Store pictures as the patterns of a memory.

    Folders are searched to the bottom, in natural order. An existing memory is touched only with
    --append or --force.

    Example: hop store sample_patterns/whole -m letters.npz
    """
    from hopcli.cli.learning import kept
    from hopcli.formats import pictures
    from hopcli.formats.collect import Plan, Report, collect, collect_parts
    from hopcli.formats.sources import LABELLINGS, find, size_from
    from hopcli.storage import memories, memory_file, sharding
    from hopcli.storage.lock import locked

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    mode = options.choice("--mode", mode, options.MODES)
    level = options.threshold(threshold)
    wanted = None if size is None else size_from(size)
    behind = pictures.colour(background)
    labelling = options.choice("--labels", labels, LABELLINGS)
    path = Path(memory)
    foldered = memory.endswith("/") or shard_size is not None
    with locked(path):
        there = memories.is_there(path, foldered=foldered)
        if there and not (append or force):
            raise MemoryFileError(
                f"{path} exists already; give --append to add to it, --force to replace it, or "
                f"another name with -m"
            )
        if there and not append and not memories.looks_like_one(path):
            raise MemoryFileError(
                f"{path} is no memory of hop, and --force replaces only memories; move it away, "
                f"or name another with -m"
            )
        old = None
        if append and there:
            with clock.measure("load"):
                old = memories.load(path, limit)
        with clock.measure("work"):
            found = find(sources, labelling)
            plan, told = Plan(wanted, mode, level, old, behind, max_pixels, limit), Report()
            with _progress(len(found)) as on_file:
                if foldered or path.is_dir():
                    parts = collect_parts(found, plan, told, on_file=on_file)
                    whole = sharding.store(path, parts, size=shard_size, keep=append)
                else:
                    whole, told = collect(found, plan, on_file=on_file)
                    if old is not None:
                        whole, notes = kept.appended(old.whole(), whole, limit)
                        told.notes += notes
                    memory_file.save(whole, path)
            added = len(whole) - (0 if old is None else len(old))
    written = memories.size_of(path)
    report.notes(told.notes)
    if json:
        report.write_json(
            {
                "memory": str(path),
                "added": added,
                "patterns": len(whole),
                "neurons": whole.neurons,
                "shape": list(whole.shape),
                "mode": whole.mode,
                "labels": whole.label_names.tolist(),
                "skipped": [{"path": p, "reason": reason} for p, reason in told.skipped],
                "bytes": written,
                "seconds": clock.seconds(),
            }
        )
        return
    report.notes([f"skipped {path}: {reason}" for path, reason in told.skipped])
    _show(path, added, whole, written)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[int], None] | None]:
    """A progress bar, where there are many files and somebody is watching."""
    if files < PROGRESS_FROM or not report.watched():
        yield None
        return
    from rich.progress import Progress

    # Without a thread that refreshes it: collecting forks.
    bar = Progress(console=report.errors(), transient=True, auto_refresh=False)
    with report.shown(bar) as progress:
        task = progress.add_task("storing", total=files)
        yield lambda done: progress.update(task, completed=done, refresh=True)


def _show(path: Path, added: int, memory: "AbstractMemory", written: int) -> None:
    """Say what was stored."""
    from hopcli.render.text import printable

    height, width = memory.shape[:2]
    now = "" if added == len(memory) else f", which now holds {len(memory)}"
    named = [printable(str(name)) for name in memory.label_names[:8]]
    more = len(memory.label_names) - len(named)
    labels = f", labelled {', '.join(named)}" if named else ", without labels"
    labels += f" and {more} more" if more else ""
    pixels = f"{width}×{height}×3" if memory.mode == "rgb" else f"{width}×{height}"
    patterns = "pattern" if added == 1 else "patterns"
    neurons = "neuron" if memory.neurons == 1 else "neurons"
    report.say(
        f"Stored {added} {memory.mode} {patterns} of {pixels} = {memory.neurons} {neurons} in "
        f"{printable(str(path))}{now}{labels}; {written:,} bytes."
    )
