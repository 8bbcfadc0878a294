"""The `.npy` format of NumPy arrays."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from hopcli.formats.arrays import Rows


class Npy(AbstractReader):
    """A `.npy` array of numbers: one pattern, one a row, or pictures."""

    name: ClassVar[str] = "NumPy array"
    extensions: ClassVar[tuple[str, ...]] = (".npy",)
    rows: ClassVar[bool] = True

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise NumPy's signature."""
        return start.startswith(b"\x93NUMPY")

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read the rows of an array."""
        from hopcli.formats import arrays

        return arrays.read(path, name, limits.memory, columns=limits.columns)


MEMBER = Npy()
