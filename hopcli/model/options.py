"""The parameters of the networks that recall, and the check of those that were given.

Nothing here imports NumPy: the command line makes its options and its help of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hopcli import members
from hopcli.errors import ParameterError
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.binary.interactions import AbstractInteraction

INTERACTIONS = "hopcli.binary.interactions"
SIMILARITIES = "hopcli.continuous.similarities"
# The energies that are no interactions: of a learned machine, and of grey and colour pictures.
MACHINE, PICTURES = "boltzmann", "lse"
DEFAULTS = {"binary": "exp", "gray": PICTURES, "rgb": PICTURES}

COLDEST, HOTTEST = 1e-100, 1e100

UPDATE = Parameter(
    "update", str, "async", "One neuron at a time (async), or all at once (sync).",
    choices=("async", "sync"),
)  # fmt: skip
ORDER = Parameter(
    "order", str, "random", "The order of neurons in an asynchronous sweep.",
    choices=("random", "sequential"),
)  # fmt: skip
MAX_SWEEPS = Parameter(
    "max_sweeps", int, 100, "Stop after this many sweeps; of grey and colour pictures, steps.",
    low=1, high=10**9,
)  # fmt: skip
TEMPERATURE = Parameter(
    "temperature", float, 0.0,
    "Set neurons at random with the probabilities of this temperature, in the energy's units; the "
    "state after the last sweep is a sample. 0 for the deterministic rule.",
    low=0, high=HOTTEST,
)  # fmt: skip
ANNEAL = Parameter(
    "anneal", str, None,
    "Cool from T0 to T1 by the same factor each sweep, given as T0:T1 or T0:T1:SWEEPS, then settle "
    "the lowest state met at temperature 0.",
)  # fmt: skip
CLAMP = Parameter("clamp", bool, False, "Keep the known pixels of the cue as they are.")
RULE = Parameter(
    "rule", str, None,
    "hebbian ignores learned weights and uses Hebb's rule; default: what was learned, if anything "
    "was.",
)  # fmt: skip
SHARPNESS = Parameter(
    "beta", float, None,
    "The sharpness of lse; auto makes each distinct picture a fixed point.",
    low=1e-300, high=1e300, auto=True,
)  # fmt: skip
HEATED = (TEMPERATURE, ANNEAL)


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


@dataclass(frozen=True)
class Chosen:
    """The network that recalls, and all of its parameters.

    Attributes:
        energy: an interaction, "boltzmann" or "lse".
        values: its parameters by name, checked, with defaults for those that were not given.
        given: the names of those that were.
    """

    energy: str
    values: Mapping[str, Any]
    given: frozenset[str]

    @property
    def cooling(self) -> Cooling | None:
        """The temperatures of all sweeps, the same for each if they do not fall; None without."""
        if self.values.get("anneal") is not None:
            return self.values["anneal"]
        fixed = self.values.get("temperature", 0.0)
        return Cooling(fixed, fixed, self.values["max_sweeps"]) if fixed else None

    @property
    def anneals(self) -> bool:
        """Whether the temperatures fall."""
        return self.values.get("anneal") is not None

    @property
    def heating(self) -> str:
        """The parameter that gives a temperature, as it is named in messages."""
        return "`anneal`" if self.anneals else "`temperature`"


@cache
def interactions() -> "dict[str, type[AbstractInteraction]]":
    """Return the classes of all interactions by name."""
    return members.load_all(INTERACTIONS)


@cache
def parameters_by_energy() -> dict[str, tuple[Parameter, ...]]:
    """Return the parameters of a recall by each energy, `energy` itself among them."""
    names = (*interactions(), MACHINE, PICTURES)
    energy = Parameter(
        "energy", str, None,
        "The network's energy: exp (the default) or another of a binary memory, boltzmann once a "
        "machine was learned, lse of a grey or coloured one.",
        choices=names,
    )  # fmt: skip
    similarity = Parameter(
        "similarity", str, "l2", "How a picture is compared with the stored ones.",
        choices=members.names(SIMILARITIES),
    )  # fmt: skip
    found = {
        name: (*member.parameters, *((RULE,) if member.linear else ()), UPDATE, ORDER, MAX_SWEEPS,
               *HEATED, CLAMP)
        for name, member in interactions().items()
    }  # fmt: skip
    found[MACHINE] = (MAX_SWEEPS, *HEATED, CLAMP)
    found[PICTURES] = (SHARPNESS, similarity, MAX_SWEEPS, CLAMP)
    return {name: (energy, *found[name]) for name in names}


def choose(mode: str, given: Mapping[str, Any]) -> Chosen:
    """Choose the network of a memory, and check what was given of its parameters.

    Args:
        mode: of the memory: binary, gray or rgb.
        given: parameters by name, `energy` among them; None where one was not given.

    Raises:
        ParameterError: the memory's mode has no such energy, or the network has no such parameter,
            or a value is none that it takes.
    """
    given = {name: value for name, value in given.items() if value is not None}
    energy = _energy(mode, given.pop("energy", None))
    taken = {parameter.name: parameter for parameter in parameters_by_energy()[energy][1:]}
    for name, value in given.items():
        if name not in taken:
            raise _without_effect(name, value, energy, mode)
    values = {
        name: parameter.checked(given[name]) if name in given else parameter.default
        for name, parameter in taken.items()
    }
    if "anneal" in given:
        values["anneal"] = cooling(given["anneal"], values["max_sweeps"])
    if 0 < values.get("temperature", 0) < COLDEST:
        need = f"it takes 0, or a number from {COLDEST:g} to {HOTTEST:g}"
        raise ParameterError("temperature", given["temperature"], need, "try `temperature=0`")
    chosen = Chosen(energy, values, frozenset(given))
    _check_together(chosen, given)
    return chosen


def _energy(mode: str, given: Any) -> str:
    """Return the energy that was given, or the mode's own, if the mode has it."""
    default = DEFAULTS[mode]
    if given is None:
        return default
    energy = members.choose("energy", given, tuple(parameters_by_energy()))
    if (energy == PICTURES) == (default == PICTURES):
        return energy
    if mode == "binary":
        need = "it is for grey and coloured memories, and this one is binary"
        raise ParameterError("energy", energy, need, f"give `energy={default}`")
    need = f"it is for binary memories, and this one is {mode}"
    remedy = f"give `energy={default}`, or store the pictures with `mode=binary`"
    raise ParameterError("energy", energy, need, remedy)


