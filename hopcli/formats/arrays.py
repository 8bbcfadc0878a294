"""Arrays: one pattern, one a row, or pictures."""

import math
import os
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import HopError, PictureError
from hopcli.formats import files
from hopcli.formats.binarize import binarize
from hopcli.storage import npy
from hopcli.storage.atomic import replacing
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

# Arrays of at most so many columns, and several times as many rows, may have them transposed.
FEW_COLUMNS, MANY_ROWS = 32, 4
# The least sides of an array of shape (h, w, 3) that is one coloured picture, not h of width 3.
LEAST_COLOURED = 8


@dataclass(frozen=True)
class Rows:
    """The rows of an array, with their names.

    Attributes:
        values: shape (rows, N), of the type in the file.
        names: the name of the file with the number of the row in brackets, as in "x.npy[0]".
        shape: (h, w) or (h, w, 3) of each row, where the file says that rows are pictures.
        labels: of the rows, where the file has them.
        notes: what the file was taken as, where it could be meant otherwise.
    """

    values: NDArray[Any]
    names: list[str]
    shape: tuple[int, ...] | None = None
    labels: list[str | None] | None = None
    notes: tuple[str, ...] = ()

    def as_patterns(self, shape: tuple[int, ...], name: str) -> "Rows":
        """Return these rows; or all as one pattern, if the array has the shape of a picture."""
        if self.shape is None and self.values.shape == shape and shape[0] > 1:
            return Rows(self.values.reshape(1, -1), [name])
        return self


def read(
    path: Path, name: str, limit: MemoryLimit = HALF_THE_MACHINE, *, columns: bool = False
) -> Rows:
    """Read an array.

    Args:
        path: a `.npy` file.
        name: of the array in the names of its rows.
        limit: of the memory that the array may take.
        columns: whether its columns are the patterns.

    Raises:
        PictureError: the file is damaged, or holds something other than finite numbers.
        HopError: the array takes more memory than the limit.
    """
    try:
        with files.opened(path) as stream:
            values = values_of(stream, path, limit, stream.seek(0, os.SEEK_END))
    except HopError:
        raise
    except (ValueError, OSError) as error:
        raise PictureError(
            f"{path} is no array that NumPy can read without pickles, or a damaged one; write it "
            f"anew with numpy.save, as numbers"
        ) from error
    return of_values(values, path, name, columns=columns)


def of_values(values: NDArray[Any], path: Path | str, name: str, *, columns: bool = False) -> Rows:
    """Return the patterns of an array.

    Args:
        values: shape (N,), (K, N), (K, h, w), (h, w, 3) or (K, h, w, 3).
        path: of the file that holds it.
        name: of the array in the names of its rows.
        columns: whether the last axis counts the patterns, as is the custom in MATLAB.

    Raises:
        PictureError: the array has another shape, or holds other values than finite numbers.
    """
    if values.dtype.kind not in "buif" or not 1 <= values.ndim <= 4 or not values.size:
        raise PictureError(
            f"{path} holds {values.dtype} of shape {values.shape}; give numbers, one pattern or "
            f"one a row"
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise PictureError(f"{path} holds NaN or infinite values; replace them first")
    if columns:
        values = np.ascontiguousarray(np.moveaxis(values, -1, 0))
    if values.ndim == 4 and values.shape[-1] != 3:
        raise PictureError(
            f"{path} has the shape {values.shape}; give patterns of shape (K, N), (K, h, w) or "
            f"(K, h, w, 3)"
        )
    if values.ndim == 3 and values.shape[-1] == 3 and min(values.shape) >= 3:
        h, w, _ = values.shape
        if min(h, w) >= LEAST_COLOURED and len(np.unique(values)) > 2:
            note = f"{path} was taken as one coloured picture of {w}x{h}"
            return Rows(values.reshape(1, -1), [name], values.shape, notes=(note,))
    shape = values.shape[1:] if values.ndim > 2 else None
    values = np.atleast_2d(values)
    rows, length = values.shape[0], math.prod(values.shape[1:])
    notes = ()
    if shape is None and not columns and length <= FEW_COLUMNS and rows >= MANY_ROWS * length > 1:
        notes = (
            f"{path} was taken as {rows} patterns of {length} values, one a row; `columns=True` "
            f"takes its columns",
        )
    names = [f"{name}[{row}]" for row in range(rows)]
    return Rows(values.reshape(rows, length), names, shape, notes=notes)


def stacked(values: NDArray[Any], name: str) -> Rows:
    """Return pictures of shape (K, h, w) as rows."""
    names = [f"{name}[{row}]" for row in range(len(values))]
    return Rows(values.reshape(len(values), -1), names, values.shape[1:])


def values_of(
    stream: IO[bytes] | BufferedIOBase, path: Path | str, limit: MemoryLimit, length: int
) -> NDArray[Any]:
    """Read an array in `.npy` format; it is allocated only if the stream is long enough for it.

    Args:
        stream: its content.
        path: for errors.
        limit: of the memory that the array may take.
        length: of the stream, in bytes.

    Raises:
        ValueError: it is no array of numbers, or cut short.
        HopError: it takes more memory than the limit.
    """
    stream.seek(0)
    header = npy.read_header(stream.read(npy.LONGEST_HEADER))
    if header.kind.kind not in "buif" or not 1 <= len(header.shape) <= 4 or not header.size:
        raise PictureError(
            f"{path} holds {header.kind} of shape {header.shape}; give numbers, one pattern or "
            f"one a row"
        )
    if header.length + header.size > length:
        raise ValueError("it is cut short")
    limit.require(path, header.size)
    values = np.empty(header.shape, header.kind, order="F" if header.by_columns else "C")
    stream.seek(header.length)
    fill(values.reshape(-1, order="A").view(np.uint8), stream)
    return values if header.kind.isnative else values.astype(header.kind.newbyteorder("="))


def fill(content: NDArray[np.uint8], stream: Any) -> None:
    """Fill an array of bytes from a stream.

    Raises:
        ValueError: the stream is shorter.
    """
    done = 0
    while done < content.size:
        read = stream.readinto(content[done:].data)
        if not read:
            raise ValueError("it is cut short")
        done += read


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
