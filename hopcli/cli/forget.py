"""`hop forget`."""

from contextlib import ExitStack
from typing import Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument


def forget(
    names: Annotated[
        list[str],
        Argument(
            metavar="NAME", help="Names of patterns as hop shows them, or their ends, as a.png."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Remove patterns from a memory.

    Weights that were learned by hebbian, projection or storkey become those of the patterns that
    are left; what was learned otherwise is removed, and hop says so.

    Example: hop forget letters/R.png -m letters.npz
    """
    from hopcli.model.forget import forget as forget_patterns
    from hopcli.model.forget import forget_in_folder
    from hopcli.model.memory import changing
    from hopcli.render.text import printable

    clock = report.Clock()
    with ExitStack() as stack:
        with clock.measure("load"):
            stored = stack.enter_context(changing(memory, max_memory=max_memory))
        with clock.measure("work"):
            if memory.is_dir():
                forgotten = forget_in_folder(stored, memory, names)
            else:
                forgotten = forget_patterns(stored, names)
                stored.save(force=True)
    report.notes(list(forgotten.notes))
    if json:
        report.write_json({"memory": str(memory), **forgotten.answer(), "seconds": clock.seconds()})
        return
    removed = forgotten.removed
    shown = ", ".join(removed[:8]) + (f" and {len(removed) - 8:,} more" if removed[8:] else "")
    patterns = "pattern" if forgotten.patterns == 1 else "patterns"
    report.say(printable(f"Forgot {shown}; {memory} now holds {forgotten.patterns:,} {patterns}."))
