"""Commands from signatures: a parameter's annotation says how it is given on the command line.

`steps: Annotated[int | None, Option("--steps", metavar="S", help="…")] = None` is an option, and
`Annotated[list[Path], Argument(metavar="CUE", help="…")]` takes all arguments.
"""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import click

from hopcli.parameters import Parameter

Options = Sequence[click.Parameter]


class PathType(click.ParamType):
    """A path that need not exist; `-` is a standard stream, and `./-` a file."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, absolute where `Path` would make a stream of a file's name."""
        path = Path(value)
        return path.absolute() if str(path) == "-" != str(value) else path


class NumberType(click.ParamType):
    """A number in a range, refused in the words of all parameters (hopcli/parameters.py)."""

    def __init__(self, kind: type, low: float | None, high: float | None) -> None:
        self.name = "integer" if kind is int else "float"
        self._kind = kind
        self._low = -math.inf if low is None else low
        self._high = math.inf if high is None else high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises:
            ParameterError: the text is no number, or one out of range.
        """
        assert param is not None
        if type(value) is self._kind:
            # The default.
            return value
        default = param.default if isinstance(param.default, int | float) else None
        return Parameter(
            param.name or "", self._kind, default, "", low=self._low, high=self._high
        ).checked(value)


class ShownOption(click.Option):
    """An option whose help shows a default given as text without click's parentheses."""

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return what the help says in brackets."""
        extra = super().get_help_extra(ctx)
        if isinstance(self.show_default, str):
            extra["default"] = self.show_default
        return extra


class Option:
    """How a parameter is given as an option.

    Args:
        flags: its names on the command line.
        metavar: what stands for the value in the help.
        help: one or two sentences.
        min: the least number, or None.
        max: the largest number, or None.
        envvar: an environment variable that it is read from, or None.
        default: the default as the help shows it, where the signature has None.
        choices: returns what the value may be, for the help and for completion.
    """

    def __init__(
        self, *flags: str, metavar: str | None = None, help: str = "", min: float | None = None,
        max: float | None = None, envvar: str | None = None, default: str | None = None,
        choices: Callable[[], Sequence[str]] = tuple,
    ) -> None:  # fmt: skip
        self.flags = flags
        self.metavar = metavar
        self.help = help
        self.min = min
        self.max = max
        self.envvar = envvar
        self.default = default
        self.choices = choices

    def declared(self, name: str, kind: type, many: bool, default: Any) -> ShownOption:
        """Return the option of a parameter of a function; of a list, it may be given again."""
        if kind is bool:
            return ShownOption([*self.flags, name], is_flag=True, default=default, help=self.help)
        required = default is inspect.Parameter.empty
        choices = self.choices()
        help = f"{self.help} {', '.join(choices[:-1])} or {choices[-1]}." if choices else self.help
        # click takes a default of None for a value.
        given = {} if required else {"default": default}
        return ShownOption(
            [*self.flags, name], required=required, metavar=self.metavar, help=help,
            shell_complete=_completing(choices), type=self._type(kind),
            envvar=self.envvar, show_envvar=self.envvar is not None, multiple=many,
            show_default=self.default or given.get("default") not in (None, ()), **given,
        )  # fmt: skip

    def _type(self, kind: type) -> click.ParamType:
        if kind in (int, float):
            return NumberType(kind, self.min, self.max)
        return PathType() if kind is Path else click.STRING


def _completing(choices: Sequence[str]) -> Any:
    """Return what completes a value in the shell; None without choices."""
    if not choices:
        return None
    return lambda ctx, param, incomplete: [c for c in choices if c.startswith(incomplete)]


@dataclass(frozen=True)
class Argument:
    """How a parameter is given as an argument, or, where it is a list, as all arguments.

    Attributes:
        metavar: what stands for it in the help.
        help: one sentence, shown below the usage.
        instead: the option that may be given instead; "" where there is none.
    """

    metavar: str
    help: str
    instead: str = ""

    def declared(self, name: str, kind: type, many: bool) -> click.Argument:
        """Return the argument of a parameter of a function."""
        type_ = PathType() if kind is Path else click.STRING
        metavar = f"{self.metavar}..." if many else self.metavar
        nargs = -1 if many else 1
        required = not self.instead
        return click.Argument([name], metavar=metavar, type=type_, nargs=nargs, required=required)


def of_parameters(
    kind: str,
    owners: Mapping[str, Sequence[tuple[str, Parameter]]],
    every: Sequence[str] | None = None,
) -> Options:
    """Make options of the parameters of an open set, read as text or flags and None if not given.

    Args:
        kind: the option by which a member of the set is chosen, such as "rule".
        owners: for each parameter's name, the members that have it, with what each makes of it.
        every: all members; the help of a parameter that all of them have names none.
    """
    return [_of_parameter(kind, name, having, every) for name, having in owners.items()]


def _of_parameter(
    kind: str,
    name: str,
    having: Sequence[tuple[str, Parameter]],
    every: Sequence[str] | None,
) -> click.Option:
    """Make the option of a parameter, with the help and default of each member that has it."""
    shown: dict[str, list[str]] = {}
    for owner, parameter in having:
        shown.setdefault(f"{parameter.help}{_default(parameter)}", []).append(owner)
    if len(shown) == 1 and every is not None and len(having) == len(every):
        help = next(iter(shown))
    else:
        which = "For" if len(shown) > 1 else "Only for"
        help = " ".join(
            f"{which} --{kind} {' or '.join(whose)}: {text}" for text, whose in shown.items()
        )
    flag, first = f"--{name.rstrip('_').replace('_', '-')}", having[0][1]
    if first.kind is bool:
        return click.Option([flag, name], is_flag=True, default=None, help=help)
    metavar = "|".join(first.choices) or first.kind.__name__.upper()
    return click.Option([flag, name], metavar=metavar, help=help)


def _default(parameter: Parameter) -> str:
    """Return a parameter's default as the help shows it."""
    default = parameter.default
    if default is None and parameter.auto:
        default = "auto"
    if default is None or default is False:
        return ""
    return f"  [default: {f'{default:g}' if isinstance(default, float) else default}]"


