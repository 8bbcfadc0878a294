"""Writing the page with a memory to one file, which needs no server and no network."""

from pathlib import Path

from hopcli.errors import HopError
from hopcli.storage import memories, shards
from hopcli.storage.atomic import replacing
from hopcli.web.html import html
from hopcli.web.page_data import check_size, page_data
from hopcli.web.page_memory import PageMemory

# MiB of pixels, at one byte a neuron, and of learned weights that a file may embed. 16 MiB are
# 4,096 grey pictures of 64×64, or the Hebbian weights of as many neurons.
MAX_MIB = 16
MAX_WEIGHTS_MIB = 64


def export(shown: PageMemory, path: Path) -> int:
    """Write the page with a memory, whole or not at all.

    Args:
        shown: the memory.
        path: the HTML file.

    Returns:
        The size of the file in bytes.

    Raises:
        HopError: the memory is too large, or the path is not a file that may be written.
    """
    if str(path) == "-":
        raise HopError(
            "`export=-` was given, but a page is written to a file; name one, such as page.html"
        )
    check_size(
        shown, MAX_MIB * 2**20, MAX_WEIGHTS_MIB * 2**20,
        "give a smaller memory, or serve it: leave out `export`",
    )  # fmt: skip
    index = path.name == shards.INDEX and shards.has_index(path.parent)
    if index or (path.exists() and memories.looks_like_one(path)):
        raise HopError(
            f"`export={path}` was given, but that is a memory, or a part of one, and is not "
            f"overwritten; name another file"
        )
    content = html(page_data(shown, complete=True)).encode()
    with replacing(path) as stream:
        stream.write(content)
    return len(content)
