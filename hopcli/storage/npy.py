"""The header of a `.npy` array, read without trusting it.

NumPy's own reader evaluates the header as Python, up to 10 kB of it, tries to mend what Python 2
wrote, with a warning, and allocates whatever it says; here it is a pattern that fits or does not.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

# No array of numbers or strings needs as much.
LONGEST_HEADER = 4096
_MAGIC = b"\x93NUMPY"
# An a is another name of S, of which NumPy warns.
_KIND = re.compile(rb"'descr'\s*:\s*'([<>=|]?[b-zA-Z]\d{1,9})'")
_ORDER = re.compile(rb"'fortran_order'\s*:\s*(True|False)")
# Python 2 wrote an L behind its longer numbers.
_SHAPE = re.compile(rb"'shape'\s*:\s*\(([\dL\s,]{0,200})\)")


@dataclass(frozen=True)
class Header:
    """What a header says.

    Attributes:
        length: its own bytes, after which the values begin.
        kind: of the values.
        shape: of the array.
        by_columns: whether values of a column follow one another, rather than those of a row.
    """

    length: int
    kind: np.dtype[Any]
    shape: tuple[int, ...]
    by_columns: bool

    @property
    def size(self) -> int:
        """The bytes of the values."""
        return math.prod(self.shape) * self.kind.itemsize


def read_header(content: bytes) -> Header:
    """Read a header from the first bytes of a file, LONGEST_HEADER of them or all there are.

    Raises:
        ValueError: there is none, or one of something else than numbers or strings.
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
        raise ValueError("its header says what NumPy does not know") from error
