"""The idx format of MNIST (`train-images-idx3-ubyte`), as it is or compressed by gzip."""

import contextlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

from hopcli.errors import HopError, PictureError
from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hopcli.formats.arrays import Rows

GZIP = b"\x1f\x8b"
# Types of values by the third byte, big-endian.
KINDS = {8: "u1", 9: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


class Idx(AbstractReader):
    """An array of one to four axes: a pattern, rows, or pictures."""

    name: ClassVar[str] = "idx array"
    extensions: ClassVar[tuple[str, ...]] = (".idx", ".idx1-ubyte", ".idx3-ubyte")
    rows: ClassVar[bool] = True

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise two zeros, a type and the number of axes."""
        if start.startswith(GZIP):
            import zlib

            packed, start = start, b""
            with contextlib.suppress(zlib.error):
                start = zlib.decompressobj(31).decompress(packed, 4)
        return (
            start[:2] == b"\0\0"
            and start[2:3] != b""
            and start[2] in KINDS
            and (1 <= int.from_bytes(start[3:4], "big") <= 4)
        )

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read the array."""
        import gzip
        import os

        from hopcli.formats import arrays, files

        try:
            with files.opened(path) as stream:
                length = stream.seek(0, os.SEEK_END)
                stream.seek(0)
                packed = stream.read(2) == GZIP
                stream.seek(0)
                content: Any = gzip.GzipFile(fileobj=stream) if packed else stream
                values = _values(content, path, limits, length, packed=packed)
        except HopError:
            raise
        except Exception as error:
            # gzip raises several kinds of exception on damaged files.
            raise PictureError(
                f"{path} is no idx array, or a damaged one; get the file anew"
            ) from error
        return arrays.of_values(values, path, name, columns=limits.columns)


def _values(
    content: IO[bytes], path: Path, limits: Limits, length: int, *, packed: bool
) -> "NDArray[Any]":
    """Read the values; they are allocated only if the file is long enough for them.

    Raises:
        ValueError: it is no idx array, or cut short.
        HopError: it takes more memory than the limit.
    """
    import math

    import numpy as np

    from hopcli.formats import arrays

    magic = content.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in KINDS or not 1 <= magic[3] <= 4:
        raise ValueError("it is no idx array")
    kind = np.dtype(KINDS[magic[2]])
    sides = content.read(4 * magic[3])
    shape = [int.from_bytes(sides[at : at + 4], "big") for at in range(0, len(sides), 4)]
    size = math.prod(shape) * kind.itemsize
    limits.memory.require(path, size)
    if packed:
        limits.memory.require_unpacked(path, length, size)
    elif length < 4 + len(sides) + size:
        raise ValueError("it is cut short")
    if len(sides) < 4 * magic[3] or not size:
        raise ValueError("it holds nothing")
    values = np.empty(shape, kind)
    arrays.fill(values.reshape(-1).view(np.uint8), content)
    return values.astype(kind.newbyteorder("="), copy=False)


MEMBER = Idx()
