"""`hop recall`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.places import Places, planned
from hopcli.cli.signatures import Argument, Option
from hopcli.cli.spreading import ClusterOption, spread
from hopcli.continuous import similarities
from hopcli.errors import HopError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import Console

    from hopcli.cli.settling import Settings, Settling
    from hopcli.results import Recall
    from hopcli.storage.memory_file import AbstractMemory

# Cues whose pictures are shown; more than these get a line each.
SHOWN = 4


def recall(
    cues: Annotated[
        list[Path],
        Argument(
            metavar="CUE", help="Pictures, .npy arrays, folders, or - for one."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    energy: Annotated[
        str | None,
        Option(
            "--energy", metavar="E",
            help="classical, poly, exp (the default), or boltzmann, once it is learned, of a "
            "binary memory; lse of a grey or coloured one.",
        ),
    ] = None,
    rule: Annotated[
        str | None,
        Option(
            "--rule", metavar="RULE",
            help="Of classical: hebbian recalls by the patterns, as Hebb's rule does, although "
            "weights were learned.",
        ),
    ] = None,
    degree: options.DegreeOption = 3,
    beta: Annotated[
        str,
        Option(
            "--beta", metavar="B",
            help="β of exp(βx), auto being 1; or of lse, auto being 2 ln(K/10⁻¹²)/d², with d² the "
            "squared distance of the closest pictures but for near-duplicates, so that each "
            "distinct one is a fixed point.",
        ),
    ] = "auto",
    similarity: Annotated[
        str,
        Option("--similarity", metavar="S", help=f"{', '.join(similarities.names())}; for lse."),
    ] = "l2",
    update: Annotated[
        str, Option("--update", metavar="HOW", help="async, one neuron at a time, or sync.")
    ] = "async",
    order: Annotated[
        str, Option("--order", metavar="HOW", help="random or sequential, for async.")
    ] = "random",
    max_sweeps: Annotated[
        int, Option("--max-sweeps", min=1, metavar="N", help="Stop after so many sweeps.")
    ] = 100,
    temperature: Annotated[
        str,
        Option(
            "--temperature", metavar="T",
            help="Neurons are set by chance, as if at this temperature, in the energy's units; the "
            "state after --max-sweeps is a sample. At 0 chance is left out.",
        ),
    ] = "0",
    anneal: Annotated[
        str | None,
        Option(
            "--anneal", metavar="T0:T1[:SWEEPS]",
            help="Cool from T0 to T1, by the same factor each sweep (of --max-sweeps, if it does "
            "not say), and settle the lowest state met at 0.",
        ),
    ] = None,
    noise: options.NoiseOption = 0.0,
    occlude: options.OccludeOption = None,
    mask: Annotated[
        Path | None,
        Option(
            "--mask", metavar="PATH",
            help="A picture: white is known, black unknown.",
        ),
    ] = None,
    clamp: Annotated[
        bool, Option("--clamp", help="Keep the known pixels as they are.")
    ] = False,
    threshold: options.ThresholdOption = "otsu",
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    out: Annotated[
        Path | None,
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
            help="Draw the energy and the way of one cue: .png, .svg or .pdf.",
        ),
    ] = None,
    cluster: ClusterOption = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Recall stored patterns from damaged ones.

    Each cue runs through the network until nothing changes. Transparent pixels of a cue are
    unknown; --noise and --occlude damage it first.

    Example: hop recall sample_patterns/damaged/R-half.png -m letters.npz -o R.png
    """
    import numpy as np

    from hopcli.cli import temperatures
    from hopcli.cli.settling import Settings, prepare
    from hopcli.formats import cues as cue_files
    from hopcli.formats.sources import find
    from hopcli.storage import memories

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    settings = Settings(
        energy if energy is None else options.choice("--energy", energy, options.ENERGIES),
        rule, degree, options.sharpness(beta), similarity, update, order, max_sweeps,
        temperatures.temperature(temperature),
        None if anneal is None else temperatures.cooling(anneal, max_sweeps), clamp,
        gif is not None or plot is not None, seed,
    )  # fmt: skip
    if settings.temperature and settings.cooling:
        raise HopError(
            "--temperature and --anneal were both given, but a temperature stays or falls; give "
            "one of them"
        )
    options.probability("--noise", noise)
    options.check_output(out, json)
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    level = options.threshold(threshold)
    sources = find(cues, "none")
    given, notes = cue_files.read(sources, stored, level, most=max_pixels, limit=limit)
    report.notes(notes)
    if settings.film and len(given) != 1:
        raise HopError(f"--gif and --plot show one cue, but {len(given)} were given; give one")
    states = np.array([cue.state for cue in given])
    if noise or occlude is not None:
        from hopcli.cli.damage import damaged

        states = damaged(states, stored.shape, noise=noise, occlude=occlude, seed=seed)
    if mask is not None:
        hidden = ~cue_files.read_mask(mask, stored, most=max_pixels)
        states[:, hidden] = 0 if stored.mode == "binary" else float("nan")
    names = [cue.name for cue in given]
    protected = [memory, *(source.path for source in sources), *([mask] if mask else [])]
    places = planned(names, out=out, gif=gif, plot=plot, protected=protected)
    with spread(stored, memory, cluster) as parts:
        with report.compiling():
            settling = prepare(stored, settings, len(states), parts)
        report.notes(list(settling.notes))
        with clock.measure("work"):
            recalls = settling.run(states)

    _write(recalls, stored, places)
    if json:
        answers = [
            _answer(r, name, stored, path)
            for r, name, path in zip(
                recalls, names, places.states or [None] * len(recalls), strict=True
            )
        ]
        report.write_json(
            {
                "memory": str(memory),
                "energy": settling.energy,
                "rule": settling.rule,
                **_heating(settings),
                "recalls": answers,
                "seconds": clock.seconds(),
            }
        )
    elif str(out) != "-":
        _show(recalls, names, states, stored, settling)


