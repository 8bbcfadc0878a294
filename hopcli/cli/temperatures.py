"""What --temperature and --anneal are read as."""

from dataclasses import dataclass

from hopcli.cli import options
from hopcli.errors import HopError

COLDEST, HOTTEST = 1e-100, 1e100


@dataclass(frozen=True)
class Cooling:
    """Temperatures that fall by the same factor from sweep to sweep.

    Attributes:
        first: above 0, in the energy's units.
        last: above 0, at most the first.
        sweeps: at least 1.
    """

    first: float
    last: float
    sweeps: int


def temperature(given: str) -> float:
    """A temperature, 0 being none.

    Raises:
        HopError: it is no number from 0 up.
    """
    value = options.number("--temperature", given, 0, HOTTEST)
    return 0.0 if value < COLDEST else value


def cooling(given: str, sweeps: int) -> Cooling:
    """T0:T1 or T0:T1:SWEEPS; so many sweeps if it does not say.

    Raises:
        HopError: it is something else, rises, or ends at 0.
    """
    example = "try --anneal 2:0.1 or --anneal 2:0.1:50"
    parts = given.split(":")
    try:
        first, last = (float(part) for part in parts[:2])
        sweeps = int(parts[2]) if len(parts) == 3 else sweeps
    except ValueError:
        first = last = float("nan")
    if len(parts) > 3 or not (COLDEST <= first <= HOTTEST and 0 <= last <= HOTTEST):
        raise HopError(
            f"--anneal {given} was given, but it takes two temperatures above 0, and how many "
            f"sweeps lead from one to the other, as T0:T1 or T0:T1:SWEEPS; {example}"
        )
    if last > first:
        raise HopError(
            f"--anneal {given} was given, which rises from {first:g} to {last:g}, but annealing "
            f"cools; give --anneal {last:g}:{first:g}"
        )
    if last < COLDEST:
        raise HopError(
            f"--anneal {given} was given, but temperatures that fall by the same factor each sweep "
            f"never reach 0; give --anneal {first:g}:{first / 20:g}, after which the state is "
            f"settled at 0 in any case"
        )
    if sweeps < 1:
        raise HopError(f"--anneal {given} was given, but it takes at least 1 sweep; {example}")
    return Cooling(first, last, sweeps)
