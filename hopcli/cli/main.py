"""The command line: registers the commands and turns what they raise into exit codes."""

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from hopcli import __version__
from hopcli.cli import streams
from hopcli.cli.commands import SUMMARIES, Commands
from hopcli.errors import HopError, ParameterError, on_command_line
from hopcli.render.text import printable

app = typer.Typer(
    name="hop",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"hop {__version__}")
        raise typer.Exit


@app.callback()
def _hop(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Store pictures in a Hopfield network and recall them from damaged ones."""


for name, summary in SUMMARIES.items():
    # Only this line of it is needed until the command is asked for.
    app.command(name, help=summary)(lambda: None)


def _fail(text: str) -> int:
    sys.stderr.write(f"hop: error: {printable(text)}\n")
    return 1


def main() -> None:
    """Run the command line and end the process with its exit code."""
    streams.prepare()
    try:
        code = _run()
        sys.stdout.flush()
    except HopError as error:
        code = _fail(on_command_line(error.template))
        if isinstance(error, ParameterError):
            code = 2
    except BrokenPipeError:
        # The reader has gone.
        streams.give_up()
        code = 1
    except streams.StandardOutputError as error:
        streams.give_up()
        code = _fail(f"standard output cannot be written: {error}; send it where there is room")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        remedy = "check the place and try again"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "what was there before is as it was; free some room and try again"
        code = _fail(f"{where}{error.strerror or error}; {remedy}")
    except MemoryError:
        code = _fail("the machine's memory did not suffice; give fewer patterns or cues at a time")
    except Exception as error:
        # A fault of hop's own. A person can do no more with a traceback than with its last line.
        import traceback

        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        code = _fail(
            f"hop has a fault: {type(error).__name__} in {where}: {error}; please report it"
        )
    sys.exit(code)


def _run() -> int:
    """Run the command; returns its exit code."""
    try:
        app(prog_name="hop")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0
