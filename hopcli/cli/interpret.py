"""`hop interpret`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.binary.boltzmann.interpretation import Interpretation
    from hopcli.binary.boltzmann.machine import Machine
    from hopcli.render.sheets import Sheet
    from hopcli.storage.memory_file import AbstractMemory

# Patterns whose energies a picture's is compared with.
COMPARED = 1000


def interpret(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE", readable=False, help="Pictures, .npy arrays, folders, or - for one."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    top: Annotated[
        int,
        typer.Option("--top", min=1, metavar="N", help="How many hidden neurons to show at most."),
    ] = 12,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", metavar="PATH",
            help="Draw each picture, what its interpretation leads to expect, and the weights of "
            "the hidden neurons: .png, .svg or .pdf.",
        ),
    ] = None,
    threshold: options.ThresholdOption = "otsu",
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Show which hidden neurons a picture turns on.

    They are those of the memory's Boltzmann machine (hop learn --rule boltzmann), the surest first,
    each as the picture of its weights: what it adds where it is on. The energy says how badly they
    fit the picture.

    [bold]Example:[/bold] hop interpret sample_patterns/damaged/R-half.png -m letters.npz
    """
    from hopcli.binary.boltzmann import interpretation
    from hopcli.cli import contact
    from hopcli.cli.machines import machine_network
    from hopcli.storage import cues as cue_files
    from hopcli.storage import memories
    from hopcli.storage.sources import find

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    sources = find(pictures, "none")
    if plot is not None:
        contact.check(plot, memory, *(source.path for source in sources))
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    machine = machine_network(stored).machine
    level = options.threshold(threshold)
    given, notes = cue_files.read(sources, stored, level, most=max_pixels, limit=limit)
    report.notes(notes)
    with clock.measure("work"):
        found = [interpretation.interpret(machine, cue.state) for cue in given]
        usual = _usual(machine, stored)
    named = [(cue.name, cue.state) for cue in given]
    if plot is not None:
        sheets = _sheets(named, found, stored, machine, top=top, colour=True)
        contact.write(sheets, plot)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "interpretations": [
                    _answer(name, each) for (name, _), each in zip(named, found, strict=True)
                ],
                "patterns": dict(zip(("lowest", "median", "highest"), usual, strict=True)),
                "plot": None if plot is None else str(plot),
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(named, found, stored, machine, top=top, usual=usual)


def _usual(machine: "Machine", memory: "AbstractMemory") -> tuple[float, float, float]:
    """The lowest, the median and the highest energy of stored patterns, or of some of them."""
    import numpy as np

    from hopcli.binary.boltzmann.interpretation import lowest_energies

    rows = np.unique(np.linspace(0, len(memory) - 1, min(len(memory), COMPARED)).astype(np.intp))
    energies = lowest_energies(machine, memory.states(rows))
    return float(energies.min()), float(np.median(energies)), float(energies.max())


def _answer(name: str, found: "Interpretation") -> dict[str, Any]:
    """The JSON of one picture."""
    return {
        "picture": name,
        "energy": found.energy,
        "hidden": [round(probability, 6) for probability in found.hidden.tolist()],
        "on": found.on.tolist(),
    }


def _sheets(
    named: "Sequence[tuple[str, NDArray[np.int8]]]",
    found: "Sequence[Interpretation]",
    memory: "AbstractMemory",
    machine: "Machine",
    *,
    top: int,
    colour: bool,
) -> "list[Sheet]":
    """Of each picture: itself, what is expected of it, and the hidden neurons that are on."""
    from hopcli.render.diverging import diverging
    from hopcli.render.sheets import Sheet

    legend = ": blue −, white 0, orange +" if colour else ""
    made = []
    for (name, state), each in zip(named, found, strict=True):
        pictures = [("picture", memory.picture(state)), ("expected", _shaped(each, memory))]
        for neuron in each.on[:top].tolist():
            weights = machine.weights[neuron].reshape(memory.shape)
            weights = weights / max(float(abs(weights).max()), 1e-30)
            shown = diverging(weights) if colour else (weights + 1) / 2
            pictures.append((f"{neuron}: {each.hidden[neuron]:.2f}", shown))
        on = f"{len(each.on):,} of {machine.hidden:,} hidden neurons on"
        title = f"{name}: {on}; weights{legend}; energy {each.energy:.6g}"
        made.append(Sheet(title, pictures))
    return made


def _shaped(found: "Interpretation", memory: "AbstractMemory") -> "NDArray[np.float64]":
    """What an interpretation leads to expect, as a picture."""
    return found.expected.reshape(memory.shape)


def _show(
    named: "Sequence[tuple[str, NDArray[np.int8]]]",
    found: "Sequence[Interpretation]",
    memory: "AbstractMemory",
    machine: "Machine",
    *,
    top: int,
    usual: tuple[float, float, float],
) -> None:
    """Pictures on a terminal, and a sentence for each picture."""
    from hopcli.render.text import printable

    console = report.terminal()
    for place, ((name, state), each) in enumerate(zip(named, found, strict=True)):
        if console is not None:
            from hopcli.render.panels import contact_sheet, side_by_side

            colour = report.coloured()
            (shown,) = _sheets(
                [(name, state)], [each], memory, machine, top=top, colour=colour
            )  # fmt: skip
            width = console.width
            report.write_lines(side_by_side(shown.pictures[:2], width, colour=colour))
            console.print()
            if shown.pictures[2:]:
                report.write_lines(contact_sheet(shown.pictures[2:], width, colour=colour))
                console.print()
        report.say(printable(_sentence(name, each, machine, top, usual)))
        if console is not None and place + 1 < len(named):
            console.print()


def _sentence(
    name: str, found: "Interpretation", machine: "Machine", top: int,
    usual: tuple[float, float, float],
) -> str:  # fmt: skip
    """Which hidden neurons are on, and how well they fit."""
    lowest, median, highest = usual
    if found.energy > highest:
        fits = "they fit it worse than any stored pattern"
    elif found.energy > median:
        fits = "they fit it worse than most stored patterns"
    else:
        fits = "they fit it as well as most stored patterns"
    listed = ", ".join(str(neuron) for neuron in found.on[:top].tolist())
    more = ", …" if len(found.on) > top else ""
    on = f" ({listed}{more})" if len(found.on) else ""
    return (
        f"{name}: {len(found.on):,} of {machine.hidden:,} hidden neurons are on{on}; energy "
        f"{found.energy:.1f}, that of the patterns {lowest:.1f} to {highest:.1f}: {fits}."
    )
