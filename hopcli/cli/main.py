"""The command line: runs a command and turns what it raises into exit codes."""

import errno
import sys
from pathlib import Path

import click

from hopcli import __version__, interruption
from hopcli.cli import streams
from hopcli.cli.commands import Commands
from hopcli.errors import HopError, ParameterError, on_command_line
from hopcli.render.text import printable


def _version(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    if given:
        click.echo(f"hop {__version__}")
        ctx.exit()


def _install_completion(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    if given:
        from hopcli.cli import completion

        click.echo(completion.install(ctx.command))
        ctx.exit()


app = Commands(
    "hop",
    help="Store pictures in a Hopfield network and recall them from damaged ones.",
    params=[
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version,
            help="Show the version.",
        ),
        click.Option(
            ["--install-completion"], is_flag=True, is_eager=True, expose_value=False,
            callback=_install_completion, help="Let the shell complete commands and options.",
        ),
    ],
    context_settings={
        "help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 100,
    },
)  # fmt: skip


def _fail(text: str, code: int = 1) -> int:
    sys.stderr.write(f"hop: error: {printable(text)}\n")
    return code


def _usage(error: click.ClickException) -> str:
    """Return click's message in the form of all others."""
    text = error.format_message().rstrip(".").replace("\n", " ").replace(". Did", "; did")
    text = f"{text[:1].lower()}{text[1:]}"
    context = getattr(error, "ctx", None)
    return (
        text
        if text.endswith("?") or context is None
        else f"{text}; see '{context.command_path} --help'"
    )


def main() -> None:
    """Run the command line and end the process with its exit code."""
    streams.prepare()
    try:
        code = _run()
        sys.stdout.flush()
    except HopError as error:
        code = _fail(on_command_line(error.template), 2 if isinstance(error, ParameterError) else 1)
    except click.ClickException as error:
        code = _fail(_usage(error), 2)
    except click.Abort:
        code = interruption.code()
    except BrokenPipeError:
        # The reader has gone.
        streams.give_up()
        code = 1
    except streams.StandardOutputError as error:
        streams.give_up()
        code = _fail(f"standard output cannot be written: {error}; send it where there is room")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        remedy = "check the path and try again"
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
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    return app.main(prog_name="hop", standalone_mode=False) or 0
