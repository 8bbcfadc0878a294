"""A row of numbers as a row of small bars."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw values as bars between their least and their greatest, at most `width` of them.

    If there are more values than columns, evenly spaced ones are drawn, including the last.
    """
    if len(values) > width:
        last = len(values) - 1
        values = [values[round(i * last / max(1, width - 1))] for i in range(width)]
    low, high = min(values), max(values)
    if low == high:
        return BARS[0] * len(values)
    return "".join(BARS[round((v - low) / (high - low) * (len(BARS) - 1))] for v in values)
