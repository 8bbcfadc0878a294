"""Times of functions and of whole processes, for all benchmarks."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def seconds(work: Callable[[], object]) -> float:
    """Measure one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def times(work: Callable[[], object], runs: int) -> list[float]:
    """Measure so many calls in seconds, after one that does not count."""
    return [seconds(work) for _ in range(runs + 1)][1:]


def process_seconds(call: Sequence[str], folder: str | Path = ".") -> float:
    """Measure a process from its start to its end."""
    return seconds(lambda: subprocess.run(call, cwd=folder, check=True, capture_output=True))
