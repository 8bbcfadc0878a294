"""HEIC pictures of telephones, by the extra `heic`."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.errors import PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.pictures import Pictures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.formats.pictures import Picture

BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1")


class Heic(Pictures):
    """A HEIC or HEIF picture."""

    name: ClassVar[str] = "HEIC picture"
    extensions: ClassVar[tuple[str, ...]] = (".heic", ".heif", ".hif")

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise the brands of HEIC."""
        return start[4:8] == b"ftyp" and start[8:12] in BRANDS

    def read(
        self, path: Path, name: str, limits: Limits
    ) -> "Picture | NDArray[np.uint8] | list[Picture | NDArray[np.uint8]]":
        """Read the picture."""
        self._register(path)
        return super().read(path, name, limits)

    def size(self, path: Path, limits: Limits) -> tuple[int, int]:
        """Return width and height."""
        self._register(path)
        return super().size(path, limits)

    def _register(self, path: Path) -> None:
        """Teach Pillow the format.

        Raises:
            PictureError: pillow-heif is not installed.
        """
        try:
            import pillow_heif
        except ImportError as error:
            raise PictureError(
                f"{path} is a HEIC picture, which needs pillow-heif; run pip install "
                f"'hopcli[heic]', or write it as JPEG"
            ) from error
        pillow_heif.register_heif_opener(thumbnails=False)


MEMBER = Heic()
