"""`hop recall`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report
from hopcli.errors import HopError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.binary.networks import BinaryNetwork
    from hopcli.binary.recall import Recall
    from hopcli.binary.schedules import Schedule
    from hopcli.storage.cues import Cue
    from hopcli.storage.memory_file import Memory

# Cues whose pictures are shown; more than these get a line each.
SHOWN = 4
# States of each sweep that go into a GIF, and the least width to which they are enlarged.
GIF_FRAMES = 12
GIF_WIDTH = 256


def recall(
    cues: Annotated[
        list[Path],
        typer.Argument(metavar="CUE…", help="Pictures, .npy arrays, folders, or - for one."),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    energy: Annotated[
        str, typer.Option("--energy", metavar="E", help="classical, poly or exp.")
    ] = "exp",
    degree: options.DegreeOption = 3,
    beta: Annotated[
        str, typer.Option("--beta", metavar="B", help="β of exp(βx); auto is 1.")
    ] = "auto",
    update: Annotated[
        str, typer.Option("--update", metavar="HOW", help="async, one neuron at a time, or sync.")
    ] = "async",
    order: Annotated[
        str, typer.Option("--order", metavar="HOW", help="random or sequential, for async.")
    ] = "random",
    max_sweeps: Annotated[
        int, typer.Option("--max-sweeps", min=1, metavar="N", help="Stop after so many sweeps.")
    ] = 100,
    noise: options.NoiseOption = 0.0,
    occlude: options.OccludeOption = None,
    mask: Annotated[
        Path | None,
        typer.Option("--mask", metavar="PATH", help="A picture: white is known, black unknown."),
    ] = None,
    clamp: Annotated[
        bool, typer.Option("--clamp", help="Keep the known pixels as they are.")
    ] = False,
    threshold: options.ThresholdOption = "otsu",
    out: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PATH",
            help="Write what was recalled: a picture, a folder for several cues, .npy, or -.",
        ),
    ] = None,
    gif: Annotated[
        Path | None,
        typer.Option("--gif", metavar="PATH", help="Write the recall of one cue as an animation."),
    ] = None,
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Recall stored patterns from damaged ones.

    Each cue runs through the network until nothing changes. Transparent pixels of a cue are
    unknown; --noise and --occlude damage it first.

    [bold]Example:[/bold] hop recall sample_patterns/damaged/R-half.png -m letters.npz -o R.png
    """
    import numpy as np

    from hopcli.binary.networks import BinaryNetwork, dynamics_builder
    from hopcli.binary.recall import recall as run
    from hopcli.cli import outputs
    from hopcli.storage import cues as cue_files
    from hopcli.storage import memory_file, pictures
    from hopcli.storage.sources import find

    clock = report.Clock()
    interaction = options.interaction(energy, degree, _beta(beta))
    schedule = _schedule(update, order)
    options.probability("--noise", noise)
    if json and str(out) == "-":
        raise HopError("--json and -o - both write to standard output; give one of them")
    with clock.measure("load"):
        stored = memory_file.load(memory)
    options.check_binary(stored.mode, memory)
    given, notes = cue_files.read(find(cues, "none"), stored, options.threshold(threshold))
    report.notes(notes)
    if gif is not None and len(given) != 1:
        raise HopError(f"--gif shows one cue, but {len(given)} were given; give one")
    states = _damaged(given, stored, noise=noise, occlude=occlude, seed=seed)
    if mask is not None:
        states[:, ~cue_files.read_mask(mask, stored)] = 0

    network = BinaryNetwork(stored.patterns, stored.neurons, interaction)
    build = dynamics_builder(network, len(states))
    with clock.measure("work"):
        recalls = run(
            network,
            build(),
            states,
            schedule=schedule,
            rng=np.random.default_rng([seed, 1]),
            max_sweeps=max_sweeps,
            clamped=states != 0 if clamp else None,
            frames=GIF_FRAMES if gif is not None else 0,
        )

    names = [cue.name for cue in given]
    protected = [memory, *(path for path in cues if path.is_file())]
    written: Sequence[Path | None] = [None] * len(given)
    if out is not None:
        final = np.array([r.state for r in recalls])
        written = outputs.write_states(final, out, names, stored.shape, protected=protected)
    if gif is not None:
        (place,) = outputs.places(gif, names, protected=protected)
        film = [state.reshape(stored.shape[:2]) for state in recalls[0].film]
        pictures.write_gif(film, place, scale=max(1, -(-GIF_WIDTH // stored.shape[1])))
    if json:
        answers = [
            _answer(r, name, stored, path)
            for r, name, path in zip(recalls, names, written, strict=True)
        ]
        report.write_json(
            {
                "memory": str(memory),
                "energy": energy,
                "recalls": answers,
                "seconds": clock.seconds(),
            }
        )
    elif str(out) != "-":
        _show(recalls, names, states, stored, network)


def _beta(given: str) -> float:
    return 1.0 if given == "auto" else options.number("--beta", given, 1e-300, 1e300)


def _schedule(update: str, order: str) -> "Schedule":
    from hopcli.binary import schedules

    order = options.choice("--order", order, ("random", "sequential"))
    if options.choice("--update", update, ("async", "sync")) == "sync":
        return schedules.Synchronous()
    return schedules.Random() if order == "random" else schedules.Sequential()


def _damaged(
    cues: "Sequence[Cue]", memory: "Memory", *, noise: float, occlude: str | None, seed: int
) -> "NDArray[np.int8]":
    """The cues' states after --noise and --occlude, each with random numbers of its own."""
    import numpy as np

    from hopcli.binary import corruption

    height, width = memory.shape[:2]
    states = np.array([cue.state for cue in cues])
    for state, rng in zip(states, np.random.default_rng([seed, 0]).spawn(len(cues)), strict=True):
        if noise:
            state[:] = corruption.flip(state, noise, rng)
        if occlude is not None:
            state[corruption.occluded(occlude, height, width, rng).ravel()] = 0
    return states


def _answer(recall: "Recall", cue: str, memory: "Memory", written: Path | None) -> dict[str, Any]:
    """The JSON of one recall."""
    return {
        "cue": cue,
        "outcome": recall.outcome.name.lower(),
        "name": memory.name(recall.index),
        "label": memory.label(recall.index),
        "index": recall.index,
        "overlap": recall.overlap,
        "cue_overlap": recall.cue_overlap,
        "sweeps": recall.sweeps,
        "flips": recall.flips,
        "energies": list(recall.energies),
        "output": None if written is None else str(written),
    }


def _show(
    recalls: "Sequence[Recall]",
    names: Sequence[str],
    states: "NDArray[np.int8]",
    memory: "Memory",
    network: "BinaryNetwork",
) -> None:
    """Pictures on a terminal, and what happened to each cue."""
    from rich.text import Text

    from hopcli.binary import packing
    from hopcli.cli import verdict
    from hopcli.render.panels import side_by_side
    from hopcli.render.sparkline import sparkline
    from hopcli.render.text import printable

    console = report.output()
    pictured = console.is_terminal and len(recalls) <= SHOWN
    for row, (recall, name) in enumerate(zip(recalls, names, strict=True)):
        nearest = memory.name(recall.index)
        if pictured:
            stored = packing.unpack(memory.patterns[recall.index, None], memory.neurons)
            shape = memory.shape[:2]
            panels = [
                ("cue", states[row].reshape(shape)),
                ("recalled", recall.state.reshape(shape)),
                (f"nearest: {nearest}", stored.reshape(shape)),
            ]
            coloured = console.color_system is not None and not console.no_color
            report.write_lines(side_by_side(panels, console.width, colour=coloured))
            first, last = recall.energies[0], recall.energies[-1]
            console.print(Text(f"energy {sparkline(recall.energies, 40)} {first:.6g} → {last:.6g}"))
        said = verdict.sentence(recall, name, nearest, memory.label(recall.index))
        console.print(Text(printable(said)))
        why = verdict.advice(recall, network)
        if why is not None and (pictured or len(recalls) == 1):
            console.print(Text(why))
        if pictured and row + 1 < len(recalls):
            console.print()
