"""Text: tables of numbers, and patterns drawn of characters."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from hopcli.formats.arrays import Rows


class Text(AbstractReader):
    """Numbers with any delimiter, one pattern a line; or drawings divided by blank lines."""

    name: ClassVar[str] = "table or drawing in text"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".dat")
    rows: ClassVar[bool] = True

    def recognises(self, start: bytes, path: str) -> bool:
        """Recognise lines of numbers."""
        import re

        return bool(re.match(rb"\s*[-+]?\d[-+.,;|\s\deE]*$", start.removeprefix(b"\xef\xbb\xbf")))

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read the patterns."""
        from hopcli.formats import tables, text

        return text.rows_of(tables.text_of(path, limits.memory), path, name, limits)


MEMBER = Text()
