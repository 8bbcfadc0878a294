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
    """A picture: its first frame, or all; the reader of files that no other recognises."""

    name: ClassVar[str] = "picture"
    extensions: ClassVar[tuple[str, ...]] = (
        ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".pbm", ".pgm", ".ppm", ".pnm", ".tif",
        ".tiff", ".avif", ".ico", ".tga", ".jp2", ".j2k", ".jpx", ".pcx", ".qoi", ".xbm", ".dds",
    )  # fmt: skip

    def read(
        self, path: Path, name: str, limits: Limits
    ) -> "Picture | NDArray[np.uint8] | list[Picture | NDArray[np.uint8]]":
        """Read a picture, or all of its frames, and turn it upright."""
        from hopcli.formats import pictures

        if limits.frames:
            found = pictures.read_frames(path, most=limits.pixels)
            return found if len(found) > 1 else found[0]
        return pictures.read_plainly(path, most=limits.pixels)

    def size(self, path: Path, limits: Limits) -> tuple[int, int]:
        """Return width and height, without decoding the picture."""
        from hopcli.formats import pictures

        return pictures.size_of(path, most=limits.pixels)


MEMBER = Pictures()
