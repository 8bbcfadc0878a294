"""`hop generate`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, output_paths, report
from hopcli.cli.output_paths import OutputPaths
from hopcli.cli.signatures import Argument, Option
from hopcli.errors import ParameterError

if TYPE_CHECKING:
    from hopcli.model.generate import Generated
    from hopcli.model.memory import Memory

# Pictures that are shown; more than these get a line each.
SHOWN = 5


def generate(
    label: Annotated[str, Argument(metavar="LABEL", help="A label of the memory.")],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    count: Annotated[
        int, Option("--count", min=1, metavar="N", help="How many pictures to generate.")
    ] = 1,
    beta: Annotated[
        str | None,
        Option("--beta", metavar="B", default="auto", help="Sharpness, auto as for hop recall."),
    ] = None,
    output: Annotated[
        str | None,
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
    from hopcli.model.generate import prepare
    from hopcli.model.memory import load

    clock = report.Clock()
    output_paths.check_streams(output, None, json=json)
    if gif is not None and count != 1:
        need = "`gif` shows one picture forming"
        raise ParameterError("count", count, need, "leave one of them out")
    with clock.measure("load"):
        stored = load(memory, max_memory=max_memory)
    names = [f"{label.replace('/', '-')}-{number + 1}.png" for number in range(count)]
    with report.compiling():
        ready = prepare(stored, label, count=count, beta=beta, seed=seed, film=gif is not None)
    paths = output_paths.planned(names, out=output, gif=gif, protected=[memory])
    with clock.measure("work"):
        made = ready.run()
    _write(made, stored, paths)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "label": label,
                "beta": made[0].beta,
                "generated": [
                    {**each.answer(), "output": None if path is None else str(path)}
                    for each, path in zip(made, paths.states or [None] * count, strict=True)
                ],
                "seconds": clock.seconds(),
            }
        )
    elif output != "-":
        _show(made, stored)


def _write(made: "Sequence[Generated]", memory: "Memory", paths: OutputPaths) -> None:
    """Write what was asked for: pictures, or states as an array, and an animation."""
    if paths == OutputPaths():
        return
    from hopcli.cli import outputs

    if paths.states and output_paths.is_array(paths.states[0]):
        outputs.write_states([each.state for each in made], paths.states[0])
    elif paths.states:
        levels = [each.levels.reshape(memory.shape) for each in made]
        outputs.write_pictures(levels, paths.states, two_levels=False)
    if paths.film is not None:
        film = [levels.reshape(memory.shape) for levels in made[0].film]
        outputs.write_film(film, paths.film, smooth=True)


def _show(made: "Sequence[Generated]", memory: "Memory") -> None:
    """Show the pictures on a terminal, and say which memories they became."""
    from hopcli.render.text import printable

    if (console := report.terminal()) is not None:
        from hopcli.render.panels import side_by_side

        panels = [(each.name, each.levels.reshape(memory.shape)) for each in made[:SHOWN]]
        report.write_lines(side_by_side(panels, console.width, colour=report.coloured()))
    for number, each in enumerate(made):
        bearing = "" if each.label is None else f" ({each.label})"
        mixed = each.outcome != "memory"
        became = "became a mixture, nearest to" if mixed else "became"
        report.say(printable(f"Picture {number + 1} {became} {each.name}{bearing}."))
    if any(each.outcome != "memory" for each in made):
        report.say("β does not tell the pictures apart; try a larger --beta.")
