"""Archives of NumPy, such as memory files, which are known but not read as patterns."""

from pathlib import Path
from typing import ClassVar, NoReturn

from hopcli.errors import PictureError
from hopcli.formats.readers.abstract import AbstractReader, Limits


class Npz(AbstractReader):
    """A `.npz` archive; those in folders are passed over, as a memory may be among its pictures."""

    name: ClassVar[str] = "NumPy archive"
    extensions: ClassVar[tuple[str, ...]] = (".npz",)
    listed: ClassVar[bool] = False

    def read(self, path: Path, name: str, limits: Limits) -> NoReturn:
        """Refuse the file."""
        raise PictureError(
            f"{path} is a memory, or another archive of arrays, and not read as a picture; give "
            f"its arrays as .npy files"
        )


MEMBER = Npz()
