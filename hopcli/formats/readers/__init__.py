"""The open set of file formats that patterns and cues are read from, one file each.

The extension of a file decides its format; if no reader has this extension, the first bytes do; if
no reader recognises them, the file is taken for a picture, which Pillow recognises by content.
"""

import contextlib
import os
from functools import cache

from hopcli import members
from hopcli.errors import PictureError
from hopcli.formats import files
from hopcli.formats.readers.abstract import AbstractReader

__all__ = ["AbstractReader", "by_extension", "of"]

# Bytes at the beginning of a file that readers are shown.
START = 512


def of(path: str) -> AbstractReader:
    """Return the reader of a file.

    Args:
        path: the file; "-" for standard input, which is a picture.
    """
    found = by_extension(path)
    if found is None and path != "-":
        start = b""
        # A file that cannot be opened is reported when it is read.
        with contextlib.suppress(PictureError), files.opened(path) as stream:
            start = stream.read(START)
        found = next((each for each in _every().values() if each.recognises(start, path)), None)
    return found or _every()["pictures"]


def by_extension(path: str) -> AbstractReader | None:
    """Return the reader that has the extension of a file, if any."""
    extension = os.path.splitext(path)[1].lower()  # noqa: PTH122
    return next((each for each in _every().values() if extension in each.extensions), None)


@cache
def _every() -> dict[str, AbstractReader]:
    """Import all readers, by name."""
    return members.load_all(__name__)
