"""`hop classify`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option

if TYPE_CHECKING:
    from hopcli.model.classify import Classification


def classify(
    pictures: Annotated[
        list[Path],
        Argument(metavar="PICTURE", help="Pictures, .npy arrays, folders, or - for one."),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    beta: Annotated[
        str | None,
        Option(
            "--beta", metavar="B", default="auto",
            help="Sharpness of the memory neurons; auto: that by which the patterns classify each "
            "other best.",
        ),
    ] = None,
    lambda_: Annotated[
        str | None,
        Option(
            "--lambda", metavar="L", default="1.5", help="Strength λ of the labels' synapses."
        ),
    ] = None,
    rule: Annotated[
        str | None,
        Option(
            "--rule", metavar="dense|none",
            help="dense: by the memories of hop learn --rule dense, the default where there are "
            "any. none: by the stored patterns.",
        ),
    ] = None,
    top: Annotated[
        int, Option("--top", min=1, metavar="N", help="How many labels to show.")
    ] = 3,
    threshold: options.CueThresholdOption = None,
    align: options.AlignOption = None,
    accept: options.AcceptOption = None,
    cluster: options.ClusterOption = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Find the label of a picture.

    The picture is clamped, and label neurons settle beside the stored patterns; a label's
    probability is the weight of the patterns that bear it. After hop learn --rule dense, one update
    of the label neurons decides.

    Example: hop classify sample_patterns/damaged/A-noisy.png -m letters.npz
    """
    from hopcli.model.classify import prepare
    from hopcli.model.memory import load

    clock = report.Clock()
    with clock.measure("load"):
        stored = load(memory, max_memory=max_memory)
    with options.workers(cluster) as executor:
        with report.compiling():
            ready = prepare(
                stored, pictures, beta=beta, lambda_=lambda_, rule=rule, threshold=threshold,
                alignment={"align": align, "accept": accept}, max_pixels=max_pixels,
                executor=executor,
            )  # fmt: skip
        report.notes(ready.cues.notes)
        with clock.measure("work"):
            ready.compare()
        with report.compiling():
            ready.load()
        with clock.measure("work"), report.progress("aligning", 1) as tell:
            found = ready.run(tell)
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "rule": ready.rule,
                "beta": found[0].beta,
                "classifications": [each.answer() for each in found],
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(found, top, len(stored))


def _show(found: "Sequence[Classification]", top: int, patterns: int) -> None:
    """Write a line for each picture: its most probable labels, and which stored picture it is."""
    from hopcli.model import matches
    from hopcli.render.text import printable

    for each in found:
        best = list(each.probabilities.items())[:top]
        listed = ", ".join(f"{label} {share:.3f}" for label, share in best)
        if each.match is None:
            report.say(printable(f"{each.picture}: {listed}"))
            continue
        cue = each.picture if each.match == "none" else "it"
        said = matches.match(cue, each.match, each.nearest, each.alignment, patterns, each.why)
        if each.why is not None:
            report.say(printable(f"{said}; it has no label"))
        elif each.match == "none":
            report.say(printable(f"{said}; the likeliest labels: {listed}"))
        else:
            report.say(printable(f"{each.picture}: {listed}; {said}"))
