"""Pictures, of every kind that Pillow opens safely (formats/decoding.py lists them)."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.readers.abstract import AbstractReader, Limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.pictures import Picture


class Pictures(AbstractReader):
    """A picture, its first frame; what no other format has is tried as one."""

    name: ClassVar[str] = "picture"
    extensions: ClassVar[tuple[str, ...]] = (
        ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pbm", ".pgm", ".ppm", ".pnm", ".tif",
        ".tiff",
    )  # fmt: skip

    def read(self, path: Path, name: str, limits: Limits) -> "Picture | NDArray[np.uint8]":
        """Read a picture, upright."""
        from hopcli.formats import pictures

        return pictures.read_plainly(path, most=limits.pixels)


MEMBER = Pictures()
