"""The data of the page: a memory with all that the page's networks need, in one message.

A message holds, one after another: the length of a JSON text in bytes, in four bytes, least
significant first; the text, an object that is padded with blanks so that what follows begins at a
multiple of eight bytes; and arrays, each padded likewise. The object's `arrays` lists them by name,
type and length. page/messages.js reads it. The served page and the exported page get the same
message.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.byte_patterns import LEVELS
from hopcli.errors import HopError
from hopcli.formats import pictures
from hopcli.storage.learned.weights import Weights
from hopcli.web import networks
from hopcli.web.page_memory import PageMemory

# Pixels of the longer side of the largest thumbnail.
THUMBNAIL = 64
# Bytes to a multiple of which arrays are padded.
ALIGNMENT = 8
# Types of whole numbers in which weights are sent, the shortest that holds all of them.
WHOLE = (np.int8, np.int16, np.int32)


def page_data(shown: PageMemory, *, complete: bool) -> bytes:
    """Pack a memory for the page.

    Args:
        shown: the memory.
        complete: whether to compute all that the page may ask for, since it cannot ask later.

    Returns:
        A message with `about` (described in page/engine.js), `names`, and the arrays `labels`
        (K,), `patterns` as in the memory file, `centre` (N,), `axes` (2, N) and `points` (of the
        listed patterns, (R, 2)) of the plane, `thumbnails` unless they are the listed patterns
        themselves, and, where weights were learned, their triangle `weights` and their `bias`, as
        whole numbers.
    """
    memory, plane, rows = shown.memory, shown.plane, shown.listed
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
    return message({"about": about, "names": names}, arrays)


def message(plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack a JSON object and arrays, uint8, int8, int16, int32, float32 or float64."""
    listed = [[name, array.dtype.name, array.size] for name, array in arrays.items()]
    text = json.dumps({**plain, "arrays": listed}, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % ALIGNMENT)
    parts = [len(text).to_bytes(4, "little"), text]
    for array in arrays.values():
        content = np.ascontiguousarray(array).tobytes()
        parts += [content, bytes(-len(content) % ALIGNMENT)]
    return b"".join(parts)


def check_size(shown: PageMemory, most: int, most_weights: int, advice: str) -> None:
    """Check that the page can hold a memory.

    Args:
        shown: the memory.
        most: bytes that the patterns may have, at one byte a neuron.
        most_weights: bytes that learned weights may have.
        advice: the clause of the message that says what to do instead.

    Raises:
        HopError: the memory is too large.
    """
    memory, learned = shown.memory, shown.memory.found(Weights)
    sizes = [("pixels", len(memory) * memory.neurons, most)]
    if learned is not None:
        # Twice the triangle, if all were float64.
        sizes.append(("learned weights", learned.weights.nbytes // 2, most_weights))
    for what, size, limit in sizes:
        if size > limit:
            raise HopError(
                f"{shown.name} has {size / 2**20:,.1f} MiB of {what}, but the page takes "
                f"{limit // 2**20:,} MiB; {advice}"
            )


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
