"""How long work tells how far it has come."""

from collections.abc import Callable

# Called with the share that is done, from 0 to 1, and a few words on what was reached.
Progress = Callable[[float, str], None]


def silent(done: float, reached: str) -> None:
    """Tell nobody: the default where nobody watches."""
