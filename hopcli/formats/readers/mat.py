"""MATLAB's files, of version 5 by scipy and of version 7.3 by h5py: the extra `formats`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hopcli.errors import HopError, PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hopcli.formats.arrays import Rows

HDF5 = b"\x89HDF\r\n\x1a\n"
OCTAVE = b"# Created by Octave"
# Classes of MATLAB that hold numbers, with the bytes of a value as it is read.
NUMBERS = {
    "double": 8, "single": 4, "logical": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2,
    "int32": 4, "uint32": 4, "int64": 8, "uint64": 8,
}  # fmt: skip


class Mat(AbstractReader):
    """A variable of a `.mat` file.

    Args:
        member: the variable's name; None for the only one.
    """

    name: ClassVar[str] = "MATLAB file"
    extensions: ClassVar[tuple[str, ...]] = (".mat",)
    rows: ClassVar[bool] = True

    def __init__(self, member: str | None = None) -> None:
        self._member = member

    def of_member(self, member: str, path: str) -> "Mat":
        """Return the reader of one variable."""
        return Mat(member)

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise MATLAB's remark at the beginning."""
        return start.startswith(b"MATLAB ")

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read a variable."""
        from hopcli.formats import arrays, files

        with files.opened(path) as stream:
            start = stream.read(520)
        if start.startswith(OCTAVE):
            from hopcli.formats import tables, text

            return text.rows_of(tables.text_of(path, limits.memory), path, name, limits)
        read = self._newer if HDF5 in (start[:8], start[512:]) else self._older
        try:
            values = read(path, limits)
        except HopError:
            raise
        except ImportError as error:
            raise PictureError(
                f"{path} is a MATLAB file, which needs scipy and h5py; run pip install "
                f"'hopcli[formats]'"
            ) from error
        except Exception as error:
            # Both libraries raise many kinds of exception on damaged files.
            raise PictureError(
                f"{path} is no file of MATLAB's, or a damaged one; write it anew with save -v7"
            ) from error
        # A vector is one pattern, whether it stands or lies.
        if values.ndim == 2 and 1 in values.shape and not limits.columns:
            values = values.ravel()
        return arrays.of_values(values, path, name, columns=limits.columns and values.ndim > 1)

    def _older(self, path: Path, limits: Limits) -> "NDArray[Any]":
        """Read a variable by scipy."""
        import math

        from scipy.io import loadmat, whosmat

        from hopcli.formats import archives

        found = {str(n): (shape, kind) for n, shape, kind in whosmat(path) if kind in NUMBERS}
        member = archives.chosen(path, self._member, list(found))
        shape, kind = found[member]
        size = math.prod(shape) * NUMBERS[kind]
        limits.memory.require(path, size)
        limits.memory.require_unpacked(path, path.stat().st_size, size)
        return loadmat(path, variable_names=[member])[member]

    def _newer(self, path: Path, limits: Limits) -> "NDArray[Any]":
        """Read a variable by h5py; its axes are in the opposite order."""
        import h5py
        import numpy as np

        from hopcli.formats import archives

        with h5py.File(path, "r") as file:
            found = [
                str(n)
                for n, each in file.items()
                if isinstance(each, h5py.Dataset) and each.dtype.kind in "buif"
            ]
            member: Any = file[archives.chosen(path, self._member, found)]
            limits.memory.require(path, member.nbytes)
            limits.memory.require_unpacked(path, path.stat().st_size, member.nbytes)
            return np.ascontiguousarray(np.asarray(member[()]).T)


MEMBER = Mat()
