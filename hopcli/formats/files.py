"""Files that are read, whatever they turn out to be."""

import os
import stat
from io import BufferedIOBase, BufferedReader, BytesIO
from pathlib import Path

from hopcli.errors import PictureError

# Files up to this size are read at once: that takes half the calls of a stream, and a folder may
# hold a hundred thousand of them.
AT_ONCE = 2**18
# Without O_NONBLOCK a pipe that has come in the place of a file would be waited for without end.
FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def opened(path: Path | str) -> BufferedIOBase:
    """Open an ordinary file; nothing else is waited for, or opened at all.

    Raises:
        PictureError: there is none, it may not be read, or it is a pipe, a socket or a device.
    """
    name = os.fspath(path)
    try:
        # Asked before it is opened too: to open some devices is to set them going.
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
        raise PictureError(f"{path} cannot be read: {error.strerror}; check the place") from error


def _require_ordinary(path: Path | str, mode: int) -> None:
    """See that a file is an ordinary one.

    Raises:
        PictureError: it is not.
    """
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
