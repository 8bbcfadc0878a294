"""Ctrl-C, SIGTERM and a closed terminal: the process ends at once, with nothing left half done.

Nothing is raised for them. An exception may come up anywhere: in a destructor or a callback, where
Python reports it and goes on, or in a library between the making of a thing and its keeping. So
what is under way says beforehand how it is undone (`undoing`), and the handler undoes it, while the
main thread stands still, and ends the process with 128 plus the signal's number.

Python calls handlers in the main thread, between two of its bytecodes. A compiled kernel, or NumPy
with large matrices, may be long in coming back to one. Then a second thread, which the signal
wakes, does the same; kernels let go of the interpreter's lock for it (kernels/compiling.py), as
NumPy does. It is there from when such work begins (`stand_by`), and no sooner, since a process with
threads had better not fork (formats/parallel.py).
"""

import _thread
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

# SIGHUP is that of a terminal that is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds in which the main thread should come back to Python.
GRACE = 0.4


# Functions that undo unfinished work; signals that the main thread has handled; and for each block
# of `raising`, whether it has raised.
_under_way: list[Callable[[], object]] = []
_heard: list[int] = []
_told: list[bool] = []
# Whether there is the second thread.
_stood_by: list[bool] = []


def watch() -> None:
    """Install handlers that end the process at SIGINT, SIGTERM and SIGHUP.

    Signals that the parent set to be ignored, as nohup does, stay ignored. Call it once, in the
    main thread.
    """
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _hear)
    os.register_at_fork(after_in_child=_leave_to_the_parent)


def stand_by() -> None:
    """Start a thread that handles signals while the main thread is in compiled code.

    Call it in the main thread. It has no effect where `watch` was not called.
    """
    if _stood_by or not any(signal.getsignal(number) == _hear for number in SIGNALS):
        return
    _stood_by.append(True)
    wakes, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    _thread.start_new_thread(_stand_by, (wakes,))


@contextmanager
def undoing(undo: Callable[[], object]) -> Iterator[None]:
    """Call `undo` if a signal ends the process in the block; it may be called twice.

    Exceptions in the block are left to the caller.
    """
    _under_way.append(undo)
    try:
        yield
    finally:
        _under_way.remove(undo)


@contextmanager
def raising() -> Iterator[None]:
    """Raise the first of the signals that comes in this block, as KeyboardInterrupt.

    It ends the process nevertheless where the main thread does not come back to Python, or where
    Python would report and forget the exception.
    """
    _told.append(False)
    before, sys.unraisablehook = sys.unraisablehook, _end_if_forgotten
    try:
        yield
    finally:
        sys.unraisablehook = before
        _told.pop()


def code() -> int:
    """Return the exit code of a process that ends at the signal received."""
    return 128 + (_heard[-1] if _heard else signal.SIGINT)


def _leave_to_the_parent() -> None:
    """Forget, in a forked child, what its parent has to undo, and restore the default handlers."""
    _under_way.clear()
    for number in SIGNALS:
        if signal.getsignal(number) == _hear:
            signal.signal(number, signal.SIG_DFL)


def _hear(number: int, _frame: FrameType | None) -> None:
    """Handle a signal in the main thread."""
    _heard.append(number)
    if _told and not _told[-1]:
        _told[-1] = True
        raise KeyboardInterrupt
    _end(number)


def _stand_by(wakes: int) -> None:
    """End the process, from the second thread, where the main thread does not handle a signal."""
    came = 0
    while True:
        (number,) = os.read(wakes, 1)
        if number in SIGNALS:
            came += 1
            time.sleep(GRACE)
            if len(_heard) < came:
                _end(number)


def _end_if_forgotten(raised: Any) -> None:
    if isinstance(raised.exc_value, KeyboardInterrupt):
        _end(_heard[-1] if _heard else signal.SIGINT)
    sys.__unraisablehook__(raised)


def _end(number: int) -> None:
    for undo in reversed(_under_way):
        with suppress(Exception):
            undo()
    os._exit(128 + number)