class Command(click.Command):
    """A command whose help lists what its arguments are."""

    arguments: Sequence[tuple[str, str]] = ()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments and the options."""
        if self.arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(self.arguments)
        super().format_options(ctx, formatter)


def command(function: Callable[..., None], name: str, more: Options = ()) -> Command:
    """Make a command of a function; its docstring is the help.

    Args:
        function: called with all parameters as keywords.
        name: the command's.
        more: options beyond those of the signature, which the function takes as `**keywords`; in
            the help they follow the memory.
    """
    params: list[click.Parameter] = []
    arguments = []
    for each in inspect.signature(function).parameters.values():
        if each.kind is inspect.Parameter.VAR_KEYWORD:
            at = 1 + max((n for n, p in enumerate(params) if p.name == "memory"), default=-1)
            params[at:at] = more
            continue
        annotation, given = get_args(each.annotation)
        kind, many = _kind(annotation)
        if isinstance(given, Argument):
            params.append(given.declared(each.name, kind, many))
            arguments.append((given.metavar, given.help))
        else:
            params.append(given.declared(each.name, kind, many, each.default))
    # After \b click leaves a paragraph as it is, so that the example can be pasted.
    text = (inspect.getdoc(function) or "").replace("\n\nExample:", "\n\n\b\nExample:")
    made = Command(name, params=params, callback=function, help=text)
    made.arguments = arguments
    return made


def _kind(annotation: Any) -> tuple[type, bool]:
    """Return what one value is, and whether there is a list of them."""
    if get_origin(annotation) is UnionType:
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
    if get_origin(annotation) in (list, Sequence):
        return get_args(annotation)[0], True
    return annotation, False
