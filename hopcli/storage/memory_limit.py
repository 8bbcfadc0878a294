"""How much of the machine's memory the content of a file may take."""

import os
from dataclasses import dataclass

from hopcli.errors import HopError

# Data that unpacks to more than so many times its size on the disk, and to more than so many
# bytes, is what files that are made to fill a machine consist of. Pictures seldom shrink to a
# twentieth, and the deflate of zips reaches 1,032-fold at most.
SUSPICIOUS_RATIO = 100
SUSPICIOUS_BYTES = 2**26


@dataclass(frozen=True)
class MemoryLimit:
    """The most memory that the content of a file may take.

    Attributes:
        given: bytes, or None for half of the machine's memory.
    """

    given: int | None = None

    @property
    def bytes(self) -> int:
        """The limit in bytes."""
        if self.given is not None:
            return self.given
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2

    def require(
        self, what: object, needed: int, remedy: str = "`max_memory={}` to read it all the same"
    ) -> None:
        """See that something may take so many bytes of memory.

        Args:
            what: in words, or its path.
            needed: bytes.
            remedy: what else to give, with {} for a limit that suffices.

        Raises:
            HopError: it may not.
        """
        if needed > self.bytes:
            whose = "half of the machine's memory" if self.given is None else "`max_memory`"
            raise HopError(
                f"{what} takes {needed:,} bytes of memory, and {whose} is {self.bytes:,}; give "
                f"{remedy.format(_enough(needed))}"
            )

    def require_unpacked(self, what: object, packed: int, size: int) -> None:
        """See that data may be unpacked, as seems harmless or somebody has allowed.

        Raises:
            HopError: it may not.
        """
        if self.given is None and size > max(SUSPICIOUS_BYTES, SUSPICIOUS_RATIO * packed):
            raise HopError(
                f"{what} unpacks from {packed:,} bytes to {size:,}, as files do that are made to "
                f"fill a machine; if you trust it, give `max_memory={_enough(size)}`"
            )


def _enough(needed: int) -> str:
    """A round size above this one, with something to spare for the rest of a file."""
    return f"{needed // 2**30 + 1}G" if needed >= 2**30 else f"{needed // 2**20 + 1}M"


HALF_THE_MACHINE = MemoryLimit()
