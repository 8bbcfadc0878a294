"""Completion in the shell, by click's scripts."""

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from hopcli.errors import HopError

# Where each shell looks for the completion of a program, or the file that it reads at its start.
SCRIPTS = {
    "bash": "~/.local/share/bash-completion/completions/hop",
    "zsh": "~/.zfunc/_hop",
    "fish": "~/.config/fish/completions/hop.fish",
}
# What a shell must have in its own file to look there.
NEEDED = {"zsh": ("~/.zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit")}


def install(group: click.Command) -> str:
    """Write the script for the shell that $SHELL names, and return what was done.

    Raises:
        HopError: there is no script for this shell.
    """
    shell = Path(os.environ.get("SHELL", "")).name
    completion = get_completion_class(shell)
    if completion is None or shell not in SCRIPTS:
        raise HopError(
            f"$SHELL is {shell or 'empty'}, and there are scripts for {', '.join(SCRIPTS)}; set "
            f"SHELL to one of them"
        )
    path = Path(SCRIPTS[shell]).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(completion(group, {}, "hop", "_HOP_COMPLETE").source())
    if shell in NEEDED:
        name, line = NEEDED[shell]
        start = Path(name).expanduser()
        if not start.exists() or line not in start.read_text():
            with start.open("a") as stream:
                stream.write(f"\n{line}\n")
    return f"Completion for {shell} is in {path}; it works in the next shell."
