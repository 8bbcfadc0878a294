"""The group of commands: each command is imported when it is asked for."""

import difflib
import importlib
from typing import Any

import click

from hopcli.cli import signatures

# What `hop --help` says of each command: the first line of its own help.
SUMMARIES = {
    "store": "Store pictures as the patterns of a memory.",
    "recall": "Recall stored patterns from damaged ones.",
    "learn": "Learn weights from the patterns of a memory.",
    "dream": "Unlearn spurious minima: settle from random states and subtract where they end.",
    "interpret": "Show which hidden neurons a picture turns on.",
    "classify": "Find the label of a picture.",
    "generate": "Generate a picture from its label.",
    "capacity": "Find how many random patterns a network holds: by theory, by storing and by "
    "counting them.",
    "demo": "Watch a memory being recalled, in the browser.",
    "forget": "Remove patterns from a memory.",
    "info": "Describe a memory: what it holds, how full it is, and which two patterns are closest.",
    "corrupt": "Damage a picture, to make a cue to try.",
}


class Commands(click.Group):
    """A group that knows its commands by name and summary, and imports one when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of this name."""
        return load(cmd_name) if cmd_name in SUMMARIES else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command that the arguments begin with, or name the nearest one.

        Raises:
            click.UsageError: there is no such command.
        """
        name = args[0]
        if name not in SUMMARIES and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, SUMMARIES, n=1, cutoff=0.0)
            raise click.UsageError(f"there is no command {name}; did you mean {near[0]}?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names and summaries, without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


def load(name: str) -> signatures.Command:
    """Import a command from the module of its name."""
    module = importlib.import_module(f"hopcli.cli.{name}")
    return signatures.command(getattr(module, name), name, getattr(module, "more_options", tuple)())
