"""What a file format has to offer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.limits import MOST_PIXELS
from hopcli.storage.memory_limit import HALF_THE_MACHINE, MemoryLimit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.arrays import Rows
    from hopcli.formats.pictures import Picture


@dataclass(frozen=True)
class Limits:
    """What a file may take.

    Attributes:
        pixels: the most pixels of a picture.
        memory: the most memory of an array.
    """

    pixels: int = MOST_PIXELS
    memory: MemoryLimit = HALF_THE_MACHINE


class AbstractReader(ABC):
    """A file format; final classes are in modules of their own, which load nothing until `read`.

    Attributes:
        name: for people.
        extensions: of files that are certainly of this format, in lower case with the dot.
        rows: whether files hold numbers, one pattern a row, rather than one picture.
        listed: whether files found in folders are read; otherwise only those that are named.
    """

    name: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    rows: ClassVar[bool] = False
    listed: ClassVar[bool] = True

    def recognises(self, start: bytes, path: str) -> bool:
        """Tell whether a file is of this format from its first bytes; by default it never is.

        Args:
            start: the first 512 bytes, or all.
            path: the file, whose extension is that of no format.
        """
        return False

    @abstractmethod
    def read(self, path: Path, name: str, limits: Limits) -> "Rows | Picture | NDArray[np.uint8]":
        """Read a file; the caller keeps warnings back with pictures.quietly.

        Args:
            path: the file.
            name: what patterns are called: "NAME", or "NAME[0]", "NAME[1]", ... for rows.
            limits: what it may take.

        Returns:
            Rows of numbers where `rows` is true; otherwise a picture, or its levels of 0 to 255,
            of shape (h, w) or (h, w, 3), where it is opaque and has no finer ones.

        Raises:
            PictureError: it is damaged, holds something else, or the format is known but not read.
            HopError: it takes more than it may.
        """
