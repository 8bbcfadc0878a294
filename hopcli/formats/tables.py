"""Tables of numbers in text: any delimiter, decimal points or commas, with or without a header."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import PictureError
from hopcli.formats import files
from hopcli.storage.memory_limit import MemoryLimit

COMMENTS = ("#", "%", "//")
BRACKETS = str.maketrans(dict.fromkeys("[](){}", " ") | dict.fromkeys("\"'", ""))
# Titles of columns that hold labels, and names.
LABELS = {"label", "labels", "class", "target", "species", "y"}
NAMES = {"", "name", "names", "id", "file", "filename"}
# Lines that decide on the delimiter.
SAMPLE = 50
# Bytes of memory that a byte of text takes.
UNPACKED = 16
# Bytes that are looked at before the size is, and how UTF-16 begins.
HEAD = 4096
WIDE = (b"\xff\xfe", b"\xfe\xff")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Table:
    """The numbers of a table.

    Attributes:
        values: shape (rows, columns), int64 if all are whole and written so, else float64.
        names: of the rows, if a column holds them.
        labels: of the rows, if a column holds them.
        notes: what was taken as names and labels.
    """

    values: NDArray[Any]
    names: list[str] | None
    labels: list[str | None] | None
    notes: tuple[str, ...]


def text_of(path: Path, limit: MemoryLimit) -> str:
    """Read a file as text in UTF-8, UTF-16 with a mark of the order of bytes, or Latin 1.

    Raises:
        PictureError: it is no text.
        HopError: it takes more memory than the limit.
    """
    with files.opened(path) as stream:
        head = stream.read(HEAD)
        if b"\0" in head and not head.startswith(WIDE):
            raise PictureError(f"{path} is no text; give a table")
        limit.require(path, UNPACKED * stream.seek(0, os.SEEK_END))
        stream.seek(0)
        content = stream.read()
    try:
        text = content.decode("utf-16" if content.startswith(WIDE) else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if CONTROL.search(text) or not text.strip():
        raise PictureError(f"{path} is {'no text' if text.strip() else 'empty'}; give a table")
    return text


@dataclass(frozen=True)
class Lines:
    """The lines of a table, with a decimal point in numbers.

    Attributes:
        lines: without brackets, quotes, remarks and empty ones.
        delimiter: between cells; None for blanks.
    """

    lines: list[str]
    delimiter: str | None

    def cells(self, line: str) -> list[str]:
        """Divide a line into cells."""
        if self.delimiter is None:
            return line.split()
        return [cell.strip() for cell in line.split(self.delimiter)]


def divided(lines: Sequence[str]) -> Lines:
    """Find the delimiter and the decimal sign of a table."""
    kept = [line.translate(BRACKETS).strip(" ") for line in lines]
    kept = [line for line in kept if line.strip() and not line.startswith(COMMENTS)]
    if any("[" in line for line in lines[:SAMPLE]):
        # As Python and NumPy write lists.
        kept = [line.rstrip(", ") for line in kept]
    sample = kept[:SAMPLE]
    delimiter = next((d for d in "\t;|" if any(d in line for line in sample)), None)
    if delimiter is not None:
        comma = any("," in line for line in sample) and not any("." in line for line in sample)
    else:
        with_commas = [line.split() for line in sample if "," in line]
        comma = bool(with_commas) and all(
            len(cells) > 1 and all(re.fullmatch(r"[-+\d.eE]*(,\d+)?", cell) for cell in cells)
            for cells in with_commas
        )
        delimiter = "," if with_commas and not comma else None
    if comma:
        kept = [line.replace(",", ".") for line in kept]
    # Every line may end in a delimiter.
    if delimiter is not None and all(line.endswith(delimiter) for line in kept):
        kept = [line[:-1] for line in kept]
    return Lines(kept, delimiter)


def read(lines: Sequence[str], path: Path) -> Table:
    """Read a table of numbers.

    A first line of titles is passed over. A column of text, or one with a title such as "label",
    holds labels; one with a title such as "name" or none holds names.

    Raises:
        PictureError: it has rows of different lengths, or cells that are no numbers.
    """
    table = divided(lines)
    if not table.lines:
        raise PictureError(f"{path} has no line of numbers; give one pattern a line")
    start = [table.cells(line) for line in table.lines[:2]]
    titles = None
    if len(start) > 1 and _is_header(start[0], start[1]):
        titles = [title.lower() for title in start[0]]
        if len(titles) == len(start[1]) - 1:
            titles = ["", *titles]
        start, table = start[1:], Lines(table.lines[1:], table.delimiter)
    length = len(start[0])
    if titles is not None and len(titles) != length:
        titles = None
    named, labelled = _words(start[0], titles, path)
    numbers = [at for at in range(length) if at not in (named, labelled)]
    values = _values(table, numbers, length, path)
    rows = [] if named is labelled else [table.cells(line) for line in table.lines]
    if any(len(row) != length for row in rows):
        raise _fault(table, numbers, length, path)
    notes = tuple(
        f"column {at + 1} of {path} was taken as {what} of the rows"
        for at, what in ((named, "the names"), (labelled, "the labels"))
        if at is not None
    )
    return Table(
        values,
        None if named is None else [row[named] for row in rows],
        None if labelled is None else [row[labelled] or None for row in rows],
        notes,
    )


def _values(table: Lines, numbers: Sequence[int], length: int, path: Path) -> NDArray[Any]:
    """Convert columns to numbers: int64 if all are whole and written so, else float64."""
    try:
        values = np.loadtxt(
            table.lines, delimiter=table.delimiter, comments=None, ndmin=2,
            usecols=None if len(numbers) == length else numbers,
        )  # fmt: skip
    except ValueError as error:
        raise _fault(table, numbers, length, path) from error
    written = any(sign in line for line in table.lines[:SAMPLE] for sign in ".eE")
    if not written and np.abs(values).max() < 2**53 and (values == np.rint(values)).all():
        return values.astype(np.int64)
    return values


def _fault(table: Lines, numbers: Sequence[int], length: int, path: Path) -> PictureError:
    """Return the error for the first row that cannot be read."""
    for number, line in enumerate(table.lines):
        row = table.cells(line)
        if len(row) != length:
            return PictureError(
                f"{path} has {length} values in its first row, but {len(row)} in row {number + 1}; "
                f"give rows of one length"
            )
        for cell in (row[at] for at in numbers):
            if not _is_number(cell):
                what = f"“{cell[:20]}”, which is no number" if cell else "an empty cell"
                return PictureError(
                    f"{path} has in row {number + 1} {what}; give numbers, or letters drawn of "
                    f"# and ."
                )
    return PictureError(f"{path} is no table of numbers; give one pattern a line")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_header(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether the first row holds titles."""
    if any(_is_number(b) and not _is_number(a) for a, b in zip(first, second, strict=False)):
        return True
    # Pandas numbers columns that have no titles.
    counted = [str(at) for at in range(len(first))]
    return len(first) > 2 and (first == counted or (first[1:] == counted[:-1] and not first[0]))


def _words(
    row: Sequence[str], titles: Sequence[str] | None, path: Path
) -> tuple[int | None, int | None]:
    """Return the columns of names and of labels."""
    named = labelled = None
    for at, cell in enumerate(row):
        title = "" if titles is None else titles[at]
        if titles is not None and title in NAMES and len(row) > 1 and named is None:
            named = at
        elif len(row) > 1 and labelled is None and (not _is_number(cell) or title in LABELS):
            labelled = at
    if len(row) - (named is not None) - (labelled is not None) < 1:
        raise PictureError(f"{path} has no column of numbers; give one pattern a row")
    return named, labelled
