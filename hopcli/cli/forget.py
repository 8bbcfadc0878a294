"""`hop forget`."""

from typing import Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument


def forget(
    names: Annotated[
        list[str],
        Argument(
            metavar="NAME", help="Names of patterns as hop shows them; their end may do, as a.png."
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
    from hopcli.cli.learning import kept
    from hopcli.render.text import printable
    from hopcli.storage import forgetting, memories, memory_file, sharding
    from hopcli.storage.lock import locked

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    notes: list[str] = []
    with locked(memory):
        with clock.measure("load"):
            stored = memories.load(memory, limit)
        with clock.measure("work"):
            rows = forgetting.find(stored, names)
            removed = [stored.name(int(row)) for row in rows]
            if memory.is_dir():
                parts = forgetting.parts_without(stored, rows)
                sharding.store(memory, parts, size=None, keep=False)
            else:
                rest, notes = kept.without(stored.whole(), rows, limit)
                memory_file.save(rest, memory)
    report.notes(notes)
    left = len(stored) - len(removed)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "removed": removed,
                "patterns": left,
                "seconds": clock.seconds(),
            }
        )
        return
    shown = ", ".join(removed[:8]) + (f" and {len(removed) - 8:,} more" if removed[8:] else "")
    patterns = "pattern" if left == 1 else "patterns"
    report.say(printable(f"Forgot {shown}; {memory} now holds {left:,} {patterns}."))
