"""Capacities that theory predicts, as data; the formulas stand with interactions and rules."""

from dataclasses import dataclass

TYPICAL = "one typical pattern"
ALL = "all patterns at once"


@dataclass(frozen=True)
class Prediction:
    """A number of patterns that theory gives.

    Attributes:
        what: what is asked of the patterns, in words.
        patterns: K, or None where it is too large for a float.
        log2_patterns: log₂ K.
        meaning: whether this holds for one typical pattern or for all patterns at once.
        source: the publication.
    """

    what: str
    patterns: float | None
    log2_patterns: float
    meaning: str
    source: str


def prediction(what: str, log2_patterns: float, meaning: str, source: str) -> Prediction:
    """Make a prediction from log₂ K."""
    patterns = 2**log2_patterns if log2_patterns < 1024 else None
    return Prediction(what, patterns, log2_patterns, meaning, source)
