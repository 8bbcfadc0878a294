"""`hop` and `python -m hopcli`."""

import os
import sys

# Before NumPy is loaded: its products are small here, and where the other core is busy a second
# thread makes them many times slower instead of twice as fast.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A width of 0 says nothing, and would leave no column to write in.
if os.environ.get("COLUMNS") == "0":
    del os.environ["COLUMNS"]

# Rich takes every dumb terminal for one of 80 columns and 25 lines, unless it is told both.
if os.environ.get("TERM") in ("dumb", "unknown") and os.isatty(1):
    columns, lines = os.get_terminal_size(1)
    os.environ.setdefault("COLUMNS", str(columns or 80))
    os.environ.setdefault("LINES", str(lines or 25))


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from hopcli import interruption
        from hopcli.cli import streams

        streams.occupy()
        interruption.watch()
    except KeyboardInterrupt:
        os._exit(130)
    try:
        from hopcli.cli.main import main as run

        run()
    except SystemExit as ended:
        _end(ended.code)


def _end(code: object) -> None:
    """End the process, without taking the interpreter down piece by piece.

    That takes 25 ms, as long as all that `hop` adds to the imports of a small recall. Whatever is
    still at work is left to Python.
    """
    import atexit

    threads = sys.modules.get("threading")
    if isinstance(code, int | None) and (threads is None or threads.active_count() == 1):
        atexit._run_exitfuncs()
        os._exit(code or 0)
    sys.exit(code)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
