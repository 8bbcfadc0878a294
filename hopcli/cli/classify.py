"""`hop classify`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli import options, report
from hopcli.cli.signatures import Argument, Option
from hopcli.cli.spreading import ClusterOption, spread
from hopcli.errors import HopError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.storage.memory_file import AbstractMemory


def classify(
    pictures: Annotated[
        list[Path],
        Argument(
            metavar="PICTURE", help="Pictures, .npy arrays, folders, or - for one."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    beta: Annotated[
        str,
        Option(
            "--beta",
            metavar="B",
            help="Sharpness of the memory neurons; auto is the one by which the memories classify "
            "each other best (leave-one-out likelihood).",
        ),
    ] = "auto",
    strength: Annotated[
        str,
        Option("--lambda", metavar="L", help="Strength λ of the labels' synapses."),
    ] = "1.5",
    rule: Annotated[
        str | None,
        Option(
            "--rule", metavar="RULE",
            help="dense: by the memories of hop learn --rule dense, as it is where there are any. "
            "none: by the stored patterns, whatever was learned.",
        ),
    ] = None,
    top: Annotated[
        int, Option("--top", min=1, metavar="N", help="How many labels to show.")
    ] = 3,
    threshold: options.ThresholdOption = "otsu",
    cluster: ClusterOption = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:  # fmt: skip
    """Find the label of a picture.

    The picture is clamped, and label neurons settle beside the stored patterns; a label's
    probability is the weight of the patterns that bear it. If hop learn --rule dense has been
    there, one update of its label neurons decides.

    Example: hop classify sample_patterns/damaged/A-noisy.png -m letters.npz
    """
    from hopcli.cli import labelling
    from hopcli.formats import cues as cue_files
    from hopcli.formats.sources import find
    from hopcli.storage import memories

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    sharpness = options.sharpness(beta)
    weight = options.positive("--lambda", strength)
    with clock.measure("load"):
        stored = memories.load(memory, limit)
    options.check_labels(stored, memory)
    level = options.threshold(threshold)
    learned = labelling.learned(stored, memory, rule)
    if learned is not None and (beta, strength, cluster) != ("auto", "1.5", None):
        raise HopError(
            f"--beta, --lambda and --cluster are of the stored patterns, but {memory} classifies "
            f"by memories that were learned; give --rule none too, or leave them out"
        )
    sources = find(pictures, "none")
    given, notes = cue_files.read(sources, stored, level, most=max_pixels, limit=limit)
    report.notes(notes)
    states = [cue.state for cue in given]
    if learned is not None:
        with clock.measure("work"):
            found = labelling.by_memories(learned, states, stored)
    else:
        with spread(stored, memory, cluster) as parts:
            with report.compiling():
                network = labelling.prepared(stored, len(given), parts)
            with clock.measure("work"):
                sharpness, found = network.classify(states, sharpness, weight)
    classifications = [
        _answer(cue.name, shares, stored) for cue, shares in zip(given, found, strict=True)
    ]
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "rule": None if learned is None else "dense",
                "beta": learned.beta if learned is not None else sharpness,
                "classifications": classifications,
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(classifications, top)


def _answer(
    name: str, probabilities: "NDArray[np.float64]", memory: "AbstractMemory"
) -> dict[str, Any]:
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
    from hopcli.render.text import printable

    for answer in classifications:
        best = list(answer["probabilities"].items())[:top]
        listed = ", ".join(f"{printable(label)} {share:.3f}" for label, share in best)
        report.say(f"{printable(answer['picture'])}: {listed}")
