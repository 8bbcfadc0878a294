"""Files that are read."""

from pathlib import Path

from hopcli.errors import PictureError


def require(path: Path) -> None:
    """See that a path is that of an ordinary file; a pipe would be waited for without end.

    Raises:
        PictureError: it is not.
    """
    if not path.exists():
        raise PictureError(f"there is no file {path}; check its name")
    if not path.is_file():
        raise PictureError(f"{path} is no ordinary file, and is not read")
