"""Recall of grey and coloured pictures: unknown pixels are filled, then one energy descends."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import sharpness, similarities
from hopcli.continuous.descent import Descent, Ended, descend
from hopcli.continuous.lagrangians.softmax import Softmax
from hopcli.continuous.neighbourhood import Neighbourhood
from hopcli.continuous.network import Network, States
from hopcli.continuous.overlap import overlap
from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.similarities.abstract import AbstractSimilarity
from hopcli.results import Outcome, Recall

# A state is a memory if it is off by less than this on the average over its pixels.
MEMORY = 2 / 255
# A pixel has changed if it has by half of a byte's level.
CHANGED = 0.5 / 255
# The force below which a pixel counts as standing still.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class PictureMemory:
    """Stored pictures and how they are compared with a state.

    Attributes:
        patterns: levels in [0, 1].
        similarity: by which patterns are weighted.
        beta: sharpness of the softmax over scores.
    """

    patterns: AbstractPatterns
    similarity: AbstractSimilarity
    beta: float

    @classmethod
    def of(
        cls, patterns: AbstractPatterns, similarity: str, beta: float | None = None
    ) -> "PictureMemory":
        """Look the similarity up by its name, and compute β from the patterns if it is None.

        Raises:
            ParameterError: there is no such similarity.
        """
        score = similarities.get(similarity)
        return cls(patterns, score, sharpness.auto(patterns, score) if beta is None else beta)

    def among(self, patterns: AbstractPatterns) -> "PictureMemory":
        """Return the same network with only some of the patterns."""
        return self if patterns is self.patterns else replace(self, patterns=patterns)

    @property
    def neighbourhood(self) -> Neighbourhood:
        """The patterns that a recall begins with."""
        return self.similarity.neighbourhood(self.patterns, self.beta)

    @cached_property
    def network(self) -> Network:
        """Feature neurons "x" and memory neurons "z", joined as the similarity asks for."""
        return self.similarity.network(self.patterns, self.beta)


def recall(
    memory: PictureMemory,
    cue: NDArray[np.float64],
    *,
    clamp: bool = False,
    max_steps: int = 100,
    film: bool = False,
) -> Recall:
    """Run the network from a cue to where it settles.

    Args:
        memory: stored pictures.
        cue: levels, NaN where unknown, shape (N,).
        clamp: hold the known pixels still.
        max_steps: at least 1.
        film: whether to keep the states along the way.
    """
    known = ~np.isnan(cue)
    seen = memory.similarity.unbiased(memory.patterns, cue)
    near = memory.neighbourhood
    if known.any():
        near = near.around(seen)
        expected = expected_of(memory.among(near.memories), seen, known)
    else:
        expected = memory.patterns.mix(np.full(len(memory.patterns), 1 / len(memory.patterns)))
    filled = start = np.where(known, cue, expected)
    way = _Way(memory, known if clamp else np.zeros_like(known), film)

    before: tuple[float, ...] = ()
    if seen is not cue:
        # The first step goes where the unbiased comparison leads, if that is downhill.
        leap = np.where(way.held, cue, expected)
        at_cue, around_cue = way.run(filled, near, 0)
        at_leap, around_leap = way.run(leap, near, 0)
        near = around_cue
        if at_leap.energies <= at_cue.energies:
            start, before, near = leap, at_cue.energies, around_leap
    found, near = way.run(start, near, max_steps - len(before))
    # Whatever the state is among, its network is that of the memories nearby.
    reached = memory.among(near.memories)
    state = _picture(reached, found.states)
    if clamp:
        state = np.where(known, cue, state)
    energies = before + found.energies
    if found.ended is not Ended.SPENT and len(energies) <= max_steps:
        # The last sweep is the one that finds nothing left to move.
        energies += energies[-1:]
    place = np.array([reached.patterns.squared_distances(state).argmin()])
    (pattern,) = reached.patterns.rows(place)
    frames = [_picture(reached, states) for states in found.film[0 if before else 1 :]]
    return Recall(
        state=state,
        outcome=_outcome(found, state, pattern),
        index=int(near.rows[place[0]]),
        overlap=overlap(state, pattern),
        cue_overlap=overlap(cue, pattern),
        sweeps=len(energies) - 1,
        flips=int(np.count_nonzero(~(np.abs(state - cue) < CHANGED))),
        energies=energies,
        film=(cue, filled, *frames) if film else (),
    )


@dataclass(frozen=True)
class _Way:
    """How a recall runs among the memories that matter.

    Attributes:
        memory: all of them.
        held: pixels that are held still, shape (N,).
        film: whether to keep the states along the way.
    """

    memory: PictureMemory
    held: NDArray[np.bool_]
    film: bool

    def run(
        self, x: NDArray[np.float64], near: Neighbourhood, steps: int
    ) -> tuple[Descent, Neighbourhood]:
        """Descend from a state; where the way leads near other memories, again with these."""
        near = near.around(x)
        while True:
            some = self.memory.among(near.memories)
            found = descend(
                some.network,
                {"x": some.similarity.features(x), "z": some.similarity.scores(some.patterns, x)},
                held={"x": self.held},
                tolerance=TOLERANCE,
                precision=some.similarity.precision(some.patterns),
                max_steps=steps,
                film=self.film or not near.is_whole,
            )
            wider = near
            for states in () if near.is_whole else found.film:
                wider = wider.around(states["x"])
            if len(wider.rows) == len(near.rows):
                return found, wider
            near = wider


def expected_of(
    memory: PictureMemory, cue: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What the known pixels of a cue lead to expect of all.

    A softmax over scores of the known pixels alone, its β scaled by N/known: the fewer pixels are
    compared, the less the scores differ.
    """
    beta = memory.beta
    if memory.similarity.is_sum:
        beta *= known.size / np.count_nonzero(known)
    z = Softmax(beta).activation(memory.similarity.scores(memory.patterns, cue))
    return memory.patterns.mix(z)


def _picture(memory: PictureMemory, states: States) -> NDArray[np.float64]:
    """Compute the picture that internal states stand for."""
    return memory.similarity.picture(memory.patterns, memory.network, states)


def _outcome(found: Descent, state: NDArray[np.float64], pattern: NDArray[np.float64]) -> Outcome:
    if found.ended is Ended.SPENT:
        return Outcome.UNSETTLED
    near = np.mean(np.abs(state - pattern)) < MEMORY
    return Outcome.MEMORY if near else Outcome.SPURIOUS
