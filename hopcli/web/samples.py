"""The sample patterns, which are installed with the package."""

from pathlib import Path

from hopcli.errors import HopError
from hopcli.model.memory import Memory
from hopcli.model.store import store

NAME = "sample patterns"
PACKAGE = Path(__file__).parent.parent
# The folder in an installed package, and in a checkout.
FOLDERS = (PACKAGE / "sample_patterns", PACKAGE.parent / "sample_patterns" / "whole")


def memory() -> Memory:
    """Store the letters and pictograms in a memory, as `hop store` does.

    Raises:
        HopError: the package was installed without them.
    """
    for folder in FOLDERS:
        if folder.is_dir():
            return store(folder)
    raise HopError("the sample patterns are missing from the installation; name a `memory`")
