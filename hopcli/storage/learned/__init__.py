"""What was learned from the patterns of a memory: the kinds of it, and where a file has them."""

from collections.abc import Mapping
from importlib import import_module

import numpy as np

from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.learned.members import BOLTZMANN, DENSE, WEIGHTS, Members
from hopcli.storage.npz import Archive, Array

# By the names of their classes, in the order in which their members stand in a file. Each is in a
# module of its own, which is loaded where a file has it, or somebody asks for it.
KINDS: Mapping[str, Members] = {"Weights": WEIGHTS, "Boltzmann": BOLTZMANN, "Dense": DENSE}

__all__ = ["KINDS", "AbstractLearned"]


def find(archive: Archive) -> dict[str, dict[str, Array]]:
    """The members of each kind that a file has, none of them read.

    Raises:
        ValueError: one is missing, or not of its type.
    """
    found = {}
    for kind, members in KINDS.items():
        if not members.keys() & archive.members.keys():
            continue
        found[kind] = {}
        for name, (wanted, dimensions) in members.items():
            if name not in archive.members:
                raise ValueError(f"its {name} is missing")
            array = archive.array(name)
            header = array.header
            same = header.kind.kind == "U" if wanted == "U" else header.kind == np.dtype(wanted)
            if not same or len(header.shape) != dimensions:
                raise ValueError(f"its {name}")
            found[kind][name] = array
    return found


def read(
    archive: Archive,
    found: Mapping[str, Mapping[str, Array]],
    neurons: int,
    checked_up_to: int,
) -> tuple[AbstractLearned, ...]:
    """What `find` found, for a memory of so many neurons; its content is checked up to a size.

    Raises:
        ValueError: it is damaged.
    """
    learned = []
    for kind, arrays in found.items():
        values = {name: archive.read(array) for name, array in arrays.items()}
        one = _class(kind).of(values, neurons)
        if sum(array.header.size for array in arrays.values()) <= checked_up_to:
            for name, array in arrays.items():
                if array.mapped:
                    archive.verify(array, values[name])
            one.check()
        learned.append(one)
    return tuple(learned)


def _class(kind: str) -> type[AbstractLearned]:
    return getattr(import_module(f"{__name__}.{kind.lower()}"), kind)
