"""A strict reader of the header of a `.npy` array.

NumPy's reader evaluates up to 10 kB of header as Python, repairs headers of Python 2 with a
warning, and allocates the size that is given. This one matches regular expressions.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

# Bytes; more than any array of numbers or strings needs.
LONGEST_HEADER = 4096
_MAGIC = b"\x93NUMPY"
# The type "a", another name of "S", is left out, as NumPy warns of it.
_KIND = re.compile(rb"'descr'\s*:\s*'([<>=|]?[b-zA-Z]\d{1,9})'")
_ORDER = re.compile(rb"'fortran_order'\s*:\s*(True|False)")
# Python 2 wrote an L after long integers.
_SHAPE = re.compile(rb"'shape'\s*:\s*\(([\dL\s,]{0,200})\)")


@dataclass(frozen=True)
class Header:
    """The header of an array.

    Attributes:
        length: bytes of the header, after which the values begin.
        kind: the type of the values.
        shape: of the array.
        by_columns: whether the order is Fortran's (columns are contiguous).
    """

    length: int
    kind: np.dtype[Any]
    shape: tuple[int, ...]
    by_columns: bool

    @property
    def size(self) -> int:
        """The number of bytes of the values."""
        return math.prod(self.shape) * self.kind.itemsize


def read_header(content: bytes) -> Header:
    """Parse the header of an array.

    Args:
        content: the first LONGEST_HEADER bytes of the file, or all.

    Raises:
        ValueError: it is not the header of an array of numbers or strings.
    """
    if content[:6] != _MAGIC or content[6:8] not in (b"\1\0", b"\2\0", b"\3\0"):
        raise ValueError("it is no .npy array")
    first = 10 if content[6] == 1 else 12
    length = first + int.from_bytes(content[8:first], "little")
    text = content[first:length]
    found = [pattern.search(text) for pattern in (_KIND, _ORDER, _SHAPE)]
    if length > min(LONGEST_HEADER, len(content)) or not all(found):
        raise ValueError("its header is none of numbers or strings")
    kind, order, sides = (match[1] for match in found if match)
    try:
        shape = tuple(int(side.strip().rstrip(b"L")) for side in sides.split(b",") if side.strip())
        return Header(length, np.dtype(kind.decode()), shape, order == b"True")
    except (TypeError, ValueError) as error:
        raise ValueError("its header has a type that NumPy does not know") from error
