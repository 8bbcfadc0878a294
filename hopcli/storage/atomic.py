"""Files that are written whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from hopcli.errors import HopError
from hopcli.interruption import undoing

# Of a file's name, so many characters go into that of its temporary file; 255 bytes are the most
# that a name may have, and a character has up to 4.
LONGEST_NAME = 50


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write to a temporary file beside `path`, which takes its place when the block ends well.

    A link is followed, and the permissions of a file that is replaced are kept. When anything goes
    wrong the old file is as it was. What is no ordinary file, such as a pipe, is written directly.

    Raises:
        HopError: the path cannot be written to.
    """
    target = path.resolve()
    if target.is_dir():
        raise HopError(f"{path} is a folder, but a file is to be written; name one inside it")
    if not target.parent.is_dir():
        raise HopError(f"{path} cannot be written: there is no folder {target.parent}; make it")
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    # Named before it is made: there is no moment in which it is there and nobody knows.
    temporary = target.with_name(f".{target.name[:LONGEST_NAME]}.{os.urandom(6).hex()}.tmp")
    with undoing(partial(temporary.unlink, missing_ok=True)):
        try:
            # Nobody else can write to it, and none that is there already is taken.
            handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise HopError(
                f"{path} cannot be written: {error.strerror}; name another place"
            ) from error
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fchmod(stream.fileno(), _permissions(target))
                os.fsync(stream.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _sync_folder(target.parent)


def _permissions(target: Path) -> int:
    """Those of the file that is replaced, or of a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _sync_folder(folder: Path) -> None:
    """See to it that the new name outlives a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
