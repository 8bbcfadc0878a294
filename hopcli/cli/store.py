"""`hop store`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hopcli.cli import options, report
from hopcli.errors import MemoryFileError

if TYPE_CHECKING:
    from hopcli.storage.collect import Plan, Report
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.sources import Source

# Fewer files than this are read before a progress bar could be seen.
PROGRESS_FROM = 200


def store(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE", readable=False, help="Folders, pictures and .npy arrays."),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", metavar="WxH", help="Resize to this; else the pictures' own or median size."
        ),
    ] = None,
    mode: options.ModeOption = "auto",
    threshold: options.ThresholdOption = "otsu",
    labels: Annotated[
        str,
        typer.Option(
            "--labels", metavar="HOW", help="folder (the sub-folder's name), stem or none."
        ),
    ] = "folder",
    append: Annotated[
        bool, typer.Option("--append", help="Add to the memory if it exists.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the memory if it exists.")
    ] = False,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Store pictures as the patterns of a memory.

    Folders are searched to the bottom, in natural order. An existing memory is touched only with
    --append or --force.

    [bold]Example:[/bold] hop store sample_patterns/whole -m letters.npz
    """
    from hopcli.storage import memory_file
    from hopcli.storage.collect import Plan
    from hopcli.storage.sources import LABELLINGS, find, size_from

    clock = report.Clock()
    mode = options.choice("--mode", mode, options.MODES)
    level = options.threshold(threshold)
    wanted = None if size is None else size_from(size)
    labelling = options.choice("--labels", labels, LABELLINGS)
    with memory_file.locked(memory):
        if memory.exists() and not (append or force):
            raise MemoryFileError(
                f"{memory} exists already; give --append to add to it, --force to replace it, or "
                f"another name with -m"
            )
        if memory.exists() and not append and not memory_file.looks_like_one(memory):
            raise MemoryFileError(
                f"{memory} is no memory of hop, and --force replaces only memories; move it away, "
                f"or name another with -m"
            )
        old = None
        if append and memory.exists():
            with clock.measure("load"):
                old = memory_file.load(memory)
        with clock.measure("work"):
            found = find(sources, labelling)
            new, told = _collect(found, Plan(wanted, mode, level, old))
            whole = new if old is None else memory_file.appended(old, new)
            written = memory_file.save(whole, memory)
    report.notes(told.notes)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "added": len(new),
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
    _show(memory, len(new), whole, written)


def _collect(found: "list[Source]", plan: "Plan") -> "tuple[Memory, Report]":
    """Read all files, with a progress bar where there are many and somebody is watching."""
    from hopcli.storage.collect import collect

    if len(found) < PROGRESS_FROM or not report.watched():
        return collect(found, plan)
    from rich.progress import Progress

    # Without a thread that refreshes it: collecting forks.
    with Progress(console=report.errors(), transient=True, auto_refresh=False) as progress:
        task = progress.add_task("storing", total=len(found))
        return collect(
            found, plan, on_file=lambda done: progress.update(task, completed=done, refresh=True)
        )


def _show(path: Path, added: int, memory: "Memory", written: int) -> None:
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
