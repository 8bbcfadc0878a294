"""What was learned from the patterns of a memory: the kinds of it, and where a file has them."""

from collections.abc import Mapping

import numpy as np

from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.learned.weights import Weights
from hopcli.storage.npz import Archive, Array

# In the order in which their members stand in a file.
KINDS: tuple[type[AbstractLearned], ...] = (Weights,)

__all__ = ["KINDS", "AbstractLearned", "Weights"]


def find(archive: Archive) -> dict[type[AbstractLearned], dict[str, Array]]:
    """The members of each kind that a file has, none of them read.

    Raises:
        ValueError: one is missing, or not of its type.
    """
    found = {}
    for kind in KINDS:
        if not kind.members.keys() & archive.members.keys():
            continue
        found[kind] = {}
        for name, (wanted, dimensions) in kind.members.items():
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
    found: Mapping[type[AbstractLearned], Mapping[str, Array]],
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
        one = kind.of(values, neurons)
        if sum(array.header.size for array in arrays.values()) <= checked_up_to:
            for name, array in arrays.items():
                if array.mapped:
                    archive.verify(array, values[name])
            one.check()
        learned.append(one)
    return tuple(learned)
