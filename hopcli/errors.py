"""Errors that a person can act on, each of one line.

A message names parameters as the library has them (`update`), never as options of the command line.
Parameters and methods stand in backticks, and are worded where the message is shown:

| in the message | in the library | on the command line |
| --- | --- | --- |
| `` `degree` `` | degree | --degree |
| `` `energy=exp` `` | energy='exp' | --energy exp |
| `` `clamp=True` `` | clamp=True | --clamp |
| `` `learn(rule=projection)` `` | memory.learn(rule='projection') | 'hop learn --rule projection' |
"""

import re
from collections.abc import Callable

# A parameter with or without a value, or a method with its parameters, in backticks.
_TERM = re.compile(r"`(?P<method>\w+)\((?P<inside>[^`]*)\)`|`(?P<name>\w+)(?:=(?P<value>[^`]*))?`")


class HopError(ValueError):
    """A request that cannot be met.

    Its text is one line that says what was given, what was needed and what to do.

    Attributes:
        template: the text with parameters and methods in backticks.
    """

    def __init__(self, template: str) -> None:
        super().__init__(in_library(template))
        self.template = template

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.template,)


class ParameterError(HopError):
    """A parameter's value that does not exist, is out of range, or has no effect.

    Attributes:
        parameter: the name, as in the library.
        value: what was given.
        need: the clause after "but" that says what the parameter takes.
        remedy: the clause that says what to do.
    """

    def __init__(self, parameter: str, value: object, need: str, remedy: str) -> None:
        text = f"{value:.10g}" if isinstance(value, float) else str(value)
        shown = f"`{parameter}={text.replace('`', chr(39))}`"
        super().__init__(f"{shown} was given, but {need}; {remedy}")
        self.parameter = parameter
        self.value = value
        self.need = need
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.parameter, self.value, self.need, self.remedy)


class MemoryFileError(HopError):
    """A memory file that is missing, foreign, damaged or in the way."""


class PictureError(HopError):
    """A picture or an array that cannot be read, or does not fit."""


def in_library(template: str) -> str:
    """Word a message for Python: `energy=exp` becomes energy='exp'."""
    return _worded(template, _library_parameter, _library_method)


def on_command_line(template: str) -> str:
    """Word a message for a shell: `energy=exp` becomes --energy exp."""
    return _worded(template, _option, _command)


def _worded(
    template: str,
    parameter: Callable[[str, str | None], str],
    method: Callable[[str, list[tuple[str, str | None]]], str],
) -> str:
    def word(found: re.Match[str]) -> str:
        if found["method"] is None:
            return parameter(found["name"], found["value"])
        inside = [part.strip().partition("=") for part in found["inside"].split(",")]
        given = [(name, value if equals else None) for name, equals, value in inside if name]
        return method(found["method"], given)

    return _TERM.sub(word, template)


def _library_parameter(name: str, value: str | None) -> str:
    if value is None:
        return name
    try:
        float(value)
    except ValueError:
        return f"{name}={value if value in ('True', 'False', 'None') else repr(value)}"
    return f"{name}={value}"


def _library_method(name: str, given: list[tuple[str, str | None]]) -> str:
    inside = (n if v is None else _library_parameter(n, v) for n, v in given)
    return f"memory.{name}({', '.join(inside)})"


def _option(name: str, value: str | None) -> str:
    # Names that Python keeps for itself end in an underscore: lambda_.
    option = f"--{name.rstrip('_').replace('_', '-')}"
    return option if value is None or value == "True" else f"{option} {value}"


def _command(name: str, given: list[tuple[str, str | None]]) -> str:
    # What has no value is an argument: `forget(NAME)`.
    inside = (n if v is None else _option(n, v) for n, v in given)
    return f"'{' '.join(['hop', name.replace('_', '-'), *inside])}'"
