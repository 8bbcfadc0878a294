"""What the page is told of a memory before all else, and of its patterns one by one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import classification
from hopcli.continuous.byte_patterns import LEVELS
from hopcli.errors import HopError
from hopcli.formats import pictures
from hopcli.web.exhibit import ENERGIES, Exhibit

# Pixels a side of the largest thumbnail.
THUMBNAIL = 64
# Pairs of labelled patterns from whose distances β auto is found before anybody asks for it.
QUICKLY_COMPARED = 2**18


def describe(exhibit: Exhibit) -> tuple[dict[str, Any], list[bytes]]:
    """What engine.js calls a Memory: its plain part, and the bytes of thumbnails and points."""
    memory, rows = exhibit.memory, exhibit.listed
    height, width, *rest = memory.shape
    levels = exhibit.levels(rows)
    points = exhibit.plane.points(levels / LEVELS).astype("<f4")
    small, size = _thumbnails(levels.reshape(len(rows), *memory.shape))
    about = {
        "name": exhibit.name,
        "mode": memory.mode,
        "height": height,
        "width": width,
        "channels": rest[0] if rest else 1,
        "neurons": memory.neurons,
        "patterns": len(memory),
        "labelNames": memory.label_names.tolist(),
        "energies": ENERGIES[memory.mode],
        "betas": _betas(exhibit),
        "rule": None if exhibit.weighted is None else exhibit.weighted.rule,
        "temperatures": exhibit.is_binary,
        "listed": [
            {"index": index, "name": memory.name(index), "label": int(exhibit.labels[index])}
            for index in rows.tolist()
        ],
        "thumbnails": {"height": size[0], "width": size[1]},
        "plane": {"shares": exhibit.plane.shares.tolist()},
    }
    return about, [small, points.tobytes()]


def pattern(exhibit: Exhibit, index: int) -> tuple[dict[str, Any], list[bytes]]:
    """What engine.js calls a Pattern: its plain part, and the bytes of its levels.

    Raises:
        HopError: there is none of this index.
    """
    if not 0 <= index < len(exhibit.memory):
        raise HopError(
            f"pattern {index} was asked for, but there are {len(exhibit.memory)}; ask for one "
            f"from 0 on"
        )
    label = int(exhibit.labels[index])
    about = {"index": index, "name": exhibit.memory.name(index), "label": label}
    return about, [exhibit.levels(np.array([index])).tobytes()]


def _betas(exhibit: Exhibit) -> dict[str, float | None]:
    """Every β auto, 0 for what takes long to work out and may never be asked for."""
    labelled = len(exhibit.labelled)
    if exhibit.clamps and classification.sample(labelled).size * labelled > QUICKLY_COMPARED:
        return {"recall": exhibit.beta("nothing"), "label": exhibit.beta("label"), "picture": 0.0}
    return exhibit.betas


def _thumbnails(levels: NDArray[np.uint8]) -> tuple[bytes, tuple[int, int]]:
    """Pictures of shape (rows, h, w) or (rows, h, w, 3), shrunk if they are large, and their size.

    Their height comes first.
    """
    height, width = levels.shape[1:3]
    ratio = min(1.0, THUMBNAIL / max(height, width))
    size = max(1, round(height * ratio)), max(1, round(width * ratio))
    if ratio == 1.0:
        return levels.tobytes(), size
    turned = size[1], size[0]
    small = [
        np.rint(pictures.resize(pictures.of_levels(one), turned).pixels * LEVELS) for one in levels
    ]
    return np.array(small, dtype=np.uint8).tobytes(), size
