"""`hop store`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option

if TYPE_CHECKING:
    from hopcli.model.store import Stored

# Fewer files than this are read before a progress bar could be seen.
PROGRESS_FROM = 200


def store(
    sources: Annotated[
        Sequence[Path],
        Argument(
            metavar="SOURCE", instead="--pattern",
            help="Folders, pictures, arrays (.npy, .npz:NAME, .mat, idx), tables and letters in "
            "text.",
        ),
    ] = (),
    memory: options.StoredMemoryOption = str(options.DEFAULT_MEMORY),
    shard_size: Annotated[
        int | None,
        Option(
            "--shard-size", min=1, metavar="N",
            help="Make the memory a folder of files of N patterns each. A PATH that ends in a "
            "slash does so too, with as many patterns in a file as take 64 MiB.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        Option(
            "--size", metavar="WxH",
            help="Resize to this; by default the size that all pictures have, or the median.",
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
            "--labels", metavar="HOW",
            help="folder (the sub-folder's name), stem or none; or a file: an array, or text with "
            "a label a line, or with two columns, names and labels.",
        ),
    ] = "folder",
    names: Annotated[
        str | None,
        Option("--names", metavar="FILE", help="A file with a name a line, one for each pattern."),
    ] = None,
    pattern: options.PatternOption = (),
    columns: Annotated[
        bool,
        Option(
            "--columns",
            help="The columns of arrays and tables are the patterns, as is the custom in MATLAB.",
        ),
    ] = False,
    frames: options.FramesOption = "first",
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

    Folders are searched recursively, in natural order. An existing memory is changed only with
    --append or --force.

    Example: hop store sample_patterns/whole -m letters.npz
    """
    from hopcli.model import store as model

    clock = report.Clock()
    path = Path(memory)
    folder = memory.endswith("/") or shard_size is not None
    reading = model.Reading(
        mode, size, threshold, labels, background, max_pixels, names, columns, frames
    )
    given = options.with_patterns(sources, pattern, "SOURCE")
    with ExitStack() as stack:
        with clock.measure("load"):
            old = stack.enter_context(
                model.opened(path, folder=folder, append=append, force=force, max_memory=max_memory)
            )
        with clock.measure("work"):
            stored = model.write(
                path, given, reading, old=old, folder=folder, shard_size=shard_size,
                max_memory=max_memory, on_files=lambda count: stack.enter_context(_progress(count)),
            )  # fmt: skip
    report.notes(list(stored.notes))
    if json:
        report.write_json({"memory": str(path), **stored.answer(), "seconds": clock.seconds()})
        return
    report.notes([f"skipped {path}: {reason}" for path, reason in stored.skipped])
    _show(path, stored)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[int], None] | None]:
    """Show a progress bar for many files, where standard error is a terminal."""
    if files < PROGRESS_FROM or not report.watched():
        yield None
        return
    from rich.progress import Progress

    # Without a thread that refreshes it, since reading forks.
    bar = Progress(console=report.errors(), transient=True, auto_refresh=False)
    with report.shown(bar) as progress:
        task = progress.add_task("storing", total=files)
        yield lambda done: progress.update(task, completed=done, refresh=True)


def _show(path: Path, stored: "Stored") -> None:
    """Say what was stored."""
    from hopcli.render.text import printable

    answer = stored.answer()
    height, width = answer["shape"][:2]
    now = "" if stored.added == answer["patterns"] else f", which now holds {answer['patterns']}"
    names = [printable(name) for name in answer["labels"]]
    labels = f", labelled {', '.join(names[:8])}" if names else ", without labels"
    labels += f" and {len(names) - 8} more" if names[8:] else ""
    pixels = f"{width}×{height}×3" if answer["mode"] == "rgb" else f"{width}×{height}"
    patterns = "pattern" if stored.added == 1 else "patterns"
    neurons = "neuron" if answer["neurons"] == 1 else "neurons"
    report.say(
        f"Stored {stored.added} {answer['mode']} {patterns} of {pixels} = {answer['neurons']} "
        f"{neurons} in {printable(str(path))}{now}{labels}; {stored.bytes:,} bytes."
    )
