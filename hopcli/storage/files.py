"""Files that are read."""

import os
import stat
from pathlib import Path

from hopcli.errors import PictureError


def require(path: Path | str) -> None:
    """See that a path is that of an ordinary file; a pipe would be waited for without end.

    Raises:
        PictureError: it is not.
    """
    try:
        # Of ten thousand files a Path each takes as long as the question itself.
        kind = os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        if Path(path).exists():
            raise
        raise PictureError(f"there is no file {path}; check its name") from None
    if not stat.S_ISREG(kind):
        raise PictureError(f"{path} is no ordinary file, and is not read")
