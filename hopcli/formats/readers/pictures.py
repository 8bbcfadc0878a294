"""Picture formats: those of Pillow that formats/decoding.py lists."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.pictures import Picture


class Pictures(AbstractReader):
    """A picture, of which the first frame is read; the reader of files that no other recognises."""

    name: ClassVar[str] = "picture"
    extensions: ClassVar[tuple[str, ...]] = (
        ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pbm", ".pgm", ".ppm", ".pnm", ".tif",
        ".tiff",
    )  # fmt: skip

    def read(self, path: Path, name: str, limits: Limits) -> "Picture | NDArray[np.uint8]":
        """Read a picture and turn it upright."""
        from hopcli.formats import pictures

        return pictures.read_plainly(path, most=limits.pixels)


MEMBER = Pictures()
