"""Patterns drawn or typed in text, such as letters of `#` and `.`; a mark is +1."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hopcli.errors import PictureError

# +1, −1, and unknown; O is a mark unless there are others, as in patterns of X and O.
MARKS, GROUND, UNKNOWN, EITHER = "#*@Xx+1█■●", ".-_0 ░□·−", "?", "oO"
DIGITS = set("01? ")
# Single characters with single blanks between them.
SPACED = re.compile(r"\S( \S)*")
# A number that has a sign or a point is no sequence of marks.
NUMBER = re.compile(r"[-+−.]\d|\d[.,]")

Block = tuple[str | None, list[str]]


def blocks(lines: Sequence[str]) -> list[Block]:
    """Divide lines into blocks at blank lines and at names, such as "= A".

    Returns:
        The name of each block, None if it has none, and its lines.
    """
    found: list[Block] = []
    name, block = None, []
    for line in [*lines, ""]:
        begins = line.startswith("=")
        if (begins or not line.strip()) and block:
            found.append((name, block))
            name, block = None, []
        if begins:
            name = line.strip("= \t") or None
        elif line.strip():
            block.append(line.rstrip())
    return found


def is_drawn(found: Sequence[Block]) -> bool:
    """Tell whether blocks are drawings, rather than tables of numbers or something else."""
    lines = [line for _, block in found for line in block]
    used = {sign for line in lines for sign in line}
    if not used or not used <= {*MARKS, *GROUND, *UNKNOWN, *EITHER}:
        return False
    if any(NUMBER.search(line) for line in lines):
        return False
    if used & {"0", "1"}:
        # One block of digits with blanks between them is a table.
        spaced = any(" " in line for line in lines)
        return used <= DIGITS and max(map(len, lines)) > 1 and (len(found) > 1 or not spaced)
    return bool(used - {*GROUND})


def signs(block: Sequence[str], others: str = "") -> NDArray[np.float32]:
    """Convert a drawing to ±1, NaN where unknown, shape (h, w).

    Args:
        block: its lines; shorter ones are filled with ground.
        others: what belongs to the same file, which decides what O means.
    """
    lines = list(block)
    if all(SPACED.fullmatch(line) for line in lines):
        lines = [line.replace(" ", "") for line in lines]
    width = max(map(len, lines))
    used = {*"".join(lines), *others}
    marks = MARKS if used & {*MARKS} else MARKS + EITHER
    known = {**dict.fromkeys(MARKS + GROUND + EITHER, -1.0), **dict.fromkeys(marks, 1.0)}
    return np.array(
        [[known.get(sign, np.nan) for sign in line.ljust(width)] for line in lines],
        dtype=np.float32,
    )


def read(found: Sequence[Block], path: object) -> tuple[NDArray[np.float32], list[str | None]]:
    """Convert drawings to ±1.

    Returns:
        Shape (drawings, h, w), NaN where unknown, and their names, None where they have none.

    Raises:
        PictureError: they have different sizes.
    """
    others = "".join(line for _, block in found for line in block)
    drawings = [signs(block, others) for _, block in found]
    # Blanks at the end of lines are lost easily.
    width = max(each.shape[1] for each in drawings)
    if " " in others:
        drawings = [
            np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=-1)
            for each in drawings
        ]
    for number, each in enumerate(drawings):
        if each.shape != drawings[0].shape:
            one, other = (f"{a.shape[1]}x{a.shape[0]}" for a in (drawings[0], each))
            raise PictureError(
                f"{path} has a drawing of {one}, but number {number + 1} is of {other}; give all "
                f"the same size, with blank lines between them"
            )
    return np.array(drawings), [name for name, _ in found]


def is_typed(text: str) -> bool:
    """Tell whether a text is a pattern of at least two neurons, as `typed` reads it."""
    try:
        return typed(text).size > 1
    except PictureError:
        return False


def typed(text: str) -> NDArray[np.float64]:
    """Convert a pattern typed on the command line: signs such as "+-+-", or numbers as 1,0,1.

    Semicolons and line breaks divide it into the rows of a picture; `?` is unknown.

    Returns:
        Shape (h, w), NaN where unknown.

    Raises:
        PictureError: it is neither.
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    try:
        if is_drawn([(None, lines)]) or (
            lines and {*"".join(lines)} <= {*GROUND, *MARKS} - {*"01 "}
        ):
            return signs(lines).astype(np.float64)
        rows = [re.split(r"[,\s]+", line.strip("[](), ")) for line in lines]
        values = np.array([[np.nan if n == "?" else float(n) for n in row] for row in rows])
        if values.size and not np.isinf(values).any():
            return values
    except ValueError:
        pass
    raise PictureError(
        f"`pattern={text}` is no pattern; give signs such as +-+- or #..#, or numbers such as "
        f"1,0,1, and rows divided by semicolons"
    )
