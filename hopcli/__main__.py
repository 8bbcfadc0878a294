"""`hop` and `python -m hopcli`."""

from hopcli.cli.main import main

if __name__ == "__main__":
    main()
