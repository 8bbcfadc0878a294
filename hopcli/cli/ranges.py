"""Values, lists and ranges in one option: 100, 100,200,400 or 0:0.4:0.05."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from hopcli.errors import ParameterError

Number = TypeVar("Number", int, float, str)

# A list this long is a slip of the keyboard.
LONGEST = 100_000
# Larger numbers would be computed with all their digits.
LARGEST = 10**15


def whole_numbers(name: str, given: str) -> list[int]:
    """Return the whole numbers that a parameter was given, each once, in their order.

    Raises:
        ParameterError: the text holds none, or something else, or more than 100,000.
    """
    return _values(name, given, _whole, "100:400:100")


def numbers(name: str, given: str) -> list[float]:
    """Return the numbers that a parameter was given, each once, in their order.

    Raises:
        ParameterError: the text holds none, or something else, or more than 100,000.
    """
    return _values(name, given, float, "0:0.4:0.05")


def texts(name: str, given: str) -> list[str]:
    """Return the values that a parameter was given as texts, which the parameter checks.

    Raises:
        ParameterError: a range that is none, or more than 100,000 values.
    """
    if ":" not in given:
        return list(dict.fromkeys(part.strip() for part in str(given).split(",")))
    return _values(name, given, lambda value: f"{value.normalize():f}", "2:5:1")


def _whole(value: Decimal) -> int:
    if abs(value) > LARGEST or value != value.to_integral_value():
        raise ValueError
    return int(value)


def _values(name: str, given: str, kind: Callable[[Decimal], Number], example: str) -> list[Number]:
    remedy = f"try `{name}={example}`"
    found: dict[Number, None] = {}
    for part in given.split(","):
        try:
            found |= dict.fromkeys(kind(value) for value in _range(part))
        except (ValueError, ArithmeticError):
            need = (
                f"'{part.strip()}' is neither a value nor a range FIRST:LAST:STEP that leads from "
                f"one to the other"
            )
            raise ParameterError(name, given, need, remedy) from None
        if len(found) > LONGEST:
            raise ParameterError(name, given, f"that is more than {LONGEST:,} values", remedy)
    return list(found)


def _range(text: str) -> list[Decimal]:
    """Return FIRST:LAST:STEP with both ends, in decimal digits so that 0:0.3:0.1 ends at 0.3."""
    ends = [Decimal(end.strip()) for end in text.split(":")]
    if not all(end.is_finite() for end in ends):
        raise ValueError
    if len(ends) == 1:
        return ends
    first, last, step = ends if len(ends) == 3 else (*ends, Decimal(1))
    steps = int((last - first) / step)
    if steps < 0:
        raise ValueError
    return [first + step * i for i in range(min(steps, LONGEST) + 1)]
