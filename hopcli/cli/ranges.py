"""Options that take one value, a list of them, or ranges: 100,200,400 or 0:0.4:0.05."""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from hopcli.errors import HopError

Number = TypeVar("Number", int, float)

# A list this long is a slip of the keyboard.
LONGEST = 100_000
# More digits would be worked with for ever.
LARGEST = 10**15


def whole_numbers(option: str, given: str) -> list[int]:
    """The whole numbers that were given, each once, in their order.

    Raises:
        HopError: the text holds none, or something else, or more than 100,000.
    """
    return _values(option, given, _whole, "100, 100,200,400 or 100:400:100")


def numbers(option: str, given: str) -> list[float]:
    """The numbers that were given, each once, in their order.

    Raises:
        HopError: the text holds none, or something else, or more than 100,000.
    """
    return _values(option, given, float, "0.1, 0.1,0.2 or 0:0.4:0.05")


def _whole(value: Decimal) -> int:
    if abs(value) > LARGEST or value != value.to_integral_value():
        raise ValueError
    return int(value)


def _values(
    option: str, given: str, kind: Callable[[Decimal], Number], examples: str
) -> list[Number]:
    found: dict[Number, None] = {}
    for part in given.split(","):
        try:
            found |= dict.fromkeys(kind(value) for value in _range(part))
        except (ValueError, ArithmeticError):
            raise HopError(
                f"{option} {given} was given, but '{part.strip()}' is neither a value nor a range "
                f"FIRST:LAST:STEP that leads from one to the other; give {option} {examples}"
            ) from None
        if len(found) > LONGEST:
            raise HopError(
                f"{option} {given} was given, but that is more than {LONGEST:,} values; give "
                f"{option} {examples}"
            )
    return list(found)


def _range(text: str) -> list[Decimal]:
    """FIRST:LAST:STEP, both ends included, in decimal digits so that 0:0.3:0.1 ends at 0.3."""
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
