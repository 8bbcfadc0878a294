"""Files that are written whole or not at all."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from hopcli.errors import HopError
from hopcli.interruption import undoing

# Of a file's name, so many characters go into those of hidden files beside it; 255 bytes are the
# most that a name may have, and a character has up to 4.
LONGEST_NAME = 50


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write to a temporary file beside `path`, which takes its place when the block ends well.

    It is on the disk before it has the name, and the name before this ends. A link is followed, and
    the permissions and owner of a file that is replaced are kept. When anything goes wrong the old
    file is as it was. What is no ordinary file, such as a pipe, is written directly.

    Raises:
        HopError: the path cannot be written to.
    """
    target = _target(path)
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    temporary = target.with_name(f".{target.name[:LONGEST_NAME]}.{os.urandom(6).hex()}.tmp")
    # Named before it is made: there is no moment in which it is there and nobody knows.
    with undoing(partial(temporary.unlink, missing_ok=True)):
        try:
            handle = _made(temporary)
        except OSError as error:
            raise HopError(
                f"{path} cannot be written: {error.strerror}; name another place"
            ) from error
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                _give_permissions(handle, target)
                os.fsync(handle)
                # Before the lock on it ends with the stream.
                temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    sync_folder(target.parent)


def _target(path: Path) -> Path:
    """The file that a path leads to."""
    try:
        target = path.resolve()
    except (OSError, RuntimeError) as error:
        raise HopError(f"{path} cannot be written: its links lead nowhere; remove them") from error
    if target.is_dir():
        raise HopError(f"{path} is a folder, but a file is to be written; name one inside it")
    if not target.parent.is_dir():
        raise HopError(f"{path} cannot be written: there is no folder {target.parent}; make it")
    return target


def _made(temporary: Path) -> int:
    """A new file, which this process has open and locked.

    As long as it is locked (by the kernel, so until its writer ends, however that ends) nobody
    takes it for what a dead writer left behind.
    """
    while True:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with contextlib.suppress(OSError):
                # Where files cannot be locked, nobody can find this one abandoned either.
                fcntl.flock(handle, fcntl.LOCK_EX)
            if temporary.exists():
                return handle
        except BaseException:
            os.close(handle)
            temporary.unlink(missing_ok=True)
            raise
        # Somebody found it in the moment before it was locked.
        os.close(handle)


def _give_permissions(handle: int, target: Path) -> None:
    """Those of the file that is replaced, and its owner; or those of a new file."""
    try:
        old = target.stat()
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        os.fchmod(handle, 0o666 & ~umask)
        return
    new = os.fstat(handle)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(handle, old.st_uid, old.st_gid)
    os.fchmod(handle, old.st_mode & 0o777)


def sync_folder(folder: Path) -> None:
    """See to it that new names in a folder outlive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_abandoned(folder: Path, name: str) -> None:
    """Remove temporary files that dead writers of files in a folder left behind.

    Args:
        folder: where.
        name: a pattern (re) for the names of those files.
    """
    temporary = re.compile(rf"\.(?:{name})\.[0-9a-z_]{{8,12}}\.tmp")
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if temporary.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_if_abandoned(Path(entry.path))


def _remove_if_abandoned(place: Path) -> None:
    """Remove a temporary file unless its writer lives, and so holds its lock."""
    with contextlib.suppress(OSError), place.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.unlink()
