"""`hop classify`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.storage.memory_file import Memory

    # From states, shape (…, N), to their squared distances to the memories, shape (…, K).
    Distances = Callable[[NDArray[Any]], NDArray[np.float64]]

# Distances of pictures to memories that are held at once.
AT_ONCE = 2**23


def classify(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE", readable=False, help="Pictures, .npy arrays, folders, or - for one."
        ),
    ],
    memory: options.MemoryOption = options.DEFAULT_MEMORY,
    beta: Annotated[
        str,
        typer.Option(
            "--beta",
            metavar="B",
            help="Sharpness of the memory neurons; auto is the one by which the memories classify "
            "each other best (leave-one-out likelihood).",
        ),
    ] = "auto",
    strength: Annotated[
        str,
        typer.Option("--lambda", metavar="L", help="Strength λ of the labels' synapses."),
    ] = "1.5",
    top: Annotated[
        int, typer.Option("--top", min=1, metavar="N", help="How many labels to show.")
    ] = 3,
    threshold: options.ThresholdOption = "otsu",
    max_memory: options.MaxMemoryOption = "half",
    seed: options.SeedOption = 0,
    json: options.JsonOption = False,
) -> None:
    """Find the label of a picture.

    The picture is clamped, and label neurons settle beside the stored patterns; a label's
    probability is the weight of the patterns that bear it.

    [bold]Example:[/bold] hop classify sample_patterns/damaged/A-noisy.png -m letters.npz
    """
    import numpy as np

    from hopcli.continuous import classification
    from hopcli.storage import cues as cue_files
    from hopcli.storage import memories
    from hopcli.storage.sources import find

    clock = report.Clock()
    limit = options.memory_limit(max_memory)
    sharpness = options.sharpness(beta)
    weight = options.positive("--lambda", strength)
    with clock.measure("load"):
        stored = memories.load(memory, limit).whole()
    options.check_labels(stored, memory)
    given, notes = cue_files.read(
        find(pictures, "none"), stored, options.threshold(threshold), limit=limit
    )
    report.notes(notes)
    labelled = np.flatnonzero(stored.labels >= 0)
    labels = stored.labels[labelled]
    with report.compiling():
        distances = _distances(stored, labelled, len(given))
    classifications: list[dict[str, Any]] = []
    with clock.measure("work"):
        if sharpness is None:
            rows = classification.sample(len(labelled))
            among = distances(stored.states(labelled[rows]))
            sharpness = classification.auto_beta(among, rows, labels)
        at_once = max(1, AT_ONCE // len(labelled))
        for start in range(0, len(given), at_once):
            block = given[start : start + at_once]
            for cue, near in zip(block, distances(np.array([c.state for c in block])), strict=True):
                found = classification.classify(
                    near, labels, len(stored.label_names), beta=sharpness, strength=weight
                )
                classifications.append(_answer(cue.name, found.probabilities, stored))
    if json:
        report.write_json(
            {
                "memory": str(memory),
                "beta": sharpness,
                "classifications": classifications,
                "seconds": clock.seconds(),
            }
        )
    else:
        _show(classifications, top)


def _distances(memory: "Memory", rows: "NDArray[np.integer]", states: int) -> "Distances":
    """How squared distances to some memories are measured, with the code for it loaded.

    Of a picture with unknown pixels, the distance over the known ones stands for all.
    """
    import numpy as np

    if memory.mode == "binary":
        from hopcli.binary.networks import overlaps_with

        overlaps = overlaps_with(memory.patterns[rows], memory.neurons, states)

        def of_signs(batch: "NDArray[Any]") -> "NDArray[np.float64]":
            known = np.count_nonzero(batch, axis=1)[:, None]
            return 2.0 * (known - overlaps(batch)) * memory.neurons / np.maximum(known, 1)

        return of_signs
    from hopcli.continuous.byte_patterns import BytePatterns

    patterns = BytePatterns.suited(memory.patterns[rows], states)

    def of_levels(batch: "NDArray[Any]") -> "NDArray[np.float64]":
        known = np.count_nonzero(~np.isnan(batch), axis=1)[:, None]
        return patterns.squared_distances(batch) * memory.neurons / np.maximum(known, 1)

    return of_levels


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
    from hopcli.render.text import printable

    for answer in classifications:
        best = list(answer["probabilities"].items())[:top]
        listed = ", ".join(f"{printable(label)} {share:.3f}" for label, share in best)
        report.say(f"{printable(answer['picture'])}: {listed}")
