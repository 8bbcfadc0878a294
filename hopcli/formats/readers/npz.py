"""The `.npz` format of NumPy archives, such as memory files, which is refused with a reason."""

from pathlib import Path
from typing import ClassVar, NoReturn

from hopcli.errors import PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader


class Npz(AbstractReader):
    """A `.npz` archive; ignored in folders, as a memory may lie among its pictures."""

    name: ClassVar[str] = "NumPy archive"
    extensions: ClassVar[tuple[str, ...]] = (".npz",)
    listed: ClassVar[bool] = False

    def read(self, path: Path, name: str, limits: Limits) -> NoReturn:
        """Raise PictureError, as archives are not read as patterns."""
        raise PictureError(
            f"{path} is a memory, or another archive of arrays, and not read as a picture; give "
            f"its arrays as .npy files"
        )


MEMBER = Npz()
