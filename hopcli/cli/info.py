"""`hop info`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.signatures import Option

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hopcli.storage.memory_file import AbstractMemory, Memory

# Pictures on a contact sheet, on a terminal and in a file; a memory may hold a million.
SHEET = 40
PLOTTED = 100
# Bytes of patterns that the search for the closest pair may compare: some seconds.
PAIR_BYTES = 2**33
# Overlaps that are worked out at once.
AT_ONCE = 2**22
# Of theory's figures, those that are shown to people; the JSON has all of them.
SHOWN = ("retrieval", "no errors", "every pattern stable")


def info(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    check: Annotated[
        bool,
        Option(
            "--check",
            help="Read all of it, and compare every part with its checksum and its digest.",
        ),
    ] = False,
    plot: Annotated[
        Path | None,
        Option(
            "--plot",
            metavar="PATH",
            help="Draw the contact sheet: up to 100 patterns, and as many of the memories and "
            "hidden neurons that were learned.",
        ),
    ] = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Describe a memory: what it holds, how full it is, and which two patterns are closest.

    Example: hop info -m letters.npz
    """
    from hopcli.storage import memories

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    if plot is not None:
        from hopcli.cli.places import check_plot

        check_plot(plot, memory)
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    with clock.measure("work"):
        labels = stored.all_labels()
        answer = {
            "memory": str(memory),
            "patterns": len(stored),
            "neurons": stored.neurons,
            "shape": list(stored.shape),
            "mode": stored.mode,
            "labels": _labels(stored, labels),
            "unlabelled": int((labels < 0).sum()),
            "load": len(stored) / stored.neurons,
            "capacity": _capacity(stored.neurons) if stored.mode == "binary" else [],
            "learned": [each.rule for each in stored.learned],
            "closest": _closest(stored),
            "bytes": memories.size_of(memory),
            "checked": asdict(memories.verify(memory)) if check else None,
        }
        if plot is not None:
            from hopcli.cli import contact

            contact.write(contact.sheets(stored, PLOTTED, colour=True), plot)
    answer["plot"] = None if plot is None else str(plot)
    answer["seconds"] = clock.seconds()
    if json:
        report.write_json(answer)
    else:
        _show(answer, stored)


def _labels(memory: "AbstractMemory", labels: "NDArray[Any]") -> dict[str, int]:
    """How many patterns bear each label."""
    import numpy as np

    counts = np.bincount(labels[labels >= 0], minlength=len(memory.label_names))
    return dict(zip(memory.label_names.tolist(), counts.tolist(), strict=True))


def _capacity(neurons: int) -> list[dict[str, Any]]:
    """How many random patterns each kind of network holds, by theory."""
    from hopcli.binary.interactions import Classical, Exponential, Polynomial
    from hopcli.experiments import theory

    kinds = (("classical", Classical()), ("poly", Polynomial(3)), ("exp", Exponential()))
    return [
        {"energy": energy, **asdict(prediction)}
        for energy, interaction in kinds
        for prediction in theory.predictions(interaction, neurons, error=0.01, noise=0.0)
    ]


