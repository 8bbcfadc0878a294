"""Help in Typer's look, without the half of Rich that it does not use.

Typer's module for help imports Rich's Markdown and its tracebacks, and with them a parser and a
highlighter: 25 ms, of 100 that `hop --help` would take. Help is written in Rich's own markup, so
both are put off until somebody makes one.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

UNUSED = {"rich.markdown": "Markdown", "rich.traceback": "Traceback"}


def without_types(parameters: list[Any]) -> list[Any]:
    """The parameters with nothing said of their values where they are flags or arguments.

    Typer says <bool> of a flag, as if it took one, and <list[Path]> of an argument.
    """
    for parameter in parameters:
        if parameter.param_type_name == "argument":
            # There is no option for it as there is for flags.
            parameter.display_type_rich = _no_type
        elif getattr(parameter, "is_bool_flag", False) and parameter.metavar is None:
            parameter.metavar = ""
    return parameters


def _no_type(ctx: Any) -> None:
    """Nothing."""


def prepare() -> None:
    """Load Typer's module for help; where that fails, Typer does it itself, in full."""
    with contextlib.suppress(Exception), _put_off():
        importlib.import_module("typer.rich_utils")


@contextlib.contextmanager
def _put_off() -> Iterator[None]:
    """Let what is imported in this block have stand-ins for the classes that are not used."""
    missing = {module: name for module, name in UNUSED.items() if module not in sys.modules}
    for module, name in missing.items():
        stand_in = ModuleType(module)
        setattr(stand_in, name, _stand_in(module, name))
        sys.modules[module] = stand_in
    try:
        yield
    finally:
        for module in missing:
            del sys.modules[module]


def _stand_in(module: str, name: str) -> type:
    """A class whose instances are those of the real one, which is loaded for the first of them."""

    class StandIn:
        def __new__(cls, *args: Any, **options: Any) -> Any:
            return getattr(importlib.import_module(module), name)(*args, **options)

    return StandIn
