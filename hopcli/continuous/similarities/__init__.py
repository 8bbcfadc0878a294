"""Similarities of a pattern and a state, each a module of this package that has its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopcli import members

if TYPE_CHECKING:
    from hopcli.continuous.similarities.abstract import AbstractSimilarity


def names() -> tuple[str, ...]:
    """List the similarities in alphabetical order, without importing them."""
    return members.names(__name__)


def get(name: str) -> AbstractSimilarity:
    """Return a similarity by its name.

    Raises:
        ParameterError: there is none of that name.
    """
    return members.get(__name__, name, "similarity")()
