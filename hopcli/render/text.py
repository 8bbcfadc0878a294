"""Text from outside, made safe to show."""


def printable(text: str) -> str:
    """The text with everything that a terminal would obey, or cannot show, written as an escape."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def shortened(text: str, width: int) -> str:
    """The text, its middle left out where it is wider than so many columns."""
    if len(text) <= width:
        return text
    kept = max(0, width - 1)
    head = kept // 2
    return text[:head] + "…" + text[len(text) - (kept - head) :]
