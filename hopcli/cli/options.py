"""Options that several commands share, and what they are read as."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hopcli.errors import HopError

if TYPE_CHECKING:
    from hopcli.binary.interactions import AbstractInteraction

MemoryOption = Annotated[
    Path,
    typer.Option("--memory", "-m", envvar="HOP_MEMORY", metavar="PATH", help="The memory file."),
]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Same seed, same result, with any number of threads.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Write one JSON object to standard output.")
]
NoiseOption = Annotated[
    float, typer.Option("--noise", metavar="P", help="Flip each pixel with this probability.")
]
OccludeOption = Annotated[
    str | None,
    typer.Option(
        "--occlude",
        metavar="WHAT",
        help="Hide half of the picture (left, right, top, bottom), or a random fraction of its "
        "pixels (0 to 1).",
    ),
]
DegreeOption = Annotated[int, typer.Option("--degree", metavar="N", help="n of xⁿ, for poly.")]
ModeOption = Annotated[
    str,
    typer.Option(
        "--mode", metavar="MODE", help="auto, or binary: part grey pictures into black and white."
    ),
]
ThresholdOption = Annotated[
    str,
    typer.Option(
        "--threshold", metavar="T", help="otsu, or the level from 0 to 1 above which is bright."
    ),
]

DEFAULT_MEMORY = Path("memory.npz")
ENERGIES = ("classical", "poly", "exp")
MODES = ("auto", "binary", "gray", "rgb")


def choice(option: str, given: str, choices: Sequence[str]) -> str:
    """What was given, if it is one of the choices.

    Raises:
        HopError: it is not; the nearest choice is named.
    """
    if given in choices:
        return given
    near = difflib.get_close_matches(given.lower(), choices, n=1, cutoff=0.0)
    raise HopError(
        f"{option} {given} was given, but it takes {', '.join(choices[:-1])} or {choices[-1]}; "
        f"did you mean {near[0]}?"
    )


def number(option: str, given: str, low: float, high: float) -> float:
    """What was given as a number from low to high.

    Raises:
        HopError: it is none.
    """
    try:
        value = float(given)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise HopError(
            f"{option} {given} was given, but it takes a number from {low:g} to {high:g}"
        )
    return value


def probability(option: str, given: float) -> float:
    """What was given, if it is from 0 to 1."""
    return number(option, f"{given:g}", 0, 1)


def binary_mode(given: str) -> str:
    """The mode of a binary memory: auto or binary.

    Raises:
        HopError: it is another mode.
    """
    mode = choice("--mode", given, MODES)
    if mode in ("gray", "rgb"):
        raise HopError(
            f"--mode {mode} was given, but memories of grey or coloured pictures are not there "
            f"yet; give --mode binary"
        )
    return mode


def check_binary(mode: str, memory: Path) -> None:
    """See that a memory is of a mode that can be recalled.

    Raises:
        HopError: it is not.
    """
    if mode != "binary":
        raise HopError(
            f"{memory} holds {mode} pictures, which this hop cannot recall yet; store them with "
            f"--mode binary"
        )


def threshold(given: str) -> float | None:
    """The level that parts dark from bright; None for Otsu's."""
    return None if given == "otsu" else number("--threshold (otsu or a level)", given, 0, 1)


def interaction(energy: str, degree: int, beta: float) -> "AbstractInteraction":
    """The interaction of an energy's name."""
    from hopcli.binary import interactions

    energy = choice("--energy", energy, ENERGIES)
    if energy == "classical":
        return interactions.Classical()
    return interactions.Polynomial(degree) if energy == "poly" else interactions.Exponential(beta)
