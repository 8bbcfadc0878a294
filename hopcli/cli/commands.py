"""The commands, each loaded when it is asked for: a recall pays for no other command's options."""

import importlib
import inspect
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from hopcli.cli import help
from hopcli.cli.values import reading_plainly

# What `hop --help` says of each command: the first line of its own help.
SUMMARIES = {
    "store": "Store pictures as the patterns of a memory.",
    "recall": "Recall stored patterns from damaged ones.",
    "learn": "Learn weights from the patterns of a memory.",
    "dream": "Unlearn what random states lead to, until the patterns of a memory are most stable.",
    "interpret": "Show which hidden neurons a picture turns on.",
    "classify": "Find the label of a picture.",
    "generate": "Generate a picture from its label.",
    "capacity": "Find how many random patterns a network holds: by theory, by storing and by "
    "counting them.",
    "forget": "Remove patterns from a memory.",
    "info": "Describe a memory: what it holds, how full it is, and which two patterns are closest.",
    "corrupt": "Damage a picture, to make a cue to try.",
}


class Commands(TyperGroup):
    """A group whose commands are names and summaries until one of them is to run."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was named, and load it."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and load(found.name or ""), rest

    def get_params(self, ctx: Any) -> Any:
        """Its options, --help among them."""
        return reading_plainly(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help page."""
        help.prepare()
        super().format_help(ctx, formatter)


class Command(TyperCommand):
    """One of them."""

    def get_params(self, ctx: Any) -> Any:
        """Its arguments and options, --help among them."""
        return reading_plainly(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help page."""
        help.prepare()
        super().format_help(ctx, formatter)


def load(name: str) -> Any:
    """The command of this name, from the module that bears it."""
    function = getattr(importlib.import_module(f"hopcli.cli.{name}"), name)
    alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
    alone.command(name, cls=Command, help=_flowing(function.__doc__))(function)
    return typer.main.get_command(alone)


def _flowing(text: str) -> str:
    """A docstring with its paragraphs in one line each, to be broken where the terminal ends."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
