"""The `.npz` format of NumPy archives, of which one array is read; memories are refused."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.errors import HopError, PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from hopcli.formats.arrays import Rows

# Members of every memory.
MEMORY = {"format", "mode", "patterns"}


class Npz(AbstractReader):
    """An array of a `.npz` archive; ignored in folders, as a memory may lie among its pictures.

    Args:
        member: the name of the array; None for the only one.
    """

    name: ClassVar[str] = "NumPy archive"
    extensions: ClassVar[tuple[str, ...]] = (".npz",)
    rows: ClassVar[bool] = True
    listed: ClassVar[bool] = False

    def __init__(self, member: str | None = None) -> None:
        self._member = member

    def of_member(self, member: str, path: str) -> "Npz":
        """Return the reader of one array."""
        return Npz(member)

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read an array."""
        import zipfile

        from hopcli.formats import archives, arrays, files

        try:
            with files.opened(path) as stream, zipfile.ZipFile(stream) as archive:
                inside = {
                    info.filename.removesuffix(".npy"): info
                    for info in archive.infolist()
                    if info.filename.endswith(".npy")
                }
                if self._member is None and inside.keys() >= MEMORY:
                    raise PictureError(
                        f"{path} is a memory, which is not read as patterns; give it as `memory`"
                    )
                member = archives.chosen(path, self._member, list(inside))
                info, what = inside[member], f"{path}:{member}"
                limits.memory.require_unpacked(what, info.compress_size, info.file_size)
                with archive.open(info) as content:
                    values = arrays.values_of(content, what, limits.memory, info.file_size)
        except HopError:
            raise
        except Exception as error:
            # zipfile raises half a dozen kinds of exception on damaged files.
            raise PictureError(
                f"{path} is no archive that NumPy can read without pickles, or a damaged one; "
                f"write it anew with numpy.savez"
            ) from error
        return arrays.of_values(values, what, name, columns=limits.columns)


MEMBER = Npz()
