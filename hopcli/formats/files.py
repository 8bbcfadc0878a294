"""Opening of files that are given or found, which may turn out to be folders, pipes or devices."""

import os
import stat
from io import BufferedIOBase, BufferedReader, BytesIO
from pathlib import Path

from hopcli.errors import PictureError

# Files up to this size are read at once, with half the system calls of a stream.
AT_ONCE = 2**18
# Without O_NONBLOCK, opening a pipe that has replaced a file would never return.
FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def opened(path: Path | str) -> BufferedIOBase:
    """Open an ordinary file for reading; anything else is refused without waiting for it.

    Raises:
        PictureError: there is none, it may not be read, or it is a pipe, a socket or a device.
    """
    name = os.fspath(path)
    try:
        # Checked before the file is opened as well, since opening some devices starts them.
        _require_ordinary(path, os.stat(name).st_mode)  # noqa: PTH116
        stream = os.fdopen(os.open(name, FLAGS), "rb", buffering=0)
        try:
            found = os.fstat(stream.fileno())
            _require_ordinary(path, found.st_mode)
            if found.st_size > AT_ONCE:
                return BufferedReader(stream)
            content = BytesIO(stream.read(AT_ONCE))
        except BaseException:
            stream.close()
            raise
        stream.close()
        return content
    except PermissionError as error:
        raise PictureError(f"{path} may not be read; check its permissions") from error
    except FileNotFoundError as error:
        raise PictureError(f"there is no file {path}; check its name") from error
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror}; check its disk") from error


def _require_ordinary(path: Path | str, mode: int) -> None:
    """Raise PictureError unless a mode, as of `os.stat`, is that of an ordinary file."""
    if stat.S_ISDIR(mode):
        if not os.access(path, os.R_OK | os.X_OK):
            raise PictureError(f"{path} is a folder that may not be read; check its permissions")
        raise PictureError(
            f"{path} is a folder, or a link to one, and a file is needed; links are not followed "
            f"in folders, so name what it leads to"
        )
    if not stat.S_ISREG(mode):
        raise PictureError(
            f"{path} is no ordinary file, and is not read; give a file, or - for standard input"
        )
