"""The folder for compiled kernels: one that nobody else can write to.

Compiled kernels are pickles, and whoever writes a pickle that is read decides what is run.
"""

import os
import stat
from pathlib import Path

BESIDE = Path(__file__).parent / "__pycache__"


def choose() -> bool:
    """Set numba's cache to the first safe folder; return whether there is one.

    The folders are that of NUMBA_CACHE_DIR, the one beside the source, and one for caches in the
    home folder.
    """
    given = os.environ.pop("NUMBA_CACHE_DIR", "")
    if given and is_safe(Path(given)):
        os.environ["NUMBA_CACHE_DIR"] = given
    elif not _is_safe_beside():
        home = in_home()
        if home is None or not is_safe(home):
            return False
        os.environ["NUMBA_CACHE_DIR"] = str(home)
    return True


def is_safe(folder: Path) -> bool:
    """Return whether only this user can write to a folder, make it or replace it."""
    path = Path(os.path.realpath(folder))
    while not path.exists():
        path = path.parent
    above = [_is_ours(parent) or _is_shared(parent) for parent in path.parents]
    writable = path.is_dir() and os.access(path, os.W_OK)
    return writable and all(above) and _is_ours(path)


def _is_safe_beside() -> bool:
    """Return whether kernels can be kept beside their source, whose owner may write there too."""
    package = BESIDE.parent.stat()
    path = BESIDE if BESIDE.exists() else BESIDE.parent
    return os.access(path, os.W_OK) and _is_ours(path, package.st_uid)


def _is_ours(folder: Path, *others: int) -> bool:
    """Return whether only this user, root, and users of these numbers can write to a folder."""
    found = folder.stat()
    # Folders are often open to the user's own group.
    writers = stat.S_IWOTH if found.st_gid == os.getegid() else stat.S_IWOTH | stat.S_IWGRP
    return found.st_uid in (0, os.geteuid(), *others) and not found.st_mode & writers


def _is_shared(folder: Path) -> bool:
    """Return whether all users make files in it, but replace only their own, as in /tmp."""
    found = folder.stat()
    return found.st_uid == 0 and bool(found.st_mode & stat.S_ISVTX)


def in_home() -> Path | None:
    """Return the folder for caches in the home folder; None where there is no home."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not caches.is_absolute():
        # Leaves the ~ where no home is known; Path.expanduser would raise.
        caches = Path(os.path.expanduser("~/.cache"))  # noqa: PTH111
    return caches / "hop" if caches.is_absolute() else None