def _closest(memory: "AbstractMemory") -> dict[str, Any] | None:
    """The two patterns that are most alike; None if there is one, or too many to search.

    Binary patterns by their overlap; grey and coloured ones by distance, with the cosine of the
    mean-free pictures for an overlap.
    """
    import numpy as np

    from hopcli.continuous import overlap as pictures
    from hopcli.storage.memory_file import Memory

    kept = len(memory)
    if kept < 2 or not isinstance(memory, Memory) or kept * memory.patterns.nbytes > PAIR_BYTES:
        return None
    with report.compiling():
        likeness = _likeness(memory)
    best = (-np.inf, 0, 0)
    rows = max(1, AT_ONCE // kept)
    for start in range(0, kept, rows):
        block = memory.states(slice(start, start + rows))
        found = likeness(block)
        found[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        row, other = np.unravel_index(found.argmax(), found.shape)
        best = max(best, (float(found[row, other]), -(start + int(row)), -int(other)))
    pair = sorted([-best[1], -best[2]])
    one, other = memory.states(np.array(pair)).astype(np.float64)
    overlap = (
        float(one @ other) / memory.neurons
        if memory.mode == "binary"
        else pictures.overlap(one, other)
    )
    return {
        "names": [memory.name(index) for index in pair],
        "indices": pair,
        "overlap": overlap,
    }


def _likeness(memory: "Memory") -> "Callable[[NDArray[Any]], NDArray[Any]]":
    """From some states to how much they are like each pattern, shape (states, K)."""
    import numpy as np

    if memory.mode == "binary":
        from hopcli.binary.networks import overlaps_with

        overlaps = overlaps_with(memory.patterns, memory.neurons, len(memory))
        return lambda states: overlaps(states).astype(np.float64)
    from hopcli.continuous.byte_patterns import BytePatterns

    patterns = BytePatterns.suited(memory.patterns, len(memory))
    return lambda states: -patterns.squared_distances(states)


def _show(answer: dict[str, Any], memory: "AbstractMemory") -> None:
    """A contact sheet on a terminal, and the facts."""
    from rich.table import Table
    from rich.text import Text

    from hopcli.render.text import printable

    console = report.output()
    if console.is_terminal:
        from hopcli.cli import contact
        from hopcli.render.panels import contact_sheet

        colour = report.coloured()
        for shown in contact.sheets(memory, SHEET, colour=colour):
            console.print(Text(shown.title, "bold"))
            report.write_lines(contact_sheet(shown.pictures, console.width, colour=colour))
            console.print()
    height, width = memory.shape[:2]
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    table.add_row("memory", Text(printable(answer["memory"])))
    table.add_row("patterns", f"{len(memory):,}")
    table.add_row("neurons", f"{memory.neurons:,} ({width}×{height} pixels, {memory.mode})")
    labels = [f"{printable(label)} {count:,}" for label, count in answer["labels"].items()]
    if answer["unlabelled"]:
        labels.append(f"none {answer['unlabelled']:,}")
    more = f" and {len(labels) - 12} more" if len(labels) > 12 else ""
    table.add_row("labels", Text(", ".join(labels[:12]) + more))
    table.add_row("load", Text(f"{answer['load']:.3g} = patterns / neurons"))
    for place, line in enumerate(_holds(answer)):
        table.add_row("" if place else "capacity", Text(line))
    for place, rule in enumerate(answer["learned"]):
        table.add_row("" if place else "learned", Text(printable(rule)))
    table.add_row("closest pair", Text(_pair(answer["closest"], len(memory))))
    table.add_row("file", f"{answer['bytes']:,} bytes")
    if answer["checked"]:
        table.add_row("checked", Text(_checked(**answer["checked"])))
    console.print(table)


def _checked(files: int, members: int, digests: int) -> str:
    """What was found to be whole."""
    counted = f"{members:,} members of {files:,} file{'' if files == 1 else 's'}"
    by = "checksums and digests" if digests == members else "checksums"
    return f"{counted}, whole by their {by}"


def _holds(answer: dict[str, Any]) -> list[str]:
    """How many random patterns each kind of network would hold, by theory."""
    from hopcli.render.numbers import patterns_text

    return [
        f"{patterns_text(entry['log2_patterns'])} random ones, {entry['energy']}, {entry['what']}"
        for entry in answer["capacity"]
        if entry["what"] in SHOWN
    ]


def _pair(closest: dict[str, Any] | None, kept: int) -> str:
    if closest is None:
        return "there is only one pattern" if kept == 1 else "not searched, too many patterns"
    from hopcli.render.text import printable

    one, other = (printable(name) for name in closest["names"])
    return f"{one} and {other}, overlap {closest['overlap']:.3f}"
