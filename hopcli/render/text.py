"""Text from outside, made safe to show."""


def printable(text: str) -> str:
    """The text with everything that a terminal would obey, or cannot show, written as an escape."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def shortened(text: str, width: int) -> str:
    """The text, its middle left out where it takes more than so many columns."""
    # Not above: errors and JSON do without Rich.
    from rich.cells import cell_len

    kept = len(text)
    cut = text
    while kept and cell_len(cut) > width:
        kept -= 1
        head = kept // 2
        cut = text[:head] + "…" + text[len(text) - (kept - head) :]
    return cut
