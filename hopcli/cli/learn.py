"""`hop learn`."""

from typing import Annotated

import typer

from hopcli.cli import options, report
from hopcli.errors import HopError


def learn(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    rule: Annotated[
        str,
        typer.Option("--rule", metavar="RULE", help="hebbian, projection, storkey or perceptron."),
    ] = "projection",
    bias: Annotated[
        bool,
        typer.Option("--bias", help="Learn a bias of each neuron: a weight from one always on."),
    ] = False,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin", metavar="M",
            help="Of perceptron: the least field ξ_i h_i of a neuron in a pattern, in lengths of "
            "its weights; 1 unless it is given. Larger ones make larger basins.",
        ),
    ] = None,
    sweeps: Annotated[
        int | None,
        typer.Option(
            "--sweeps", min=1, metavar="N",
            help="Of perceptron: how often it goes through the patterns at most; 1000 unless it "
            "is given.",
        ),
    ] = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Learn weights from the patterns of a memory.

    They are written into the memory, beside the patterns, and hop recall --energy classical uses
    them. Learning again replaces them.

    [bold]Example:[/bold] hop learn -m letters.npz --rule projection
    """
    from hopcli.cli.learning import MODULES, Asked, learner
    from hopcli.render.text import printable
    from hopcli.storage import memories, memory_file
    from hopcli.storage.lock import locked
    from hopcli.storage.memory_file import Memory

    clock = report.Clock()
    rule = options.choice("--rule", rule, tuple(MODULES))
    limit = options.memory_limit(max_memory)
    asked = Asked(
        memory, rule, limit, seed, {"bias": bias or None, "margin": margin, "sweeps": sweeps}
    )
    with locked(memory):
        with clock.measure("load"):
            stored = memories.load(memory, limit)
        if memory.is_dir() or not isinstance(stored, Memory):
            raise HopError(
                f"{memory} is a folder of several files, and what is learned is kept in one; "
                f"store the pictures in a file, with 'hop store PICTURES -m NAME.npz'"
            )
        learning = learner(rule)
        with clock.measure("work"):
            lesson = learning(stored, asked)
            memory_file.save(stored.having(lesson.learned), memory)
    report.notes(lesson.notes)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "rule": rule,
                "patterns": len(stored),
                "stable": lesson.stable,
                **lesson.answers,
                "seconds": clock.seconds(),
            }
        )
    else:
        report.say(printable(lesson.said))
