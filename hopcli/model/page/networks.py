"""The networks that the page offers, as data: energies and similarities with their parameters."""

import math
from typing import Any

from hopcli.binary import interactions
from hopcli.continuous import similarities as similarity_set
from hopcli.parameters import Parameter

# The energy of pictures, with the parameter that all energies of the page have.
PICTURES = {
    "name": "lse",
    "summary": "log-sum-exp",
    "parameters": [{"name": "beta", "kind": "float", "default": None}],
    "form": {},
}


def default_energy(mode: str) -> str:
    """Return the energy that the page begins with, which is that of `hop recall`."""
    return "exp" if mode == "binary" else "lse"


def energies(mode: str, neurons: int) -> list[dict[str, Any]]:
    """List the energies of a memory of this mode and size, as web/page/engine.js describes them.

    Parameters that are not in a form are left out: a table is that of the defaults.
    """
    if mode != "binary":
        return [PICTURES]
    found = []
    for name in interactions.names():
        interaction = interactions.make(name)
        form = interaction.page(neurons)
        parameters = [_described(one) for one in interaction.parameters if one.name in form]
        fixed = len(parameters) < len(interaction.parameters)
        summary = interaction.describe() if fixed else interaction.summary
        found.append({"name": name, "summary": summary, "parameters": parameters, "form": form})
    return found


def similarities(mode: str) -> list[dict[str, Any]]:
    """List the similarities for pictures, as web/page/engine.js describes them."""
    if mode == "binary":
        return []
    found = [similarity_set.get(name) for name in similarity_set.names()]
    return [{"name": one.name, "summary": one.summary, **one.page()} for one in found]


def _described(parameter: Parameter) -> dict[str, Any]:
    """Describe a number that a visitor may choose; bounds that are infinite are left out."""
    bounds = {"low": parameter.low, "high": parameter.high}
    return {
        "name": parameter.name,
        "kind": parameter.kind.__name__,
        "default": parameter.default,
        **{name: value for name, value in bounds.items() if math.isfinite(value)},
    }