def _without_effect(name: str, value: Any, energy: str, mode: str) -> ParameterError:
    """Say that the network has no such parameter, and which one has."""
    having = [
        other
        for other, parameters in parameters_by_energy().items()
        if (other == PICTURES) == (energy == PICTURES) and name in {p.name for p in parameters}
    ]
    if having or mode == "binary":
        remedy = f"leave it out, or give `energy={having[0]}`" if having else "leave it out"
        return ParameterError(name, value, f"it has no effect with `energy={energy}`", remedy)
    need = f"it is for binary memories, and this one is {mode}"
    return ParameterError(name, value, need, "leave it out")


def _check_together(chosen: Chosen, given: Mapping[str, Any]) -> None:
    """See that no parameter takes away another's effect."""
    if chosen.anneals and chosen.values["temperature"]:
        raise ParameterError(
            "temperature", given["temperature"], "with `anneal` the temperature falls",
            "give one of them",
        )  # fmt: skip
    if chosen.values.get("update") != "sync":
        return
    if chosen.cooling is not None:
        raise ParameterError(
            "update", "sync", "at a temperature neurons are updated one at a time",
            f"leave out `update=sync` or {chosen.heating}",
        )  # fmt: skip
    if "order" in given:
        raise ParameterError(
            "order", given["order"], "with `update=sync` all neurons are updated at once",
            "leave one of them out",
        )  # fmt: skip


def cooling(given: str, sweeps: int) -> Cooling:
    """Read T0:T1 or T0:T1:SWEEPS; `sweeps` stands for a number that is left out.

    Raises:
        ParameterError: it is something else, rises, or ends at 0.
    """
    example = "try `anneal=2:0.1` or `anneal=2:0.1:50`"
    parts = str(given).split(":")
    try:
        first, last = (float(part) for part in parts[:2])
        sweeps = int(parts[2]) if len(parts) == 3 else sweeps
    except ValueError:
        first = last = float("nan")
    if len(parts) > 3 or not (COLDEST <= first <= HOTTEST and 0 <= last <= HOTTEST):
        need = "it takes two temperatures above 0, as T0:T1 or T0:T1:SWEEPS"
        raise ParameterError("anneal", given, need, example)
    if last > first:
        need = f"it rises from {first:g} to {last:g}, and annealing cools"
        raise ParameterError("anneal", given, need, f"try `anneal={last:g}:{first:g}`")
    if last < COLDEST:
        need = "temperatures that fall by the same factor each sweep never reach 0"
        remedy = f"try `anneal={first:g}:{first / 20:g}`, after which the state is settled at 0"
        raise ParameterError("anneal", given, need, remedy)
    if not 1 <= sweeps <= MAX_SWEEPS.high:
        need = f"it takes at least 1 sweep, and at most {MAX_SWEEPS.high:,}"
        raise ParameterError("anneal", given, need, example)
    return Cooling(first, last, sweeps)


def positive(name: str, given: Any) -> float | None:
    """Read a positive number; None for "auto" and where nothing was given."""
    if given is None:
        return None
    return Parameter(name, float, None, "", low=1e-300, high=1e300, auto=True).checked(given)


def threshold(given: Any) -> float | None:
    """Read the level that separates dark from bright; None for Otsu's method.

    Raises:
        ParameterError: it is neither "otsu" nor a number from 0 to 1.
    """
    if given is None or given == "otsu":
        return None
    try:
        level = float(given)
    except (TypeError, ValueError):
        level = -1.0
    if not 0 <= level <= 1:
        need = "it takes otsu or a number from 0 to 1"
        raise ParameterError("threshold", given, need, "try `threshold=0.5`")
    return level


NOISE = Parameter(
    "noise", float, 0.0,
    "Flip each pixel of the cue with this probability; in grey and colour, add Gaussian noise of "
    "this deviation.",
    low=0, high=1,
)  # fmt: skip
ALIGN = Parameter(
    "align", str, None,
    "auto lays pictures over the stored ones before the network runs (moved, turned, scaled, "
    "mirrored, negative, darker or brighter, partly covered), as far as that explains them better; "
    "off starts from the cue as it is. Default: auto for pictures, off for arrays.",
    choices=("auto", "off"),
)  # fmt: skip
TOP = Parameter(
    "top", int, 5, "How many of the stored patterns are named that explain a cue best.",
    low=1, high=10**9,
)  # fmt: skip
ACCEPT = Parameter(
    "accept", float, 0.95, "The probability from which on a match is sure.",
    low=0, high=1, open=True,
)  # fmt: skip
ALIGNMENT = (ALIGN, TOP, ACCEPT)
