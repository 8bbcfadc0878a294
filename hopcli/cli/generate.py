"""`hop generate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.places import planned
from hopcli.cli.signatures import Argument, Option
from hopcli.cli.spreading import spread
from hopcli.errors import HopError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopcli.continuous.generation import Generated
    from hopcli.storage.memory_file import AbstractMemory

# Pictures that are shown; of more than these only a line each.
SHOWN = 5


def generate(
    label: Annotated[str, Argument(metavar="LABEL", help="A label of the memory.")],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    count: Annotated[
        int, Option("--count", min=1, metavar="N", help="How many pictures to generate.")
    ] = 1,
    beta: Annotated[
        str,
        Option("--beta", metavar="B", help="Sharpness, auto as for hop recall."),
    ] = "auto",
    out: Annotated[
        Path | None,
        Option(
            "--output", "-o", metavar="PATH", help="A picture, a folder for several, .npy, or -."
        ),
    ] = None,
    gif: Annotated[
        Path | None, Option("--gif", metavar="PATH", help="Show one picture forming.")
    ] = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Generate a picture from its label.

    The label is clamped, and the picture evolves from noise to a memory that bears it.

    Example: hop generate robots -m portraits.npz -o robot.png
    """
    import numpy as np

    from hopcli.cli import outputs
    from hopcli.cli.settling import levels_of
    from hopcli.continuous import sharpness, similarities
    from hopcli.continuous.generation import generate as run
    from hopcli.storage import memories

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    given = options.sharpness(beta)
    options.check_output(out, json)
    if gif is not None and count != 1:
        raise HopError(f"--gif shows one picture forming, but --count {count} was given; give 1")
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    options.check_labels(stored, memory)
    held = stored.label_names.tolist().index(
        options.choice("LABEL", label, stored.label_names.tolist())
    )
    names = [f"{label.replace('/', '-')}-{number + 1}.png" for number in range(count)]
    places = planned(names, out=out, gif=gif, protected=[memory])
    canvas, labels = stored.in_levels(), stored.all_labels()
    with spread(stored, memory, None) as parts, report.compiling():
        patterns = levels_of(stored, count, parts)
    with clock.measure("work"):
        if given is None:
            given = sharpness.auto(patterns, similarities.get("l2"))
        made = [
            run(patterns, labels, held, beta=given, rng=rng, film=gif is not None)
            for rng in np.random.default_rng([seed, 2]).spawn(count)
        ]
    if places.states:
        outputs.write_states([one.picture for one in made], places.states, canvas)
    if places.film is not None:
        outputs.write_film(made[0].film, places.film, canvas)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "label": label,
                "beta": given,
                "generated": [
                    {
                        "name": stored.name(one.index),
                        "label": stored.label(one.index),
                        "index": one.index,
                        "outcome": _outcome(one, canvas),
                        "steps": len(one.energies) - 1,
                        "energies": list(one.energies),
                        "output": None if path is None else str(path),
                    }
                    for one, path in zip(made, places.states or [None] * count, strict=True)
                ],
                "seconds": clock.seconds(),
            }
        )
    elif str(out) != "-":
        _show(made, canvas)


def _outcome(made: "Generated", memory: "AbstractMemory") -> str:
    """Whether a picture is a memory, as in a recall, or a mixture of several: spurious."""
    import numpy as np

    from hopcli.continuous.recall import MEMORY

    (pattern,) = memory.states(slice(made.index, made.index + 1))
    return "memory" if np.mean(np.abs(made.picture - pattern)) < MEMORY else "spurious"


def _show(made: "Sequence[Generated]", memory: "AbstractMemory") -> None:
    """The pictures on a terminal, and which memories they became."""
    from hopcli.render.text import printable

    if (console := report.terminal()) is not None:
        from hopcli.render.panels import side_by_side

        panels = [(memory.name(one.index), memory.picture(one.picture)) for one in made[:SHOWN]]
        report.write_lines(side_by_side(panels, console.width, colour=report.coloured()))
    mixed = [_outcome(one, memory) != "memory" for one in made]
    for number, one in enumerate(made):
        label = memory.label(one.index)
        bearing = f" ({label})" if label is not None else ""
        became = "became a mixture, nearest to" if mixed[number] else "became"
        said = f"Picture {number + 1} {became} {memory.name(one.index)}{bearing}."
        report.say(printable(said))
    if any(mixed):
        report.say("β does not tell the pictures apart; try a larger --beta.")
