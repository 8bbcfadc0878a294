"""Numbers for people."""


def patterns_text(log2_patterns: float) -> str:
    """A number of patterns given by its logarithm: to four digits, or as a power of two."""
    if log2_patterns > 40:
        return f"2^{log2_patterns:.5g}"
    patterns = 2**log2_patterns
    return f"{patterns:,.0f}" if patterns >= 1000 else f"{patterns:.4g}"
