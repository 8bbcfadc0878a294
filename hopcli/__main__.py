"""`hop` and `python -m hopcli`."""

import os
import sys

# Before NumPy is loaded: its products are small here, and where the other core is busy a second
# thread makes them many times slower instead of twice as fast.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A width of 0 says nothing, and would leave no column to write in.
if os.environ.get("COLUMNS") == "0":
    del os.environ["COLUMNS"]


def main() -> None:
    """Run the command line; an interrupt while it is still loading ends as quietly as any."""
    try:
        from hopcli.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
