"""`hop learn`."""

from typing import Annotated

from hopcli.cli import options, report, signatures
from hopcli.cli.changing import learning
from hopcli.cli.signatures import Option


def _names() -> tuple[str, ...]:
    from hopcli.model import learners

    return learners.names()


def more_options() -> signatures.Options:
    """Return the options of all that can be learned."""
    from hopcli.model import learners

    return signatures.of_parameters("rule", learners.parameters())


def learn(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    rule: Annotated[
        str, Option("--rule", metavar="RULE", help="What is learned:", choices=_names)
    ] = "projection",
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
    **parameters: str | bool | None,
) -> None:
    """Learn weights from the patterns of a memory.

    They are written into the memory, beside the patterns, and hop recall --energy classical uses
    them. Learning again replaces them. --rule boltzmann learns weights to hidden neurons, for hop
    recall --energy boltzmann and hop interpret. --rule dense learns memories by which hop classify
    finds labels; learning again goes on with these.

    Example: hop learn -m letters.npz --rule projection
    """
    from hopcli.render.text import printable

    clock = report.Clock()
    with (
        learning(memory, max_memory, clock) as stored,
        clock.measure("work"),
        report.progress("learning", 1) as tell,
    ):
        found = stored.learn(rule, seed=seed, progress=tell, **parameters)
        stored.save(force=True)
    report.notes(list(found.notes))
    if json:
        report.write_json({"memory": str(memory), **found.answer(), "seconds": clock.seconds()})
    else:
        report.say(printable(found.text))
