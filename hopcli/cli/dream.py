"""`hop dream`."""

from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.signatures import Option

if TYPE_CHECKING:
    from hopcli.model.dream import Unlearned

MEANINGS = {
    "stable": "of the patterns are fixed points",
    "basin": "of a pattern's bits flipped, nine of ten cues return",
    "spurious": "of random states lead to spurious minima",
}


def dream(
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    steps: Annotated[
        Any,
        Option(
            "--steps", metavar="S", default="patterns / rate, beyond the optimum",
            help="Unlearning steps at most.",
        ),
    ] = None,
    rate: Annotated[
        Any,
        Option(
            "--rate", metavar="R", default="0.01",
            help="Unlearning rate, relative to one pattern's Hebbian weight.",
        ),
    ] = None,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Unlearn spurious minima: settle from random states and subtract where they end.

    It begins with the weights that were learned, or with Hebb's. Too many steps unlearn the
    patterns as well, so the weights of the best step are written into the memory, and hop recall
    --energy classical uses them.

    Example: hop dream -m letters.npz --steps 400 --rate 0.01
    """
    from hopcli.cli.changing import learning
    from hopcli.model.dream import load_kernels

    clock = report.Clock()
    with learning(memory, max_memory, clock) as stored:
        with report.compiling():
            # Before the clock starts.
            load_kernels()
        with clock.measure("work"), report.progress("unlearning", 1) as tell:
            found = stored.dream(steps=steps, rate=rate, seed=seed, progress=tell)
            if found.best:
                stored.save(force=True)
    if json:
        report.write_json({"memory": str(memory), **found.answer(), "seconds": clock.seconds()})
    else:
        _show(str(memory), found)


def _show(memory: str, found: "Unlearned") -> None:
    """Say what changed, in sentences and a table."""
    from hopcli.render.text import printable

    steps = "step" if found.dreamt == 1 else "steps"
    early = " and ended early, since it had clearly worsened" if found.dreamt < found.steps else ""
    report.say(f"Made {found.dreamt:,} unlearning {steps} at a rate of {found.rate:g}{early}.")
    if found.best:
        report.say(
            f"The best was the one of step {found.best:,}; {printable(memory)} recalls by these "
            f"weights with --energy classical, and with --rule hebbian without them."
        )
    else:
        report.say(f"None made it better, and {printable(memory)} is as it was.")
    report.say("          before   after")
    for key, meaning in MEANINGS.items():
        before, after = (f"{getattr(each, key):.1%}" for each in (found.before, found.after))
        report.say(f"{key:<8}{before:>8}{after:>8}  {meaning}")
