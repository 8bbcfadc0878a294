"""The networks that the page offers, as data: energies and similarities with their parameters."""

from typing import Any

from hopcli.continuous import similarities as similarity_set


def default_energy(mode: str) -> str:
    """The energy that the page begins with, as `hop recall` does."""
    return "exp" if mode == "binary" else "lse"


def energies(mode: str, neurons: int) -> list[dict[str, Any]]:
    """List the energies of a memory of this mode, as page/engine.js describes them."""
    beta = {"name": "beta", "kind": "float", "default": 1.0}
    if mode != "binary":
        return [{"name": "lse", "summary": "log-sum-exp", "parameters": [beta], "form": {}}]
    degree = {"name": "degree", "kind": "int", "default": 3, "low": 2, "high": 10_000}
    return [
        {"name": "classical", "summary": "x²", "parameters": [], "form": {"family": "classical"}},
        {
            "name": "poly", "summary": "xⁿ", "parameters": [degree],
            "form": {"family": "power", "degree": 3},
        },
        {
            "name": "exp", "summary": "exp(βx)", "parameters": [beta],
            "form": {"family": "exponential", "beta": 1.0},
        },
    ]  # fmt: skip


def similarities(mode: str) -> list[dict[str, Any]]:
    """List the similarities for pictures, as page/engine.js describes them."""
    if mode == "binary":
        return []
    found = [similarity_set.get(name) for name in similarity_set.names()]
    return [{"name": one.name, "summary": one.summary, **one.page()} for one in found]
