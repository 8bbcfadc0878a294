"""The sample patterns, which travel with the installed package."""

from pathlib import Path

from hopcli.errors import HopError
from hopcli.formats.collect import Plan, collect
from hopcli.formats.sources import find
from hopcli.storage.memory_file import Memory

NAME = "sample patterns"
PACKAGE = Path(__file__).parent.parent
# In an installed package, and in a checkout.
PLACES = (PACKAGE / "sample_patterns", PACKAGE.parent / "sample_patterns" / "whole")


def memory() -> Memory:
    """Letters and pictograms, as `hop store` makes a memory of them.

    Raises:
        HopError: they are not there.
    """
    for place in PLACES:
        if place.is_dir():
            return collect(find([place], "folder"), Plan(None, "auto", None, None))[0]
    raise HopError("the sample patterns are not where hop was installed; give a memory with -m")
