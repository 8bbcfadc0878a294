"""`hop interpret`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, output_paths, report
from hopcli.cli.signatures import Argument, Option

if TYPE_CHECKING:
    from hopcli.model.interpret import Interpretation, Interpreting
    from hopcli.render.sheets import Sheet


def interpret(
    pictures: Annotated[
        list[Path],
        Argument(metavar="PICTURE", help="Pictures, .npy arrays, folders, or - for one."),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    top: Annotated[
        int, Option("--top", min=1, metavar="N", help="How many hidden neurons to show at most.")
    ] = 8,
    plot: Annotated[
        Path | None,
        Option(
            "--plot", metavar="PATH",
            help="Draw each picture, what its interpretation leads to expect, and the weights of "
            "the hidden neurons: .png, .svg or .pdf, or - for PNG.",
        ),
    ] = None,
    threshold: options.CueThresholdOption = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Show which hidden neurons a picture turns on.

    They are those of the memory's Boltzmann machine (hop learn --rule boltzmann), the surest first,
    each as the picture of its weights: what it adds where it is on. The energy says how badly they
    fit the picture.

    Example: hop interpret sample_patterns/damaged/R-half.png -m letters.npz
    """
    from hopcli.model.interpret import prepare
    from hopcli.model.memory import load

    clock = report.Clock()
    output_paths.check_streams(None, plot, json=json)
    with clock.measure("load"):
        stored = load(memory, max_memory=max_memory)
    ready = prepare(stored, pictures, threshold=threshold, max_pixels=max_pixels)
    if plot is not None:
        output_paths.check_plot(plot, memory, *ready.cues.paths)
    report.notes(ready.cues.notes)
    with clock.measure("work"):
        found = ready.run()
    if plot is not None:
        from hopcli.cli import outputs

        outputs.write_sheets(_sheets(found, ready, top=top, colour=True), plot)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "interpretations": [each.answer() for each in found],
                "patterns": dict(
                    zip(("lowest", "median", "highest"), found[0].patterns, strict=True)
                ),
                "plot": None if plot is None else str(plot),
                "seconds": clock.seconds(),
            }
        )
    elif str(plot) != "-":
        _show(found, ready, top)


def _sheets(
    found: "Sequence[Interpretation]", ready: "Interpreting", *, top: int, colour: bool
) -> "list[Sheet]":
    """Make a sheet of each picture: itself, what is expected of it, and its hidden neurons."""
    from hopcli.model import contact_sheet
    from hopcli.render.sheets import Sheet

    stored, machine = ready.memory.stored, ready.machine
    legend = ": blue −, white 0, orange +" if colour else ""
    made = []
    for each in found:
        expected = each.expected.reshape(stored.shape)
        pictures = [("picture", stored.picture(each.state)), ("expected", expected)]
        for neuron in each.on[:top].tolist():
            shown = contact_sheet.hidden(machine, neuron, stored, colour=colour)
            pictures.append((f"{neuron}: {each.hidden[neuron]:.2f}", shown))
        on = f"{len(each.on):,} of {machine.hidden:,} hidden neurons on"
        title = f"{Path(each.picture).name}: {on}; weights{legend}; energy {each.energy:.6g}"
        made.append(Sheet(title, pictures))
    return made


def _show(found: "Sequence[Interpretation]", ready: "Interpreting", top: int) -> None:
    """Show pictures on a terminal, and a sentence for each picture."""
    from hopcli.render.text import printable

    console = report.terminal()
    for row, each in enumerate(found):
        if console is not None:
            from hopcli.render.panels import contact_sheet, side_by_side

            colour = report.coloured()
            (shown,) = _sheets([each], ready, top=top, colour=colour)
            first, neurons = shown.pictures[:2], shown.pictures[2:]
            report.write_lines(side_by_side(first, console.width, colour=colour))
            console.print()
            if neurons:
                report.write_lines(contact_sheet(neurons, console.width, colour=colour))
                console.print()
        listed = ", ".join(str(neuron) for neuron in each.on[:top].tolist())
        more = ", …" if len(each.on) > top else ""
        on = f" ({listed}{more})" if len(each.on) else ""
        report.say(
            printable(
                f"{each.picture}: {len(each.on):,} of {len(each.hidden):,} hidden neurons are "
                f"on{on}; energy {each.energy:.1f}, that of the patterns {each.patterns[0]:.1f} to "
                f"{each.patterns[2]:.1f}: {each.fit}."
            )
        )
        if console is not None and row + 1 < len(found):
            console.print()
