"""`hop info`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Option

if TYPE_CHECKING:
    from hopcli.model.info import Info
    from hopcli.model.memory import Memory

# Pictures on a contact sheet, on a terminal and in a file; a memory may hold a million.
SHEET = 40
PLOTTED = 100


def info(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    check: Annotated[
        bool,
        Option(
            "--check",
            help="Read all files, and compare each member with its checksum and digest.",
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
    from hopcli.model.info import info as describe
    from hopcli.model.memory import load

    clock = report.Clock()
    if plot is not None:
        from hopcli.cli.output_paths import check_plot

        check_plot(plot, memory)
    with clock.measure("load"):
        stored = load(memory, max_memory=max_memory)
    with clock.measure("work"), report.compiling():
        found = describe(stored, check=check)
        if plot is not None:
            from hopcli.cli import outputs
            from hopcli.model import contact_sheet

            outputs.write_sheets(contact_sheet.sheets(stored.stored, PLOTTED, colour=True), plot)
    if json:
        written = None if plot is None else str(plot)
        more = {"plot": written, "seconds": clock.seconds()}
        report.write_json({"memory": str(memory), **found.answer(), **more})
    else:
        _show(found, stored)


def _show(found: "Info", memory: "Memory") -> None:
    """Show a contact sheet on a terminal, and the facts."""
    from rich.table import Table
    from rich.text import Text

    from hopcli.render.text import printable

    console = report.output()
    if console.is_terminal:
        from hopcli.model import contact_sheet
        from hopcli.render import panels

        colour = report.coloured()
        for shown in contact_sheet.sheets(memory.stored, SHEET, colour=colour):
            console.print(Text(shown.title, "bold"))
            report.write_lines(panels.contact_sheet(shown.pictures, console.width, colour=colour))
            console.print()
    height, width = found.shape[:2]
    labels = [f"{printable(label)} {count:,}" for label, count in found.labels.items()]
    if found.unlabelled:
        labels.append(f"none {found.unlabelled:,}")
    more = f" and {len(labels) - 12} more" if len(labels) > 12 else ""
    rows = [
        ("memory", printable(str(memory.path))),
        ("patterns", f"{found.patterns:,}"),
        ("neurons", f"{found.neurons:,} ({width}×{height} pixels, {found.mode})"),
        ("labels", ", ".join(labels[:12]) + more),
        ("load", f"{found.load:.3g} = patterns / neurons"),
        *_titled("capacity", _capacity(found)),
        *_titled("learned", [printable(rule) for rule in found.learned]),
        ("closest pair", _pair(found)),
        ("file", f"{found.bytes:,} bytes"),
    ]
    if found.checked:
        rows.append(("checked", _checked(**asdict(found.checked))))
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(overflow="fold")
    for title, text in rows:
        table.add_row(title, Text(text))
    console.print(table)


def _titled(title: str, lines: list[str]) -> list[tuple[str, str]]:
    """Return rows of which the first has a title."""
    return [("" if row else title, line) for row, line in enumerate(lines)]


def _capacity(found: "Info") -> list[str]:
    """Say how many random patterns each interaction holds, as published."""
    from hopcli.render.numbers import patterns_text

    return [
        f"{patterns_text(entry['log2_patterns'])} random ones, {entry['energy']}, {entry['what']}"
        for entry in found.capacity
    ]


def _checked(files: int, members: int, digests: int) -> str:
    """Say what was compared with its checksums."""
    counted = f"{members:,} members of {files:,} file{'' if files == 1 else 's'}"
    by = "checksums and digests" if digests == members else "checksums"
    return f"{counted}, undamaged by their {by}"


def _pair(found: "Info") -> str:
    """Say which two patterns are closest."""
    from hopcli.render.text import printable

    if found.closest is None:
        return "there is only one pattern" if found.patterns == 1 else "not searched, too many"
    one, other = (printable(name) for name in found.closest.names)
    return f"{one} and {other}, overlap {found.closest.overlap:.3f}"
