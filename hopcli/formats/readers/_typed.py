"""Patterns that are typed rather than read from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hopcli.formats.limits import Limits
from hopcli.formats.readers.abstract import AbstractReader

if TYPE_CHECKING:
    from hopcli.formats.arrays import Rows


class Typed(AbstractReader):
    """A pattern typed as "+-+-" or 1,0,1; the name is the text."""

    name: ClassVar[str] = "typed pattern"
    extensions: ClassVar[tuple[str, ...]] = ()
    rows: ClassVar[bool] = True

    def read(self, path: Path, name: str, limits: Limits) -> "Rows":
        """Read the pattern from its name."""
        from hopcli.formats import drawn
        from hopcli.formats.arrays import Rows

        values = drawn.typed(name)
        return Rows(values.reshape(1, -1), [name], values.shape if len(values) > 1 else None)
