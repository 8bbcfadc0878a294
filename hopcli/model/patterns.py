"""Arrays as the patterns of a memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli import members
from hopcli.binary import packing
from hopcli.errors import HopError, ParameterError
from hopcli.formats import arrays
from hopcli.storage.memory_file import Memory, memory_of

MODES = ("auto", "binary", "gray", "rgb")


def stored(
    x: NDArray[Any],
    names: Sequence[str] | None,
    labels: Sequence[str | None] | None,
    mode: str,
    title: str = "x",
) -> Memory:
    """Make a memory of an array.

    Args:
        x: of shape (K, N), (K, h, w) or (K, h, w, 3).
        names: K of them; None for the array's rows, such as `x[0]`
        labels: K of them, None for none; None if no pattern has one.
        mode: auto, binary, gray or rgb.
        title: what errors and default names call the array.

    Raises:
        HopError: it is of another shape, holds other values, or not as many as there are names or
            labels.
    """
    mode = members.choose("mode", mode, MODES)
    values = np.asarray(x)
    rows, shape = _rows(values, title)
    if mode == "auto":
        mode = "rgb" if len(shape) == 3 else "binary" if arrays.is_binary(rows) else "gray"
    if (mode == "rgb") != (len(shape) == 3):
        need = f"the patterns have the shape {shape}"
        raise ParameterError("mode", mode, need, f"give {title} of shape (K, h, w, 3) for rgb only")
    if mode == "binary":
        patterns = packing.pack(arrays.to_states(rows, None, unknown=False))
    else:
        levels = arrays.to_levels(rows, title)
        if levels.min() < 0 or levels.max() > 1:
            raise HopError(
                f"{title} holds values from {rows.min():g} to {rows.max():g}, but patterns take "
                f"±1, 0/1, bool, or levels of uint8 or from 0 to 1; scale them first"
            )
        patterns = np.rint(levels * 255).astype(np.uint8)
    return memory_of(
        mode, shape, patterns, _names(names, len(rows), title), _labels(labels, len(rows))
    )


def typed(text: str) -> str:
    """Return a typed pattern, such as "+-+-" or 1,0,1, if it is one.

    Raises:
        ParameterError: it is none.
    """
    from hopcli.formats import drawn

    if drawn.is_typed(text):
        return text
    need = "it takes signs such as +-+- or #..#, or numbers such as 1,0,1"
    raise ParameterError("pattern", text, need, "divide the rows of a picture by semicolons")


def _rows(values: NDArray[Any], title: str) -> tuple[NDArray[Any], tuple[int, ...]]:
    """The patterns as rows of numbers, (K, N), and the shape of each."""
    shape = values.shape[1:]
    if values.ndim not in (2, 3, 4) or (values.ndim == 4 and shape[-1] != 3) or not values.size:
        raise HopError(
            f"{title} has the shape {values.shape}, but patterns are of shape (K, N), (K, h, w) or "
            f"(K, h, w, 3); reshape it"
        )
    if values.dtype.kind not in "buif":
        raise HopError(f"{title} holds {values.dtype}, but patterns are numbers; convert it")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise HopError(f"{title} holds NaN or infinite values; replace them first")
    return values.reshape(len(values), -1), (1, *shape) if len(shape) == 1 else shape


def _names(names: Sequence[str] | None, patterns: int, title: str) -> list[str]:
    if names is None:
        return [f"{title}[{row}]" for row in range(patterns)]
    if len(names) != patterns:
        raise HopError(
            f"{len(names)} `names` were given for {patterns} patterns; give one for each"
        )
    return [str(name) for name in names]


def _labels(labels: Sequence[Any] | None, patterns: int) -> list[str | None]:
    if labels is None:
        return [None] * patterns
    if len(labels) != patterns:
        raise HopError(
            f"{len(labels)} `labels` were given for {patterns} patterns; give one for each, None "
            f"for none"
        )
    return [None if label is None else str(label) for label in labels]
