"""`hop interpret`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hopcli.binary.boltzmann.interpretation import Interpretation
    from hopcli.binary.boltzmann.machine import Machine
    from hopcli.formats.cues import Cue
    from hopcli.render.sheets import Sheet
    from hopcli.storage.memory_file import AbstractMemory

    # A picture and what was made of it.
    Interpreted = tuple[Cue, Interpretation]

# Patterns whose energies a picture's is compared with.
COMPARED = 1000


def interpret(
    pictures: Annotated[
        list[Path],
        Argument(
            metavar="PICTURE", help="Pictures, .npy arrays, folders, or - for one."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    top: Annotated[
        int,
        Option("--top", min=1, metavar="N", help="How many hidden neurons to show at most."),
    ] = 8,
    plot: Annotated[
        Path | None,
        Option(
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

    Example: hop interpret sample_patterns/damaged/R-half.png -m letters.npz
    """
    from hopcli.binary.boltzmann import interpretation
    from hopcli.cli.machines import machine_network
    from hopcli.cli.places import check_plot
    from hopcli.formats import cues as cue_files
    from hopcli.formats.sources import find
    from hopcli.storage import memories

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    sources = find(pictures, "none")
    if plot is not None:
        check_plot(plot, memory, *(source.path for source in sources))
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    machine = machine_network(stored).machine
    level = options.threshold(threshold)
    given, notes = cue_files.read(sources, stored, level, most=max_pixels, limit=limit)
    report.notes(notes)
    with clock.measure("work"):
        found = [(cue, interpretation.interpret(machine, cue.state)) for cue in given]
        usual = _usual(machine, stored)
    if plot is not None:
        from hopcli.cli import contact_sheet

        contact_sheet.write(_sheets(found, stored, machine, top=top, colour=True), plot)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "interpretations": [_answer(cue.name, each) for cue, each in found],
                "patterns": dict(zip(("lowest", "median", "highest"), usual, strict=True)),
                "plot": None if plot is None else str(plot),
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(found, stored, machine, top=top, usual=usual)


def _usual(machine: "Machine", memory: "AbstractMemory") -> tuple[float, float, float]:
    """The lowest, the median and the highest energy of stored patterns, or of some of them."""
    import numpy as np

    from hopcli.binary.boltzmann.interpretation import lowest_energies
    from hopcli.cli.contact_sheet import evenly

    energies = lowest_energies(machine, memory.states(evenly(len(memory), COMPARED)))
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
    found: "Sequence[Interpreted]", memory: "AbstractMemory", machine: "Machine", *, top: int,
    colour: bool,
) -> "list[Sheet]":  # fmt: skip
    """Of each picture: itself, what is expected of it, and the hidden neurons that are on."""
    from hopcli.cli import contact_sheet
    from hopcli.render.sheets import Sheet

    legend = ": blue −, white 0, orange +" if colour else ""
    made = []
    for cue, each in found:
        expected = each.expected.reshape(memory.shape)
        pictures = [("picture", memory.picture(cue.state)), ("expected", expected)]
        for neuron in each.on[:top].tolist():
            shown = contact_sheet.hidden(machine, neuron, memory, colour=colour)
            pictures.append((f"{neuron}: {each.hidden[neuron]:.2f}", shown))
        on = f"{len(each.on):,} of {machine.hidden:,} hidden neurons on"
        title = f"{Path(cue.name).name}: {on}; weights{legend}; energy {each.energy:.6g}"
        made.append(Sheet(title, pictures))
    return made


def _show(
    found: "Sequence[Interpreted]", memory: "AbstractMemory", machine: "Machine", *, top: int,
    usual: tuple[float, float, float],
) -> None:  # fmt: skip
    """Pictures on a terminal, and a sentence for each picture."""
    from hopcli.render.text import printable

    console = report.terminal()
    for place, (cue, each) in enumerate(found):
        if console is not None:
            from hopcli.render.panels import contact_sheet, side_by_side

            colour = report.coloured()
            (shown,) = _sheets([(cue, each)], memory, machine, top=top, colour=colour)
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
                f"{cue.name}: {len(each.on):,} of {machine.hidden:,} hidden neurons are on{on}; "
                f"energy {each.energy:.1f}, that of the patterns {usual[0]:.1f} to {usual[2]:.1f}: "
                f"{_fit(cue.state, each.energy, usual)}."
            )
        )
        if console is not None and place + 1 < len(found):
            console.print()


def _fit(state: "NDArray[Any]", energy: float, usual: tuple[float, float, float]) -> str:
    """How well a picture's interpretation fits."""
    _, median, highest = usual
    if (state == 0).any():
        return "its unknown pixels count as their means"
    if energy > highest:
        return "they fit it worse than any stored pattern"
    return f"they fit it {'worse than' if energy > median else 'as well as'} most stored patterns"
