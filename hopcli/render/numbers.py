"""Numbers as text."""

# Units of time, their seconds, and how many of each are written before the next unit is used.
UNITS = (("s", 1, 90), ("min", 60, 90), ("h", 3600, 48), ("days", 86400, 700))


def patterns_text(log2_patterns: float) -> str:
    """Format a number of patterns, given by its logarithm: four digits, or a power of two."""
    if log2_patterns > 40:
        return f"2^{log2_patterns:.5g}"
    return count_text(2**log2_patterns)


def count_text(number: float) -> str:
    """Format a number that need not be whole: four digits, or whole from 1,000 on."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.4g}"


def duration_text(seconds: float) -> str:
    """Format a time in a suitable unit: 40 s, 12 min, 3 h, 5 days, 40 years."""
    for unit, length, most in UNITS:
        if seconds < most * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds / 31_557_600:,.3g} years"
