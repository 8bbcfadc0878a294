"""Standard streams that can be written to whatever they are connected to."""

import contextlib
import io
import os
import sys
from typing import Any


class StandardOutputError(Exception):
    """Standard output cannot be written although its reader exists; the message says why."""


class _Output(io.FileIO):
    """Standard output whose errors can be told from those of other files."""

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
    """Standard error whose failures are ignored."""

    def write(self, data: Any) -> int | None:
        """Write bytes, if that can be done."""
        try:
            return super().write(data)
        except OSError:
            return len(data)


def occupy() -> None:
    """Open the null device as each standard stream that is closed.

    Otherwise the next opened file would get the number of a standard stream.
    """
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(spare, True)
    os.close(spare)


def prepare() -> None:
    """Replace missing streams, and characters that an encoding lacks."""
    occupy()
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = _renewed(sys.stdout, sys.__stdout__, _Output(1, "w", closefd=False), "replace")
    sys.stderr = _renewed(
        sys.stderr, sys.__stderr__, _Aside(2, "w", closefd=False), "backslashreplace"
    )


def give_up() -> None:
    """Discard what standard output has not accepted, which would fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.suppress(Exception):
        sys.stdout.flush()


def _renewed(stream: Any, first: Any, raw: io.FileIO, errors: str) -> Any:
    """Return a stream over another file, or the stream itself where a program has replaced it."""
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
