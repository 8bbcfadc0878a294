"""The lock of a memory, held by a process that reads, changes and writes it.

It is a lock of the kernel (flock) on a hidden file beside the memory, which the kernel releases
when the process ends, however that happens. The file contains the holder as JSON: `process` (its
id), `command` and `since`. The holder removes the file before it releases the lock; a process that
waited for it then has a lock on a removed file, and tries again with a new one.

The package filelock does not record the holder.
"""

import contextlib
import errno
import fcntl
import json
import os
import re
import shlex
import stat
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hopcli.errors import MemoryFileError
from hopcli.interruption import undoing
from hopcli.storage.atomic import LONGEST_NAME, remove_abandoned

# Seconds to wait for another process.
SECONDS = 10.0
# Seconds between two attempts.
INTERVAL = 0.01
# Characters of the holder's command line that are recorded and shown.
LONGEST_COMMAND = 200


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the memory at a path, and remove temporary files of writers that have ended.

    Raises:
        MemoryFileError: another process holds the lock for SECONDS, or the folder does not exist.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise MemoryFileError(f"{path}: there is no folder {target.parent}; make it first")
    name = target.name[:LONGEST_NAME]
    lock_file = target.with_name(f".{name}.lock")
    handle = _acquire(path, lock_file)
    remove = partial(_remove, handle, lock_file)
    try:
        with undoing(remove):
            remove_abandoned(target.parent, re.escape(name))
            yield
    finally:
        try:
            with contextlib.suppress(OSError):
                remove()
        finally:
            os.close(handle)


def _remove(handle: int, lock_file: Path) -> None:
    """Remove the lock file, unless another file has its path now."""
    if lock_file.exists() and os.path.samestat(os.fstat(handle), os.lstat(lock_file)):
        lock_file.unlink()


def _acquire(path: Path, lock_file: Path) -> int:
    """Open and lock the lock file, and return its descriptor."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            handle = _open(lock_file)
        except OSError as error:
            raise MemoryFileError(
                f"{path} cannot be locked: {lock_file}: {error.strerror}; make this "
                f"file writable, or give another `memory`"
            ) from error
        try:
            if _try_to_lock(handle, lock_file):
                return handle
            if time.monotonic() >= until:
                raise MemoryFileError(
                    f"{path} is locked by {_holder(handle)}, which has not released it for "
                    f"{SECONDS:g} s; wait until that is done, or end it, and try again"
                )
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        time.sleep(INTERVAL)


def _open(lock_file: Path) -> int:
    """Open the lock file; a link is refused, as its target would be overwritten."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    handle = os.open(lock_file, flags, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no ordinary file")
    return handle


def _try_to_lock(handle: int, lock_file: Path) -> bool:
    """Lock the file; return False if another process holds the lock or has removed the file."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    try:
        if not os.path.samestat(os.fstat(handle), os.lstat(lock_file)):
            return False
    except FileNotFoundError:
        return False
    # The lock is valid without the record, which a full disk does not take.
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, _record(), 0)
    return True


def _record() -> bytes:
    """Return the record of this process for the lock file."""
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    since = time.strftime("%Y-%m-%d %H:%M:%S %z")
    holder = {"process": os.getpid(), "command": command[:LONGEST_COMMAND], "since": since}
    return json.dumps(holder).encode()


def _holder(handle: int) -> str:
    """Name the process that holds the lock, as recorded in the lock file."""
    try:
        holder = json.loads(os.pread(handle, 4096, 0))
        process, command, since = (holder[key] for key in ("process", "command", "since"))
        return f"process {int(process)} ({str(command)[:LONGEST_COMMAND]}) since {str(since)[:40]}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "another process"