def _write(recalls: "Sequence[Recall]", memory: "AbstractMemory", places: Places) -> None:
    """Write what was asked for: states, animation, plot."""
    if places == Places():
        return
    from hopcli.cli import outputs

    if places.plot is not None:
        outputs.write_plot(recalls[0], places.plot, memory)
    if places.states:
        outputs.write_states([recall.state for recall in recalls], places.states, memory)
    if places.film is not None:
        outputs.write_film(recalls[0].film, places.film, memory)


def _answer(
    recall: "Recall", cue: str, memory: "AbstractMemory", written: Path | None
) -> dict[str, Any]:
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


def _heating(settings: "Settings") -> dict[str, Any]:
    """The JSON of a temperature that was given."""
    if settings.cooling is not None:
        cooling = settings.cooling
        return {"anneal": [cooling.first, cooling.last, cooling.sweeps]}
    return {"temperature": settings.temperature} if settings.temperature else {}


def _show(
    recalls: "Sequence[Recall]",
    names: Sequence[str],
    states: "NDArray[Any]",
    memory: "AbstractMemory",
    settling: "Settling",
) -> None:
    """Pictures on a terminal, and what happened to each cue."""
    from hopcli.cli import verdict
    from hopcli.render.text import printable

    console = report.terminal() if len(recalls) <= SHOWN else None
    for row, (recall, name) in enumerate(zip(recalls, names, strict=True)):
        if console is not None:
            _show_pictures(recall, states[row], memory, console)
        said = verdict.sentence(recall, name, memory.name(recall.index), memory.label(recall.index))
        report.say(printable(said))
        why = verdict.advice(recall, settling.binary)
        if why is not None and (console is not None or len(recalls) == 1):
            report.say(why)
        if console is not None and row + 1 < len(recalls):
            console.print()


def _show_pictures(
    recall: "Recall", cue: "NDArray[Any]", memory: "AbstractMemory", console: "Console"
) -> None:
    """The cue, where it led and what is nearest to that, and the energy on the way."""
    from rich.text import Text

    from hopcli.render import graphics
    from hopcli.render.panels import side_by_side
    from hopcli.render.sparkline import sparkline

    pattern = memory.states(slice(recall.index, recall.index + 1))[0]
    panels = [
        ("cue", memory.picture(cue)),
        ("recalled", memory.picture(recall.state)),
        (f"nearest: {memory.name(recall.index)}", memory.picture(pattern)),
    ]
    real = None if memory.mode == "binary" else graphics.side_by_side(panels, console)
    if real is None:
        report.write_lines(side_by_side(panels, console.width, colour=report.coloured()))
    else:
        console.print(real)
    # Levels add up to a billionth or so.
    first, last = (round(recall.energies[place], 9) + 0.0 for place in (0, -1))
    console.print(Text(f"energy {sparkline(recall.energies, 40)} {first:.6g} → {last:.6g}"))
