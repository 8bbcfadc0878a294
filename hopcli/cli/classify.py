"""`hop classify`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hopcli.cli import options, report
from hopcli.cli.spreading import ClusterOption, spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.cli.spreading import Spread
    from hopcli.storage.memory_file import AbstractMemory

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
    cluster: ClusterOption = None,
    max_pixels: options.MaxPixelsOption = options.MOST_PIXELS,
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
    sharpness = options.sharpness(beta)
    weight = options.positive("--lambda", strength)
    with clock.measure("load"):
        stored = memories.load(memory)
    options.check_labels(stored, memory)
    level = options.threshold(threshold)
    given, notes = cue_files.read(find(pictures, "none"), stored, level, most=max_pixels)
    report.notes(notes)
    every = stored.all_labels()
    labelled = np.flatnonzero(every >= 0)
    labels = every[labelled]
    classifications: list[dict[str, Any]] = []
    with spread(stored, memory, cluster) as parts:
        with report.compiling():
            distances = _distances(stored, labelled, len(given), parts)
        with clock.measure("work"):
            if sharpness is None:
                rows = classification.sample(len(labelled))
                among = distances(stored.states(labelled[rows]))
                sharpness = classification.auto_beta(among, rows, labels)
            at_once = max(1, AT_ONCE // len(every))
            for start in range(0, len(given), at_once):
                block = given[start : start + at_once]
                states = np.array([cue.state for cue in block])
                for cue, near in zip(block, distances(states), strict=True):
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


def _distances(
    memory: "AbstractMemory", rows: "NDArray[np.integer]", states: int, spread: "Spread | None"
) -> "Distances":
    """How squared distances to some memories are measured, with the code for it loaded.

    Of a picture with unknown pixels, the distance over the known ones stands for all.
    """
    import numpy as np

    from hopcli.storage.memory_file import Memory

    if memory.mode == "binary":
        if spread is None:
            from hopcli.binary.networks import overlaps_with

            assert isinstance(memory, Memory)
            overlaps = overlaps_with(memory.patterns[rows], memory.neurons, states)
        else:
            overlaps = _overlaps_in_parts(spread, rows)

        def of_signs(batch: "NDArray[Any]") -> "NDArray[np.float64]":
            known = np.count_nonzero(batch, axis=1)[:, None]
            return 2.0 * (known - overlaps(batch)) * memory.neurons / np.maximum(known, 1)

        return of_signs
    from hopcli.cli.settling import levels_of

    patterns, whole = levels_of(memory, states, spread), len(rows) == len(memory)

    def of_levels(batch: "NDArray[Any]") -> "NDArray[np.float64]":
        known = np.count_nonzero(~np.isnan(batch), axis=1)[:, None]
        distances = patterns.squared_distances(batch)
        distances = distances if whole else distances[:, rows]
        return np.multiply(distances, memory.neurons / np.maximum(known, 1), out=distances)

    return of_levels


def _overlaps_in_parts(
    spread: "Spread", rows: "NDArray[np.integer]"
) -> "Callable[[NDArray[np.int8]], NDArray[np.int32]]":
    """From states, (states, N), to their overlaps with some memories."""
    import numpy as np

    from hopcli.binary.passes import Overlaps

    def overlaps(batch: "NDArray[np.int8]") -> "NDArray[np.int32]":
        return np.concatenate(spread.crew.map(Overlaps(batch), spread.parts), axis=1)[:, rows]

    return overlaps


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
