"""`hop` and `python -m hopcli`."""

import sys


def main() -> None:
    """Run the command line; an interrupt while it is still loading ends as quietly as any."""
    try:
        from hopcli.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
