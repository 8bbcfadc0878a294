"""The limit of the memory that the content of a file may take."""

import os
from dataclasses import dataclass

from hopcli.errors import HopError

# Data that unpacks to more than so many times its size and more than so many bytes may be made to
# exhaust the memory. Pictures seldom shrink to a twentieth; deflate reaches a factor of 1,032.
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
        """Check a size against the limit.

        Args:
            what: takes the memory: in words, or a path.
            needed: bytes.
            remedy: what to give instead, with {} for a limit that suffices.

        Raises:
            HopError: the size exceeds the limit.
        """
        if needed > self.bytes:
            whose = "half of the machine's memory" if self.given is None else "`max_memory`"
            raise HopError(
                f"{what} takes {needed:,} bytes of memory, and {whose} is {self.bytes:,}; give "
                f"{remedy.format(_enough(needed))}"
            )

    def require_unpacked(self, what: object, packed: int, size: int) -> None:
        """Check that data does not unpack to a suspicious size, unless a limit was given.

        Raises:
            HopError: it does.
        """
        if self.given is None and size > max(SUSPICIOUS_BYTES, SUSPICIOUS_RATIO * packed):
            raise HopError(
                f"{what} unpacks from {packed:,} bytes to {size:,}, as files do that are made to "
                f"fill a machine; if you trust it, give `max_memory={_enough(size)}`"
            )


def _enough(needed: int) -> str:
    """Return the next whole number of MiB or GiB, as text."""
    return f"{needed // 2**30 + 1}G" if needed >= 2**30 else f"{needed // 2**20 + 1}M"


HALF_THE_MACHINE = MemoryLimit()
