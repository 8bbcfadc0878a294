"""Atomic writes: a file is written completely or not at all."""

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

# Characters of a file's name in the names of hidden files beside it: a name has 255 bytes at most,
# and a character up to 4.
LONGEST_NAME = 50


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a stream to a temporary file that is renamed to `path` when the block ends well.

    The content is on the disk before the file is renamed, and the new name before this function
    ends. After an error the old file is unchanged. A link is followed, and the permissions and
    owner of a file that is replaced are kept. A pipe or device is written directly.

    Raises:
        HopError: the path cannot be written to.
    """
    target = _target(path)
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    temporary = target.with_name(f".{target.name[:LONGEST_NAME]}.{os.urandom(6).hex()}.tmp")
    # Entered before the file is created, so that a signal at any time removes it.
    with undoing(partial(temporary.unlink, missing_ok=True)):
        try:
            handle = _create_locked(temporary)
        except OSError as error:
            raise HopError(
                f"{path} cannot be written: {error.strerror}; give another path"
            ) from error
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                _give_permissions(handle, target)
                os.fsync(handle)
                # Closing the stream releases the lock on the file, so it is renamed before.
                temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    sync_folder(target.parent)


def _target(path: Path) -> Path:
    """Return the path with links followed, if a file can be created there."""
    try:
        target = path.resolve()
    except (OSError, RuntimeError) as error:
        raise HopError(f"{path} cannot be written: its links lead nowhere; remove them") from error
    if target.is_dir():
        raise HopError(f"{path} is a folder, but a file is to be written; name one inside it")
    if not target.parent.is_dir():
        raise HopError(f"{path} cannot be written: there is no folder {target.parent}; make it")
    return target


def _create_locked(temporary: Path) -> int:
    """Create a file, lock it, and return its descriptor.

    The kernel releases the lock when this process ends, however that happens; without the lock,
    `remove_abandoned` removes the file.
    """
    while True:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with contextlib.suppress(OSError):
                # On a file system without locks no process can lock it as abandoned either.
                fcntl.flock(handle, fcntl.LOCK_EX)
            if temporary.exists():
                return handle
        except BaseException:
            os.close(handle)
            temporary.unlink(missing_ok=True)
            raise
        # Another process removed it before it was locked.
        os.close(handle)


def _give_permissions(handle: int, target: Path) -> None:
    """Give a file the permissions and owner of the one that it replaces, or those of a new file."""
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
    """Flush a folder, so that new names in it survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_abandoned(folder: Path, name: str) -> None:
    """Remove the temporary files in a folder whose writers have ended.

    Args:
        folder: that contains them.
        name: a regular expression for the names of the files that were being written.
    """
    temporary = re.compile(rf"\.(?:{name})\.[0-9a-z_]{{8,12}}\.tmp")
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if temporary.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_if_abandoned(Path(entry.path))


def _remove_if_abandoned(path: Path) -> None:
    """Remove a temporary file unless its writer runs, and so holds its lock."""
    with contextlib.suppress(OSError), path.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
