"""Lists of labels or names in files: one a row of the patterns, or one for each name."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hopcli.errors import PictureError
from hopcli.formats import tables
from hopcli.formats.arrays import Rows
from hopcli.formats.limits import Limits
from hopcli.formats.readers.text import Text
from hopcli.formats.sources import find


def read(path: str | Path, limits: Limits) -> list[str | None] | dict[str, str | None]:
    """Read a list.

    Args:
        path: of an array of numbers (also FILE:NAME, as in data.npz:y), or of text: an entry a
            line, or two columns, the name of a pattern and its entry.
        limits: the most that the file may take.

    Returns:
        The entries in order, None where they are empty; or the entry of each name.

    Raises:
        PictureError: the file cannot be read, or has more columns.
    """
    (source,) = find([Path(path)], "none")
    if not isinstance(source.reader, Text) and source.reader.rows:
        found = source.reader.read(source.path, source.name, limits)
        assert isinstance(found, Rows)
        values = found.values.ravel()
        whole = (values == np.rint(values)).all()
        return [str(int(value)) if whole else f"{value:g}" for value in values]
    lines = tables.text_of(source.path, limits.memory).splitlines()
    table = tables.divided(lines)
    if any(d in line for line in lines for d in ",;\t|"):
        rows = [table.cells(line) for line in table.lines]
    else:
        # Labels of several words; an empty line is a pattern without one.
        rows = [[line.strip()] for line in lines]
    widths = {len(row) for row in rows}
    if widths == {1}:
        entries = [row[0] for row in rows]
        titled = entries[0].lower() in tables.LABELS | tables.NAMES - {""}
        return [entry or None for entry in entries[titled:]]
    if widths == {2}:
        return {name: entry or None for name, entry in rows}
    raise PictureError(
        f"{path} has rows of {' or '.join(map(str, sorted(widths)))} columns; give an entry a "
        f"line, or two columns: a name, and its entry"
    )


def entries(
    given: Sequence[str | None] | Mapping[str, str | None], names: Sequence[str], start: int
) -> list[str | None]:
    """Return the entries of patterns.

    Args:
        given: what `read` returned.
        names: of the patterns.
        start: the number of patterns before them.
    """
    if isinstance(given, Mapping):
        return [given.get(name, given.get(name.rpartition("/")[2])) for name in names]
    return list(given[start : start + len(names)])
