"""`hop recall`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, output_paths, report, signatures
from hopcli.cli.output_paths import OutputPaths
from hopcli.cli.signatures import Argument, Option
from hopcli.errors import HopError, on_command_line
from hopcli.model.options import TOP, parameters_by_energy
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from rich.console import Console

    from hopcli.model.memory import Memory
    from hopcli.model.recall import Recall

# Cues whose pictures are shown; more than these get a line each.
SHOWN = 4

# What happened, by outcome.
SENTENCES = {
    "memory": "{} is {}",
    "inverse": "{} became the negative of {}",
    "spurious": "{} settled in a spurious minimum, nearest to {}",
    "cycle": "{} ended in a cycle of two states, nearest to {}",
    "sample": "{} is a sample at its temperature, nearest to {}",
    "unsettled": "{} had not settled yet, nearest to {}",
}


def more_options() -> signatures.Options:
    """Return the options of all networks."""
    networks = parameters_by_energy()
    owners: dict[str, list[tuple[str, Parameter]]] = {}
    for energy, parameters in networks.items():
        for parameter in parameters:
            owners.setdefault(parameter.name, []).append((energy, parameter))
    return signatures.of_parameters("energy", owners, tuple(networks))


def recall(
    cues: Annotated[
        Sequence[Path],
        Argument(
            metavar="CUE", instead="--pattern",
            help="Pictures, arrays, tables, letters in text, folders, or - for one picture.",
        ),
    ] = (),
    pattern: options.PatternOption = (),
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    noise: options.NoiseOption = None,
    occlude: options.OccludeOption = None,
    mask: Annotated[
        Path | None,
        Option("--mask", metavar="PATH", help="A picture: white is known, black unknown."),
    ] = None,
    threshold: options.CueThresholdOption = None,
    align: options.AlignOption = None,
    top: Annotated[
        str | None, Option("--top", metavar="N", default=str(TOP.default), help=TOP.help)
    ] = None,
    accept: options.AcceptOption = None,
    frames: options.FramesOption = "first",
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    output: Annotated[
        str | None,
        Option(
            "--output", "-o", metavar="PATH",
            help="Write what was recalled: a picture, a folder for several cues, .npy, or -.",
        ),
    ] = None,
    gif: Annotated[
        Path | None,
        Option("--gif", metavar="PATH", help="Write the recall of one cue as an animation."),
    ] = None,
    plot: Annotated[
        Path | None,
        Option(
            "--plot", metavar="PATH",
            help="Draw the energy and the trajectory of one cue: .png, .svg or .pdf, or - for PNG.",
        ),
    ] = None,
    cluster: options.ClusterOption = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
    **parameters: Any,
) -> None:  # fmt: skip
    """Recall stored patterns from damaged ones.

    Each cue runs through the network until nothing changes. Transparent pixels of a cue are
    unknown; --noise and --occlude damage it first.

    Example: hop recall sample_patterns/damaged/R-half.png -m letters.npz -o R.png
    """
    from hopcli.model.memory import load
    from hopcli.model.recall import prepare

    clock = report.Clock()
    given = options.with_patterns(cues, pattern, "CUE")
    output_paths.check_streams(output, plot, json=json)
    with clock.measure("load"):
        stored = load(memory, max_memory=max_memory)
    damage = {"noise": noise, "occlude": occlude, "mask": mask, "threshold": threshold}
    alignment = {"align": align, "top": top, "accept": accept}
    with options.workers(cluster) as executor:
        ready = prepare(
            stored, given, parameters | damage | alignment, seed=seed,
            film=gif is not None or plot is not None, max_pixels=max_pixels, executor=executor,
            frames=frames, lenient=True,
        )  # fmt: skip
        report.notes(ready.cues.notes)
        if ready.film and len(ready.cues) != 1:
            raise HopError(
                f"`gif` and `plot` show one cue, but {len(ready.cues)} were given; give one"
            )
        paths = output_paths.planned(
            ready.cues.names, out=output, gif=gif, plot=plot,
            protected=[memory, *ready.cues.paths, *([mask] if mask else [])],
        )  # fmt: skip
        with report.compiling():
            network = ready.network
        report.notes(network.notes)
        with clock.measure("work"):
            ready.compare()
        with report.compiling():
            ready.load()
        with clock.measure("work"), report.progress("recalling", 1) as tell:
            recalls = ready.run(tell)
    _write(recalls, stored, paths)
    if json:
        answers = [
            {**each.answer(), "output": None if path is None else str(path)}
            for each, path in zip(recalls, paths.states or [None] * len(recalls), strict=True)
        ]
        report.write_json(
            {
                "memory": str(memory),
                **ready.answer(),
                "recalls": answers,
                "seconds": clock.seconds(),
            }
        )
    elif "-" not in (output, str(plot)):
        _show(recalls, stored)
    if ready.cues.unread:
        first, *others = ready.cues.unread
        report.notes([f"not recalled: {reason}" for reason in others])
        sys.stdout.flush()
        raise HopError(f"not recalled: {first}")


def _write(recalls: "Sequence[Recall]", memory: "Memory", paths: OutputPaths) -> None:
    """Write what was asked for: states, animation, plot."""
    if paths == OutputPaths():
        return
    from hopcli.cli import outputs

    picture, binary = memory.stored.picture, memory.mode == "binary"
    if paths.plot is not None:
        outputs.write_plot(recalls[0], paths.plot, memory)
    if paths.states and output_paths.is_array(paths.states[0]):
        outputs.write_states([each.state for each in recalls], paths.states[0])
    elif paths.states:
        levels = [picture(each.state) for each in recalls]
        outputs.write_pictures(levels, paths.states, two_levels=binary)
    if paths.film is not None:
        film = [picture(state) for state in recalls[0].film]
        outputs.write_film(film, paths.film, smooth=not binary)


def _show(recalls: "Sequence[Recall]", memory: "Memory") -> None:
    """Show pictures on a terminal, and say what happened to each cue."""
    from hopcli.render.text import printable

    console = report.terminal() if len(recalls) <= SHOWN else None
    for row, each in enumerate(recalls):
        if console is not None:
            _show_pictures(each, memory, console)
        report.say(printable(sentence(each, len(memory))))
        if each.advice is not None and (console is not None or len(recalls) == 1):
            report.say(on_command_line(each.advice))
        if console is not None and row + 1 < len(recalls):
            console.print()


def sentence(recall: "Recall", patterns: int) -> str:
    """Say what happened.

    Args:
        recall: of one cue.
        patterns: the number of stored patterns.
    """
    steps = f"{_count(recall.sweeps, 'sweep')}, {_count(recall.flips, 'flip')}"
    name = recall.name if recall.label is None else f"{recall.name} ({recall.label})"
    if recall.match is None:
        what = SENTENCES[recall.outcome].format(recall.cue, name)
        overlaps = f"overlap {recall.cue_overlap + 0.0:.2f} → {recall.overlap:.2f}"
        return f"{what}: {steps}, {overlaps}."
    from hopcli.model import matches

    said = matches.match(
        recall.cue, recall.match, recall.nearest, recall.alignment, patterns, recall.why
    )
    if recall.outcome == "memory" and recall.match != "none":
        return f"{said}; {steps}."
    what = SENTENCES[recall.outcome].format("the network", name)
    if recall.outcome == "memory":
        what = f"the network settled in {name}"
    return f"{said}; {what}: {steps}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _show_pictures(recall: "Recall", memory: "Memory", console: "Console") -> None:
    """Show the cue, the recalled state and the nearest pattern, and the energy by sweep."""
    from rich.text import Text

    from hopcli.render import graphics
    from hopcli.render.panels import side_by_side
    from hopcli.render.sparkline import sparkline

    stored = memory.stored
    (pattern,) = stored.states(slice(recall.index, recall.index + 1))
    panels = [
        ("cue", stored.picture(recall.given)),
        ("recalled", stored.picture(recall.state)),
        (f"nearest: {recall.name}", stored.picture(pattern)),
    ]
    if recall.start is not recall.given:
        panels.insert(1, ("laid over it", stored.picture(recall.start)))
    real = None if memory.mode == "binary" else graphics.side_by_side(panels, console)
    if real is None:
        report.write_lines(side_by_side(panels, console.width, colour=report.coloured()))
    else:
        console.print(real)
    # Levels add up to a billionth or so.
    first, last = (round(recall.energies[end], 9) + 0.0 for end in (0, -1))
    console.print(Text(f"energy {sparkline(recall.energies, 40)} {first:.6g} → {last:.6g}"))
