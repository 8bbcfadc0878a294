"""Where compiled kernels may be kept: in a folder that nobody else can write to.

What is kept are pickles, and whoever writes a pickle that is read decides what is run.
"""

import os
import stat
from pathlib import Path

BESIDE = Path(__file__).parent / "__pycache__"


def choose() -> bool:
    """Point numba to the first safe folder, if it is not loaded yet; says whether there is one.

    The folders are that of NUMBA_CACHE_DIR, the one beside the source, and one for caches in the
    home folder.
    """
    given = os.environ.pop("NUMBA_CACHE_DIR", "")
    if given and is_safe(Path(given)):
        os.environ["NUMBA_CACHE_DIR"] = given
    elif not _is_safe_beside():
        home = _home()
        if home is None or not is_safe(home):
            return False
        os.environ["NUMBA_CACHE_DIR"] = str(home)
    return True


def is_safe(folder: Path) -> bool:
    """Whether this user can write to a folder, or make it, and nobody else can, or replace it."""
    place = Path(os.path.realpath(folder))
    while not place.exists():
        place = place.parent
    above = [_is_ours(folder) or _is_shared(folder) for folder in place.parents]
    writable = place.is_dir() and os.access(place, os.W_OK)
    return writable and all(above) and _is_ours(place)


def _is_safe_beside() -> bool:
    """Whether kernels can be kept beside their source, which its owner might change as well."""
    package = BESIDE.parent.stat()
    place = BESIDE if BESIDE.exists() else BESIDE.parent
    return os.access(place, os.W_OK) and _is_ours(place, package.st_uid)


def _is_ours(folder: Path, *others: int) -> bool:
    """Whether only this user, the system's, and others of these numbers can write to a folder."""
    found = folder.stat()
    # Where each user has a group of his own, folders are often open to it.
    writers = stat.S_IWOTH if found.st_gid == os.getegid() else stat.S_IWOTH | stat.S_IWGRP
    return found.st_uid in (0, os.geteuid(), *others) and not found.st_mode & writers


def _is_shared(folder: Path) -> bool:
    """Whether it is one such as /tmp, where everybody makes files, but replaces only his own."""
    found = folder.stat()
    return found.st_uid == 0 and bool(found.st_mode & stat.S_ISVTX)


def _home() -> Path | None:
    """The folder for caches in the home folder; None where there is no home."""
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not caches.is_absolute():
        # Leaves the ~ where nobody's home is known; Path's own would raise.
        caches = Path(os.path.expanduser("~/.cache"))  # noqa: PTH111
    return caches / "hop" if caches.is_absolute() else None
