"""Open sets: packages each of whose modules is a member, found by its file.

A set is a package, such as `hopcli.binary.interactions`. Each of its modules is a member, except
`abstract` and modules whose names begin with an underscore. The member's name is the module's, with
`-` for `_`, and the module's `MEMBER` is what it offers. To add a member is to add a file.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Any

from hopcli.errors import ParameterError


@cache
def names(package: str) -> tuple[str, ...]:
    """List the members of a set in alphabetical order, without importing them.

    Args:
        package: the set's full name, such as "hopcli.binary.interactions".
    """
    path = importlib.import_module(package).__path__
    found = (module.name for module in pkgutil.iter_modules(path))
    return tuple(
        sorted(
            name.replace("_", "-")
            for name in found
            if name != "abstract" and not name.startswith("_")
        )
    )


def get(package: str, name: str, parameter: str) -> Any:
    """Import one member of a set.

    Args:
        package: the set's full name.
        name: the member's.
        parameter: which parameter the name was given for.

    Raises:
        ParameterError: the set has no such member; the nearest one is named.
    """
    choose(parameter, name, names(package))
    return importlib.import_module(f"{package}.{name.replace('-', '_')}").MEMBER


def load_all(package: str) -> dict[str, Any]:
    """Import all members of a set, by name."""
    return {name: get(package, name, "name") for name in names(package)}


def choose(parameter: str, given: object, choices: Sequence[str]) -> str:
    """Return what was given, if it is one of the choices.

    Raises:
        ParameterError: it is not; the nearest choice is named.
    """
    if isinstance(given, str) and given in choices:
        return given
    near = difflib.get_close_matches(str(given), choices, n=1, cutoff=0.0)
    listed = " or ".join([", ".join(choices[:-1]), choices[-1]] if choices[1:] else choices)
    if len(choices) > 8:
        listed = f"one of {len(choices)}, such as {choices[0]}"
    raise ParameterError(parameter, given, f"it takes {listed}", f"did you mean {near[0]}?")
