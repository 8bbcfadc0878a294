"""The interface of a file format."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.errors import PictureError
from hopcli.formats.limits import Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.arrays import Rows
    from hopcli.formats.pictures import Picture

    Content = Rows | Picture | NDArray[np.uint8] | list[Picture | NDArray[np.uint8]]


class AbstractReader(ABC):
    """Reads the files of one format; final classes load nothing until `read` is called.

    Attributes:
        name: of the format, for messages.
        extensions: of files that are certainly of this format, in lower case with the dot.
        rows: whether files hold numbers, one pattern a row, rather than one picture.
        listed: whether files found in folders are read; otherwise only those that are named.
    """

    name: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    rows: ClassVar[bool] = False
    listed: ClassVar[bool] = True

    def recognises(self, start: bytes, path: str) -> bool:
        """Tell whether a file is of this format from its content; by default it is not.

        Called only for files whose extension no format has.

        Args:
            start: the first 512 bytes of the file, or all.
            path: of the file.
        """
        return False

    def of_member(self, member: str, path: str) -> "AbstractReader":
        """Return the reader of one array of a file that holds several.

        Args:
            member: the name that follows a colon after the file's.
            path: of the file, for errors.

        Raises:
            PictureError: files of this format hold just one.
        """
        raise PictureError(
            f"{path} is a {self.name}, which holds no arrays by name; leave :{member} out"
        )

    def size(self, path: Path, limits: Limits) -> tuple[int, int]:
        """Return width and height of a picture; called only where `rows` is false.

        Raises:
            PictureError: it cannot be read.
        """
        raise PictureError(f"{path} has no size; give a picture")

    @abstractmethod
    def read(self, path: Path, name: str, limits: Limits) -> "Content":
        """Read a file; the caller suppresses Pillow's warnings with `pictures.quietly`.

        Args:
            path: of the file.
            name: of the patterns: "NAME", or "NAME[0]", "NAME[1]", ... for rows.
            limits: the most that the file may take.

        Returns:
            Rows of numbers where `rows` is true. Otherwise an opaque picture of 8 bits as levels
            from 0 to 255, of shape (h, w) or (h, w, 3), and any other as a Picture; or a list of
            such, if all of several frames are asked for.

        Raises:
            PictureError: the file is damaged, or not of a format that is read.
            HopError: it exceeds the limits.
        """
