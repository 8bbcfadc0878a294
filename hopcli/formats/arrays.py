"""Arrays in `.npy` files: one pattern, or one pattern a row."""

import os
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError, PictureError
from hopcli.formats import files
from hopcli.formats.binarize import binarize
from hopcli.storage import npy
from hopcli.storage.atomic import replacing
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit


@dataclass(frozen=True)
class Rows:
    """The rows of an array, with their names.

    Attributes:
        values: shape (rows, N), of the type in the file.
        names: the name of the file with the number of the row in brackets, as in "x.npy[0]".
    """

    values: NDArray[Any]
    names: list[str]

    def as_patterns(self, shape: tuple[int, ...], name: str) -> "Rows":
        """Return these rows; or all as one pattern, if the array has the shape of a picture."""
        if self.values.shape == shape and shape[0] > 1:
            return Rows(self.values.reshape(1, -1), [name])
        return self


def read(path: Path, name: str, limit: MemoryLimit = HALF_THE_MACHINE) -> Rows:
    """Read an array.

    Args:
        path: a `.npy` file of one or two dimensions.
        name: of the array in the names of its rows.
        limit: of the memory that the array may take.

    Raises:
        PictureError: the file is damaged, or holds something other than finite numbers.
        HopError: the array takes more memory than the limit.
    """
    try:
        with files.opened(path) as stream:
            values = _values(stream, path, limit)
    except HopError:
        raise
    except (ValueError, OSError) as error:
        raise PictureError(
            f"{path} is no array that NumPy can read without pickles, or a damaged one; write it "
            f"anew with numpy.save, as numbers"
        ) from error
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise PictureError(f"{path} holds NaN or infinite values; replace them first")
    values = np.atleast_2d(values)
    return Rows(values, [f"{name}[{row}]" for row in range(len(values))])


def _values(stream: BufferedIOBase, path: Path, limit: MemoryLimit) -> NDArray[Any]:
    """Read the values of an array; they are allocated only if the file is long enough for them."""
    header = npy.read_header(stream.read(npy.LONGEST_HEADER))
    if header.kind.kind not in "buif" or len(header.shape) not in (1, 2) or not header.size:
        raise PictureError(
            f"{path} holds {header.kind} of shape {header.shape}; give numbers, one pattern or "
            f"one a row"
        )
    if header.length + header.size > stream.seek(0, os.SEEK_END):
        raise ValueError("it is cut short")
    limit.require(path, header.size)
    values = np.empty(header.shape, header.kind, order="F" if header.by_columns else "C")
    stream.seek(header.length)
    if stream.readinto(values.reshape(-1, order="A").view(np.uint8).data) != header.size:
        raise ValueError("it is cut short")
    return values if header.kind.isnative else values.astype(header.kind.newbyteorder("="))


def write(states: NDArray[Any], path: Path) -> None:
    """Write states as an array of shape (rows, N)."""
    with replacing(path) as stream:
        np.save(stream, states, allow_pickle=False)


def is_binary(values: NDArray[Any]) -> bool:
    """Tell whether an array holds only ±1, or only 0 and 1."""
    found = _few(values)
    return found <= {-1, 1} or found <= {0, 1}


def to_states(values: NDArray[Any], threshold: float | None, *, unknown: bool) -> NDArray[np.int8]:
    """Convert ±1, 0/1, bool, uint8 or float values to ±1, each row by itself.

    Args:
        values: shape (rows, N). Values other than ±1 and 0/1 are converted to levels like in
            `to_levels`, or divided by the largest if they are too large for that, and compared
            with the threshold.
        threshold: in [0, 1]; None for Otsu's.
        unknown: whether 0 among ±1 stands for an unknown neuron, as it may in a cue.

    Returns:
        int8 of shape (rows, N).
    """
    found = _few(values)
    if found <= {0, 1}:
        return np.where(values > 0, np.int8(1), np.int8(-1))
    if found <= ({-1, 0, 1} if unknown else {-1, 1}):
        return values.astype(np.int8)
    if values.min() < 0:
        # Values on both sides of 0, such as activations.
        return np.where(values > (threshold or 0.0), np.int8(1), np.int8(-1))
    full = _full(values) or values.max()
    return np.array([binarize(row, threshold) for row in np.clip(values / full, 0, 1)])


def to_levels(values: NDArray[Any], name: str) -> NDArray[np.float64]:
    """Convert ±1, 0/1, bool, uint8 or float values to levels, float64 of shape (rows, N).

    Floats up to 2 are levels already, which noise may have moved out of [0, 1]. Values up to 255
    are divided by 255, and values of uint16 by 65,535.

    Raises:
        PictureError: there are larger values.
    """
    if _few(values) <= {-1, 1}:
        return (values > 0).astype(np.float64)
    full = _full(values)
    if full is None:
        raise PictureError(
            f"{name} holds values up to {values.max():g}, but levels go from 0 to 1, or from 0 to "
            f"255; scale them first"
        )
    return (values / full).astype(np.float64)


def _full(values: NDArray[Any]) -> int | None:
    """Return the value that stands for the level 1; None if the values are too large for any."""
    if values.dtype == np.uint16:
        return 65535
    largest, limit = values.max(), 2 if values.dtype.kind == "f" else 1
    if largest > 255:
        return None
    return 1 if largest <= limit else 255


def _few(values: NDArray[Any]) -> set[float]:
    """Return the distinct values of an array; {inf} if there are more than three."""
    found = np.unique(values)
    return set(found.tolist()) if len(found) <= 3 else {float("inf")}
