"""Parameters as data: name, kind, default, range and help, read by everything that offers them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hopcli import members
from hopcli.errors import ParameterError

_KINDS = {int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a network, a rule or an experiment.

    Attributes:
        name: as in the library; the command line has `-` for `_`.
        kind: int, float, str or bool.
        default: the value where none is given; None where it follows from something else.
        help: one sentence for people, without the default.
        low: the least value of a number.
        high: the largest value of a number.
        open: whether `low` itself is excluded.
        auto: whether "auto" is accepted, which stands for the default.
        choices: what a str may be; empty for anything.
    """

    name: str
    kind: type
    default: Any
    help: str
    low: float = -math.inf
    high: float = math.inf
    open: bool = False
    auto: bool = False
    choices: Sequence[str] = ()

    @property
    def range(self) -> str:
        """What the parameter takes, as a clause: "a number above 0"."""
        if self.kind is bool:
            return "True or False"
        if self.kind is str:
            return "text"
        text = _KINDS[self.kind]
        low, high = math.isfinite(self.low), math.isfinite(self.high)
        if low and high and not self.open:
            text += f" from {self.low:,.10g} to {self.high:,.10g}"
        elif low:
            text += f" above {self.low:,.10g}" if self.open else f" of {self.low:,.10g} or more"
            text += f", up to {self.high:,.10g}" if high else ""
        elif high:
            text += f" up to {self.high:,.10g}"
        return f"auto or {text}" if self.auto else text

    def checked(self, value: Any) -> Any:
        """Return the value in the parameter's kind.

        Args:
            value: of the kind, or a text that says it.

        Raises:
            ParameterError: it is not of the kind, not among the choices, or out of range.
        """
        if self.auto and (value is None or value == "auto"):
            return self.default
        if self.kind is str:
            if self.choices:
                return members.choose(self.name, value, self.choices)
            return str(value)
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            raise self._error(value)
        number = self._number(value)
        if number is None or not self._inside(number):
            raise self._error(value)
        return number

    def _number(self, value: Any) -> int | float | None:
        if isinstance(value, bool):
            return None
        try:
            if self.kind is int:
                number = int(value)
                return number if isinstance(value, str) or number == value else None
            return float(value)
        except (TypeError, ValueError, OverflowError):
            return None

    def _inside(self, number: float) -> bool:
        above = number > self.low if self.open else number >= self.low
        finite = isinstance(number, int) or math.isfinite(number)
        return finite and above and number <= self.high

    def _error(self, value: Any) -> ParameterError:
        example = self.default
        if example is None:
            example = "auto" if self.auto else max(self.low, min(self.high, 1))
        return ParameterError(
            self.name, value, f"it takes {self.range}", f"try `{self.name}={example}`"
        )


SEED = Parameter("seed", int, 0, "Seed of the random numbers.", low=0)


def checked_of(
    member: Any, kind: str, every: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Check parameters that are given to a member of an open set.

    Args:
        member: what was chosen, with `name` and `parameters`.
        kind: the parameter by which it was chosen, such as "energy".
        every: all members of the set by name, to say which of them has a parameter.
        given: values by the parameters' names.

    Raises:
        ParameterError: the member has no such parameter, or a value is out of range.
    """
    known = {parameter.name: parameter for parameter in member.parameters}
    for name, value in given.items():
        if name not in known:
            has = [n for n, m in every.items() if any(p.name == name for p in m.parameters)]
            remedy = f"leave it out or choose `{kind}={has[0]}`" if has else "leave it out"
            need = f"it has no effect with `{kind}={member.name}`"
            raise ParameterError(name, value, need, remedy)
    return {name: known[name].checked(value) for name, value in given.items()}
