"""The patterns near a state, found in parts.

How near a pattern has to be is known only when all parts have been looked at: the nearest one may
be in another. So each part tells of its nearest ones first, and then of all within reach of the
nearest of all, if it has any.

Each look is one errand a part, be there anything to look for or not, so that a crew can send those
of a part to where it is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.passes import pattern
from hopcli.binary.search import AbstractSearch, Near, PackedSearch
from hopcli.crew import Crew
from hopcli.parts import AbstractPart


@dataclass(frozen=True)
class _Wanted:
    """Patterns within reach, in overlaps, of the nearest there to states, (rows, N) of int8."""

    rows: NDArray[np.intp]
    states: NDArray[np.int8]
    reach: int


@dataclass(frozen=True)
class _Errand:
    """A part, and what is wanted there."""

    part: AbstractPart
    wanted: Sequence[_Wanted]


def _look(errands: Sequence[_Errand]) -> list[list[list[Near | None]]]:
    """Look in some parts, one after another; for each what was found, for each wanted."""
    return [[_found(errand.part, wanted) for wanted in errand.wanted] for errand in errands]


def _found(part: AbstractPart, wanted: _Wanted) -> list[Near | None]:
    """What is near each state in a part."""
    search = PackedSearch(part.open(), wanted.states.shape[1])
    return [
        near and replace(near, indices=near.indices + part.start)
        for near in search.within(wanted.states, wanted.reach)
    ]


@dataclass(frozen=True)
class ShardedSearch(AbstractSearch):
    """Patterns in parts, of N below 2¹⁶ neurons, and who looks at them."""

    parts: Sequence[AbstractPart]
    neurons: int
    crew: Crew

    @property
    def patterns(self) -> int:
        """K."""
        return sum(part.patterns for part in self.parts)

    def pattern(self, index: int) -> NDArray[np.int8]:
        """Unpack one pattern."""
        return pattern(self.parts, index, self.neurons)

    def within(self, states: NDArray[np.int8], reach: int) -> list[Near | None]:
        """Look for the nearest in all parts, then within reach of it where there may be more."""
        rows = np.arange(len(states))
        errands = [_Errand(part, [_Wanted(rows, states, 0)]) for part in self.parts]
        nears = [found for (found,) in self.crew.map(_look, errands)]
        tops = np.array([
            [-self.neurons if near is None else near.overlaps.max() for near in of_part]
            for of_part in nears
        ])  # fmt: skip
        # What each part has to look for beyond its own nearest, for each state.
        further = tops - (tops.max(axis=0) - reach)
        errands = [
            _Errand(part, _further(states, of_part))
            for part, of_part in zip(self.parts, further, strict=True)
        ]
        for number, more in enumerate(self.crew.map(_look, errands)):
            for wanted, found in zip(errands[number].wanted, more, strict=True):
                for row, near in zip(wanted.rows, found, strict=True):
                    nears[number][row] = near
        return [_together(of_state, further[:, row] >= 0)
                for row, of_state in enumerate(zip(*nears, strict=True))]  # fmt: skip


def _further(states: NDArray[np.int8], reaches: NDArray[np.integer]) -> list[_Wanted]:
    """What is wanted of a part that has so much to look for, those of one reach together."""
    rows_of = {int(reach): np.flatnonzero(reaches == reach) for reach in reaches if reach > 0}
    return [_Wanted(rows, states[rows], reach) for reach, rows in rows_of.items()]


def _together(nears: Sequence[Near | None], within: NDArray[np.bool_]) -> Near | None:
    """The patterns near a state in those parts that have such; None if there are too many."""
    found = [near for near in nears if near is not None]
    if len(found) < len(nears):
        return None
    chosen = [near for near, is_near in zip(found, within, strict=True) if is_near]
    others = [near for near, is_near in zip(found, within, strict=True) if not is_near]
    return Near(
        np.concatenate([near.indices for near in chosen]),
        np.concatenate([near.words for near in chosen]),
        np.concatenate([near.overlaps for near in chosen]),
        max([near.bound for near in chosen] + [int(near.overlaps.max()) for near in others]),
    )
