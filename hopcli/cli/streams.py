"""Standard streams that can be relied on, wherever they lead."""

import contextlib
import io
import os
import sys
from typing import Any


class StandardOutputError(Exception):
    """Standard output takes no more, its reader being there still; the message says why."""


class _Output(io.FileIO):
    """Standard output, which tells its errors from those of other files."""

    def write(self, data: Any) -> int | None:
        """Write bytes.

        Raises:
            BrokenPipeError: nobody reads them.
            StandardOutputError: they cannot be written.
        """
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StandardOutputError(error.strerror) from error


class _Aside(io.FileIO):
    """Standard error, where nothing is said that a command may fail for."""

    def write(self, data: Any) -> int | None:
        """Write bytes, if that can be done."""
        try:
            return super().write(data)
        except OSError:
            return len(data)


def occupy() -> None:
    """Put the null device in the place of streams that are closed.

    Else the next file that is opened would have the number of a stream, and be taken for it.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(spare, True)
    os.close(spare)


def prepare() -> None:
    """Let nothing fail for want of a stream, or of a character in its encoding."""
    occupy()
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = _renewed(sys.stdout, sys.__stdout__, _Output(1, "w", closefd=False), "replace")
    sys.stderr = _renewed(
        sys.stderr, sys.__stderr__, _Aside(2, "w", closefd=False), "backslashreplace"
    )


def give_up() -> None:
    """Forget what standard output has not taken, which would fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.suppress(Exception):
        sys.stdout.flush()


def _renewed(stream: Any, first: Any, raw: io.FileIO, errors: str) -> Any:
    """The stream over another file; itself, where it is one that a program put in its place."""
    if stream is not first:
        return stream
    if stream is not None:
        stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream else "utf-8",
        errors=errors,
        line_buffering=raw.isatty() or raw.fileno() == 2,
        write_through=bool(stream) and stream.write_through,
    )
