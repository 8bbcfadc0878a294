"""Files that are written beside memories: whole or not at all, and never over a memory."""

from pathlib import Path

from hopcli.errors import HopError
from hopcli.storage import memories, shards
from hopcli.storage.atomic import replacing


def check_path(path: Path) -> None:
    """Check that a page may be written to a path.

    Raises:
        HopError: the path is standard output, or a memory or a part of one.
    """
    if str(path) == "-":
        raise HopError(
            "`export=-` was given, but a page is written to a file; name one, such as page.html"
        )
    index = path.name == shards.INDEX and shards.has_index(path.parent)
    if index or (path.exists() and memories.looks_like_one(path)):
        raise HopError(
            f"`export={path}` was given, but that is a memory, or a part of one, and is not "
            f"overwritten; name another file"
        )


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as stream:
        stream.write(content)
