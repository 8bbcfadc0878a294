"""Writing the page with a memory to one file, which needs no server and no network."""

from pathlib import Path

from hopcli.model.page import files
from hopcli.model.page.data import page_data
from hopcli.model.page.memory import PageMemory, check_size
from hopcli.web.html import html
from hopcli.web.messages import message

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
    files.check_path(path)
    check_size(
        shown.stored, shown.name, MAX_MIB * 2**20, MAX_WEIGHTS_MIB * 2**20,
        "give a smaller memory, or serve it: leave out `export`",
    )  # fmt: skip
    content = html(message(*page_data(shown, complete=True))).encode()
    files.write(path, content)
    return len(content)
