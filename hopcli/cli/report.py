"""How commands answer: JSON or text on standard output, everything else on standard error."""

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from hopcli import STARTED
from hopcli.errors import on_command_line
from hopcli.interruption import undoing
from hopcli.render.text import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

# Seconds after which a person wants to know what is going on.
PATIENCE = 1.5

# Columns of what is no terminal.
PIPE_WIDTH = 200


class Clock:
    """The seconds of a command: loading the memory, the work itself, and all together."""

    def __init__(self) -> None:
        self._spent = {"load": 0.0, "work": 0.0}

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        """Add the time that a block takes to `load` or `work`."""
        start = time.perf_counter()
        yield
        self._spent[what] += time.perf_counter() - start

    def seconds(self) -> dict[str, float]:
        """The three figures so far, rounded to microseconds."""
        total = time.perf_counter() - STARTED
        return {what: round(s, 6) for what, s in {**self._spent, "total": total}.items()}


def output() -> "Console":
    """Standard output for people."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    if not console.is_terminal:
        # Nobody's window: nothing is cut or wrapped for it.
        console.width = PIPE_WIDTH
    return console


def terminal() -> "Console | None":
    """Standard output where it is a terminal; Rich is not loaded where it is none."""
    # Rich takes a pipe for a terminal where these tell it to.
    if not sys.stdout.isatty() and not {"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys():
        return None
    console = output()
    return console if console.is_terminal else None


def say(text: str) -> None:
    """Write a line of text on standard output, broken between words where a terminal ends."""
    if (console := terminal()) is None:
        sys.stdout.write(f"{text}\n")
    else:
        console.print(text, markup=False, emoji=False)


def errors() -> "Console":
    """Standard error, for progress."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def coloured() -> bool:
    """Whether standard output shows colours."""
    console = output()
    return console.color_system is not None and not console.no_color


def watched() -> bool:
    """Whether somebody sees standard error, so that progress is worth showing."""
    return sys.stderr.isatty()


@contextmanager
def shown(progress: "Progress") -> "Iterator[Progress]":
    """Show a progress bar, and leave a terminal as it was, whatever becomes of the process."""
    if progress.disable:
        # Rich before 14.1 would write an empty line for it.
        yield progress
        return
    with undoing(_clean):
        try:
            with progress:
                yield progress
        except BaseException:
            # An interrupt while it starts leaves the cursor hidden, and Rich cannot stop it.
            with suppress(Exception):
                progress.stop()
            _clean()
            raise


@contextmanager
def progress(doing: str, total: float = 1) -> Iterator[Callable[[float, str], None]]:
    """Show a bar with the time left, where somebody watches and the work takes longer than a bit.

    What is yielded takes how much of `total` is done, and what else is to be said beside the bar.

    Args:
        doing: what stands before the bar.
        total: of the work.
    """
    if not watched():
        yield lambda done, said: None
        return
    start = time.perf_counter()
    with ExitStack() as stack:
        bars: list[Callable[[float, str], None]] = []

        def tell(done: float, said: str) -> None:
            if not bars and time.perf_counter() - start > PATIENCE:
                bars.append(stack.enter_context(_bar(doing, total)))
            for bar in bars:
                bar(done, said)

        yield tell


@contextmanager
def _bar(doing: str, total: float) -> Iterator[Callable[[float, str], None]]:
    """Show a bar until the block ends."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    bar = Progress(
        TextColumn(doing), BarColumn(), *columns, console=errors(), transient=True
    )  # fmt: skip
    with shown(bar) as running:
        task = running.add_task(doing, total=total, said="")
        yield lambda done, said: running.update(task, completed=done, said=said)


def _clean() -> None:
    """Let the terminal show its cursor, in an empty line."""
    # Meanwhile Rich has sys.stderr replaced by something that need not know what it stands for.
    if sys.__stderr__ is not None and sys.__stderr__.isatty():
        os.write(sys.__stderr__.fileno(), b"\r\x1b[2K\x1b[?25h")


@contextmanager
def compiling() -> Iterator[None]:
    """Say why it takes so long, where loading kernels has to compile them and somebody waits."""
    if not watched():
        yield
        return
    import threading

    said = "compiling the kernels, which happens once and takes about 20 s"
    timer = threading.Timer(PATIENCE, note, [said])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def note(text: str) -> None:
    """Say something aside, on standard error; parameters stand in backticks (hopcli/errors.py)."""
    sys.stderr.write(f"hop: note: {printable(on_command_line(text))}\n")


def notes(texts: Sequence[str], most: int = 10) -> None:
    """Say several things aside, and how many more there are."""
    for text in texts[:most]:
        note(text)
    if len(texts) > most:
        note(f"and {len(texts) - most} more of this kind")


def finite(value: Any) -> Any:
    """The value with None for every number that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_json(answer: dict[str, Any]) -> None:
    """Write the one JSON object of a command; ASCII, since names may be no UTF-8."""
    import json

    sys.stdout.write(json.dumps(finite(answer), allow_nan=False) + "\n")


def write_lines(lines: "list[Text]") -> None:
    """Write lines of text as they are, never wrapped."""
    console = output()
    for line in lines:
        console.print(line, soft_wrap=True)
