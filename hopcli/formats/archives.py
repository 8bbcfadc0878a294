"""Files that hold several arrays by name, of which one is read."""

from collections.abc import Sequence
from pathlib import Path

from hopcli.errors import PictureError

# Names listed in an error.
MOST_LISTED = 12


def chosen(path: Path, wanted: str | None, names: Sequence[str]) -> str:
    """Return the name of the array that is read.

    Args:
        path: of the file.
        wanted: the name that was given; None for the only array.
        names: of all arrays.

    Raises:
        PictureError: there is no such array, or several and no name was given.
    """
    if not names:
        raise PictureError(f"{path} holds no array of numbers; give one that does")
    listed = ", ".join(names[:MOST_LISTED])
    if names[MOST_LISTED:]:
        listed += f" and {len(names) - MOST_LISTED} more"
    if wanted is None and len(names) > 1:
        raise PictureError(
            f"{path} holds {len(names)} arrays ({listed}); name one, as in {path}:{names[0]}"
        )
    if wanted is not None and wanted not in names:
        raise PictureError(f"{path} holds no array {wanted}; it holds {listed}")
    return wanted or names[0]
