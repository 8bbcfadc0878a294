"""Values of options read without pydantic.

Typer reads every value, defaults too, by way of pydantic, which takes longer to load than all of
`hop` (50 ms) and has something to build for each option. Nearly all values are texts, paths and
plain numbers. These are read here, to what Typer would make of them; for all others, and to refuse
wrong ones in its own words, Typer's way remains.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

# Of these characters are numbers that Python and pydantic read alike, up to this length.
DIGITS = frozenset("0123456789")
LONGEST = 15
KINDS = (str, Path, int, float, bool)


class _OddValueError(ValueError):
    """A value that is for Typer to read, or to refuse."""


@dataclass(frozen=True)
class PlainReader:
    """Stands before Typer's own reader of a parameter.

    Attributes:
        kind: str, Path, int, float or bool.
        many: whether the parameter takes a list of them.
        low: the least number, or None.
        high: the largest number, or None.
        readable: whether a path, if there is something, must be one that may be read.
        typers: makes Typer's own reader.
    """

    kind: type
    many: bool
    low: float | None
    high: float | None
    readable: bool
    typers: Callable[[], Any]

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command takes it."""
        try:
            if value is None:
                return () if self.many else None
            if not self.many:
                return self._one(value)
            if isinstance(value, list | tuple):
                return [self._one(each) for each in value]
        except _OddValueError:
            pass
        return self.typers().coerce(value, param=param, ctx=ctx)

    def _one(self, value: Any) -> Any:
        if self.kind in (int, float) and isinstance(value, str):
            value = self._number(value)
        elif self.kind is Path and isinstance(value, str):
            path = Path(value)
            # "./-", which Path makes "-" of, is a file, and no stream.
            value = path.absolute() if str(path) == "-" != value else path
        # True is an int too, and every path of a kind of its own.
        right = isinstance(value, Path) if self.kind is Path else type(value) is self.kind
        if not right:
            raise _OddValueError
        if self.readable and os.access(value, os.F_OK) and not os.access(value, os.R_OK):
            raise _OddValueError
        if isinstance(value, int | float) and not self._in_range(value):
            raise _OddValueError
        return value

    def _in_range(self, value: float) -> bool:
        low = self.low is None or value >= self.low
        return low and (self.high is None or value <= self.high)

    def _number(self, text: str) -> float:
        whole, point, rest = text.partition(".")
        digits = whole + rest
        if not (digits and set(digits) <= DIGITS and len(digits) <= LONGEST):
            raise _OddValueError
        if point and self.kind is int:
            raise _OddValueError
        return self.kind(text)


def reading_plainly(parameters: list[Any]) -> list[Any]:
    """Let parameters of a command read plain values by themselves.

    Those of a Typer that reads its values otherwise are left as they are.
    """
    for parameter in parameters:
        described = getattr(parameter, "type_descriptor", None)
        typers = getattr(parameter, "get_runtime_param", None)
        if described is None or typers is None or "get_runtime_param" in vars(parameter):
            continue
        given, kind, many = described.parameter_info, described.annotation, False
        if get_origin(kind) is list:
            (kind,), many = get_args(kind), True
        if kind in KINDS and not _more_than_read(given):
            readable = kind is Path and given.readable
            plain = PlainReader(kind, many, given.min, given.max, readable, typers)
            # By the name under which Typer asks for it: there is no other way in.
            parameter.get_runtime_param = lambda plain=plain: plain
    return parameters


def _more_than_read(given: Any) -> bool:
    """Whether Typer is to check or change a value beyond what is done here."""
    return (
        any((given.parser, given.exists, given.resolve_path, given.writable, given.clamp))
        or given.path_type is not None
        or not (given.file_okay and given.dir_okay)
    )
