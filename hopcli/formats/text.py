"""Text as patterns: drawings, tables, and tables divided by blank lines."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from hopcli.errors import PictureError
from hopcli.formats import arrays, drawn, tables
from hopcli.formats.arrays import Rows
from hopcli.formats.limits import Limits


def rows_of(text: str, path: Path, name: str, limits: Limits) -> Rows:
    """Read the patterns of a text.

    Args:
        text: drawings of marks such as `#` and `.`, divided by blank lines, with names on lines
            such as "= A"; or a table, one pattern a line; or pictures of numbers, divided by blank
            lines.
        path: for errors.
        name: of the patterns that have none.
        limits: how it is read.

    Raises:
        PictureError: it is none of these.
    """
    lines = text.splitlines()
    blocks = drawn.blocks(lines)
    names: list[str | None]
    if drawn.is_drawn(blocks):
        values, names = drawn.read(blocks, path)
        rows = _named(arrays.stacked(values, name), names)
        height, width = values.shape[1:]
        note = f"{path} was taken as {len(values)} drawings of {width}x{height}; blank lines divide"
        return replace(rows, notes=(note,)) if len(values) == 1 < height else rows
    pictures = _pictures(blocks, path)
    if pictures is not None:
        found = arrays.of_values(pictures, path, name, columns=limits.columns)
        return _named(found, [title for title, _ in blocks])
    table = tables.read([line for _, block in blocks for line in block], path)
    found = arrays.of_values(table.values, path, name, columns=limits.columns)
    if limits.columns:
        return found
    labels = table.labels or found.labels
    found = replace(found, labels=labels, notes=(*found.notes, *table.notes))
    return found if table.names is None else _named(found, list(table.names))


def _pictures(blocks: list[drawn.Block], path: Path) -> np.ndarray | None:
    """Return pictures of numbers, shape (K, h, w); None if blocks are not alike."""
    if len(blocks) < 2 or len(blocks[0][1]) < 2:
        return None
    if any(len(block) != len(blocks[0][1]) for _, block in blocks):
        return None
    try:
        found = [tables.read(block, path) for _, block in blocks]
    except PictureError:
        return None
    if any(each.names or each.labels for each in found):
        return None
    values = [each.values for each in found]
    return np.array(values) if len({each.shape for each in values}) == 1 else None


def _named(rows: Rows, names: list[str | None]) -> Rows:
    """Return rows with names where there are any."""
    given = [old if new is None else new for old, new in zip(rows.names, names, strict=True)]
    return replace(rows, names=given)
