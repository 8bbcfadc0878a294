"""Text of unknown origin, made safe to show in a terminal."""


def printable(text: str) -> str:
    """Replace characters that are not printable, such as control codes, by escapes."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def shortened(text: str, width: int) -> str:
    """Replace the middle of a text by … if it is wider than so many columns."""
    # Imported here, since errors and JSON do without Rich.
    from rich.cells import cell_len

    kept = len(text)
    cut = text
    while kept and cell_len(cut) > width:
        kept -= 1
        head = kept // 2
        cut = text[:head] + "…" + text[len(text) - (kept - head) :]
    return cut
