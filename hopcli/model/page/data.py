"""The data of the page: a memory with all that the page's networks need.

What is computed here cannot be computed in the page in reasonable time, or is a file's content: the
plane of principal components, thumbnails, every β auto, learned weights.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.byte_patterns import LEVELS
from hopcli.formats import pictures
from hopcli.model.page import networks
from hopcli.model.page.memory import PageMemory
from hopcli.storage.learned.weights import Weights

# Pixels of the longer side of the largest thumbnail.
THUMBNAIL = 64
# Types of whole numbers in which weights are sent, the shortest that holds all of them.
WHOLE = (np.int8, np.int16, np.int32)


def page_data(
    shown: PageMemory, *, complete: bool
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Compute the data of a memory.

    Args:
        shown: the memory.
        complete: whether to compute all that the page may ask for, since it cannot ask later.

    Returns:
        An object for JSON with `about` (described in web/page/engine.js) and `names`, and arrays:
        `labels` (K,); `patterns` as in the memory file; of the plane `centre` (N,), `axes` (2, N)
        and `points` (of the R listed patterns, (R, 2)); `thumbnails` unless they are the listed
        patterns themselves; where weights were learned, their triangle `weights` and their `bias`,
        as whole numbers.
    """
    memory, plane, rows = shown.stored, shown.plane, shown.listed
    height, width, *rest = memory.shape
    levels = shown.levels(rows)
    small = _thumbnail_size(height, width)
    learned = memory.found(Weights)
    arrays: dict[str, NDArray[Any]] = {
        "labels": shown.labels.astype("<i4"),
        "patterns": memory.patterns.view(np.uint8).ravel(),
        "centre": plane.centre.astype("<f4"),
        "axes": plane.axes.astype("<f4"),
        "points": plane.points(levels / LEVELS).astype("<f4"),
    }
    if small != (height, width):
        arrays["thumbnails"] = _thumbnails(levels.reshape(len(rows), *memory.shape), small)
    if learned is not None:
        arrays |= _weights(learned)
    about = {
        "name": shown.name,
        "mode": memory.mode,
        "height": height,
        "width": width,
        "channels": rest[0] if rest else 1,
        "neurons": memory.neurons,
        "patterns": len(memory),
        "maxPixels": shown.max_pixels,
        "labelNames": memory.label_names.tolist(),
        "energies": networks.energies(memory.mode, memory.neurons),
        "energy": networks.default_energy(memory.mode),
        "similarities": networks.similarities(memory.mode),
        "betas": shown.betas(complete=complete),
        "rule": None if learned is None else learned.rule,
        "denominator": None if learned is None else learned.denominator,
        "listed": rows.tolist(),
        "thumbnails": {"height": small[0], "width": small[1]},
        "shares": plane.shares.tolist(),
    }
    names = [memory.name(index) for index in range(len(memory))]
    return {"about": about, "names": names}, arrays


def _weights(learned: Weights) -> dict[str, NDArray[Any]]:
    """Weights and biases as whole numbers: times their denominator, the lower triangle by rows."""
    whole = [
        np.rint(row[:index] * learned.denominator) for index, row in enumerate(learned.weights)
    ]
    triangle = np.concatenate(whole)
    largest = float(np.abs(triangle).max(initial=0.0))
    kind = next((kind for kind in WHOLE if largest <= np.iinfo(kind).max), np.float64)
    return {
        "weights": triangle.astype(kind),
        "bias": np.rint(learned.bias * learned.denominator),
    }


def _thumbnail_size(height: int, width: int) -> tuple[int, int]:
    """The height and width of a picture's thumbnail."""
    ratio = min(1.0, THUMBNAIL / max(height, width))
    return max(1, round(height * ratio)), max(1, round(width * ratio))


def _thumbnails(levels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Shrink pictures of shape (rows, h, w) or (rows, h, w, 3) to a height and width."""
    turned = size[1], size[0]
    small = [pictures.resize(pictures.of_levels(one), turned).pixels * LEVELS for one in levels]
    return np.rint(np.array(small)).astype(np.uint8)
