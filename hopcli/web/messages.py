"""Messages to the page: a JSON object and arrays, which page/messages.js reads.

A message holds, one after another: the length of a JSON text in bytes, in four bytes, least
significant first; the text, an object that is padded with blanks so that what follows begins at a
multiple of eight bytes; and arrays, each padded likewise. The object's `arrays` lists them by name,
type and length.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Bytes to a multiple of which the text and each array are padded.
ALIGNMENT = 8


def message(plain: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack a JSON object and arrays, uint8, int8, int16, int32, float32 or float64."""
    listed = [[name, array.dtype.name, array.size] for name, array in arrays.items()]
    text = json.dumps({**plain, "arrays": listed}, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % ALIGNMENT)
    parts = [len(text).to_bytes(4, "little"), text]
    for array in arrays.values():
        content = np.ascontiguousarray(array).tobytes()
        parts += [content, bytes(-len(content) % ALIGNMENT)]
    return b"".join(parts)
