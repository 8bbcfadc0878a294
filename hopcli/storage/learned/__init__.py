"""The open set of what can be learned from the patterns of a memory and stored in its file.

Each module has a final class of AbstractLearned as its MEMBER. The modules are imported only if a
file has members other than those of the patterns.
"""

from collections.abc import Mapping, Set

import numpy as np

from hopcli import members
from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.npz import Archive, Array
from hopcli.storage.rule import optional

__all__ = ["AbstractLearned"]

Found = Mapping[type[AbstractLearned], Mapping[str, Array]]


def find(archive: Archive, known: Set[str]) -> Found:
    """Return the headers of the members of each class that a file has.

    Args:
        archive: the file.
        known: the members of every memory, which belong to no class.

    Raises:
        ValueError: a member is missing, or has another type.
    """
    others = [name for name in archive.members if name not in known]
    if not others:
        return {}
    kinds = members.load_all(__name__).values()
    found = {}
    # In the order of the file, in which they were learned.
    for kind in sorted(kinds, key=lambda kind: _first(others, kind)):
        if not kind.members.keys() & set(others):
            continue
        wanted = dict(kind.members)
        if kind.rule_member:
            more = {name: optional(kind.rule_member, name) for name in others}
            wanted |= {name: each for name, each in more.items() if each}
        found[kind] = {name: _checked(archive, name, *wanted[name]) for name in wanted}
    return found


def _first(names: list[str], kind: type[AbstractLearned]) -> int:
    """Return the index of the first member of a class."""
    return next((n for n, name in enumerate(names) if name in kind.members), len(names))


def _checked(archive: Archive, name: str, wanted: str, dimensions: int) -> Array:
    if name not in archive.members:
        raise ValueError(f"its {name} is missing")
    array = archive.array(name)
    header = array.header
    same = header.kind.kind == "U" if wanted == "U" else header.kind == np.dtype(wanted)
    if not same or len(header.shape) != dimensions:
        raise ValueError(f"its {name}")
    return array


def read(
    archive: Archive, found: Found, neurons: int, checked_up_to: int
) -> tuple[AbstractLearned, ...]:
    """Read the members that `find` returned.

    Args:
        archive: the file.
        found: the members of each class.
        neurons: of the patterns.
        checked_up_to: bytes of the members of a class up to which their values are checked.

    Raises:
        ValueError: a member is damaged.
    """
    learned = []
    for kind, arrays in found.items():
        values = {name: archive.read(array) for name, array in arrays.items()}
        one = kind.of(values, neurons)
        if sum(array.header.size for array in arrays.values()) <= checked_up_to:
            for name, array in arrays.items():
                if array.mapped:
                    archive.verify(array, values[name])
            one.check()
        learned.append(one)
    return tuple(learned)
