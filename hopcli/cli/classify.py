"""`hop classify`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report
from hopcli.errors import HopError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.storage.memory_file import Memory

# Overlaps of pictures with patterns that are worked out at once.
AT_ONCE = 2**24


def classify(
    pictures: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURE…", help="Pictures, .npy arrays, folders, or - for one."),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    beta: Annotated[
        str,
        typer.Option("--beta", metavar="B", help="Sharpness of the memory neurons; auto is 1."),
    ] = "auto",
    lam: Annotated[
        float,
        typer.Option("--lambda", metavar="L", help="Strength of the labels' synapses."),
    ] = 1.5,
    top: Annotated[
        int, typer.Option("--top", min=1, metavar="N", help="How many labels to show.")
    ] = 3,
    threshold: options.ThresholdOption = "otsu",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Find the label of a picture.

    The picture is clamped, and label neurons settle beside the stored patterns; a label's
    probability is the weight of the patterns that bear it.

    [bold]Example:[/bold] hop classify sample_patterns/damaged/A-noisy.png -m letters.npz
    """
    import numpy as np

    from hopcli.binary.networks import overlaps_with
    from hopcli.continuous import picture_label
    from hopcli.storage import cues as cue_files
    from hopcli.storage import memory_file
    from hopcli.storage.sources import find

    clock = report.Clock()
    sharpness = 1.0 if beta == "auto" else options.number("--beta", beta, 1e-300, 1e300)
    strength = options.number("--lambda", f"{lam!r}", 1e-300, 1e300)
    with clock.measure("load"):
        stored = memory_file.load(memory)
    options.check_binary(stored.mode, memory)
    if not len(stored.label_names):
        raise HopError(
            f"{memory} has no labels, and classify finds a picture's label; store the pictures in "
            f"a folder for each label"
        )
    given, notes = cue_files.read(find(pictures, "none"), stored, options.threshold(threshold))
    report.notes(notes)
    labelled = np.flatnonzero(stored.labels >= 0)
    words, labels = stored.patterns[labelled], stored.labels[labelled]
    classifications: list[dict[str, Any]] = []
    overlaps = overlaps_with(words, stored.neurons, len(given))
    with clock.measure("work"):
        for start in range(0, len(given), max(1, AT_ONCE // len(words))):
            block = given[start : start + max(1, AT_ONCE // len(words))]
            for cue, m in zip(block, overlaps(np.array([c.state for c in block])), strict=True):
                found = picture_label.classify(
                    m.astype(np.float64), labels, len(stored.label_names),
                    beta=sharpness, lam=strength,
                )  # fmt: skip
                classifications.append(_answer(cue.name, found.probabilities, stored))
    if json:
        report.write_json({"classifications": classifications, "seconds": clock.seconds()})
    else:
        _show(classifications, top)


def _answer(name: str, probabilities: "NDArray[np.float64]", memory: "Memory") -> dict[str, Any]:
    """The JSON of one classification, the most probable label first."""
    labels = memory.label_names.tolist()
    ranked = sorted(range(len(labels)), key=lambda k: (-probabilities[k], k))
    return {
        "picture": name,
        "label": labels[ranked[0]],
        "probability": float(probabilities[ranked[0]]),
        "probabilities": {labels[k]: float(probabilities[k]) for k in ranked},
    }


def _show(classifications: Sequence[dict[str, Any]], top: int) -> None:
    """A line for each picture: its most probable labels."""
    from rich.text import Text

    from hopcli.render.text import printable

    console = report.output()
    for answer in classifications:
        best = list(answer["probabilities"].items())[:top]
        listed = ", ".join(f"{printable(label)} {share:.3f}" for label, share in best)
        console.print(Text(f"{printable(answer['picture'])}: {listed}"))
