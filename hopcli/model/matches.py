"""What is said of a cue that was compared with the stored pictures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hopcli.model.alignment import Nearest

# Least changes that are worth a word: pixels, degrees, shares of the size and of the cue, and of
# the range of levels.
MOVED, TURNED, SCALED, COVERED, LIGHT = 0.5, 0.5, 0.02, 0.02, 0.06
# Gains that have a name, within a tenth.
GAINS = {0.25: "a quarter as bright", 0.5: "half as bright", 2.0: "twice as bright"}
# Stored pictures that are named where a cue is like none of them.
NAMED = 3


def match(
    cue: str,
    match: str,
    nearest: "Sequence[Nearest]",
    alignment: Mapping[str, Any] | None,
    patterns: int,
    why: str | None = None,
) -> str:
    """Say which stored picture a cue is, what was done to it, and how sure that is.

    Args:
        cue: its name.
        match: "sure", "doubtful" or "none".
        nearest: the stored pictures that explain it best.
        alignment: what was done to the first of them; None without a match.
        patterns: the number of stored pictures.
        why: why the cue was compared with nothing; None if it was.
    """
    first = nearest[0]
    if match == "sure":
        done = "".join(f", {each}" for each in changes(alignment or {}))
        return f"{cue} is {named(first)}{done}: certain ({probability(first.probability)})"
    if match == "doubtful":
        likely = [each for each in nearest if each.probability >= 0.05][:NAMED]
        done = "".join(f", {each}" for each in changes(alignment or {}))
        listed = " or ".join(f"{named(e)} ({probability(e.probability)})" for e in likely)
        return f"{cue} may be {listed or named(first)}{done}: doubtful"
    stored = "the stored picture" if patterns == 1 else f"none of the {patterns:,} stored pictures"
    text = f"{cue} is {'unlike' if patterns == 1 else 'like'} {stored}"
    if why is not None:
        return f"{text}: {why}"
    listed = ", ".join(f"{e.name} ({probability(e.probability)})" for e in nearest[:NAMED])
    return f"{text}; nearest: {listed}"


def named(pattern: "Nearest") -> str:
    """Return a pattern's name, with its label if it has one."""
    return pattern.name if pattern.label is None else f"{pattern.name} ({pattern.label})"


def probability(value: float) -> str:
    """Return a probability with two digits, or four near 1."""
    if value > 0.99995:
        return "1"
    return f"{value:.4f}" if value > 0.99 else f"{value:.2f}"


def changes(alignment: Mapping[str, Any]) -> list[str]:
    """Return in words what was done to a stored picture to explain a cue."""
    if not alignment:
        return []
    words = []
    right, down = alignment["moved"]
    moved = [
        f"{abs(by):.0f} {plus if by > 0 else minus}"
        for by, plus, minus in ((right, "right", "left"), (down, "down", "up"))
        if abs(by) >= MOVED
    ]
    if moved:
        words.append(f"moved {' and '.join(moved)}")
    if abs(alignment["turned"]) >= TURNED:
        clockwise = " clockwise" if alignment["turned"] < 0 else ""
        words.append(f"turned by {abs(alignment['turned']):.0f}°{clockwise}")
    if abs(alignment["scaled"] - 1) >= SCALED:
        words.append(f"scaled to {100 * alignment['scaled']:.0f} %")
    if alignment["mirrored"]:
        words.append("mirrored")
    words += _light(alignment)
    if alignment["covered"] >= COVERED:
        words.append(f"{100 * alignment['covered']:.0f} % covered")
    return words


def _light(alignment: Mapping[str, Any]) -> list[str]:
    """Return in words what became of the light."""
    gain, offset = alignment["gain"], alignment["offset"]
    words = []
    if alignment["negative"]:
        words.append("negative")
        gain, offset = -gain, offset + gain
    if abs(offset) < LIGHT:
        if abs(gain - 1) < LIGHT:
            return words
        near = [text for value, text in GAINS.items() if abs(gain / value - 1) < 0.1]
        return [*words, near[0] if near else f"{gain:.2f} times as bright"]
    if abs(gain - 1) >= 2 * LIGHT:
        words.append(f"of {100 * gain:.0f} % of its contrast")
    shift = 0.5 * gain + offset - 0.5
    if abs(shift) >= LIGHT:
        words.append(f"{'brighter' if shift > 0 else 'darker'} by {abs(shift):.2f}")
    return words
