"""Recall of grey and coloured pictures by a continuous network."""

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

# Largest mean deviation of a pixel at which a state is a stored pattern.
MEMORY = 2 / 255
# Least change of a pixel that counts: half a level of a byte.
CHANGED = 0.5 / 255
# Largest force on a neuron that counts as none.
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
    """Run the network from a cue until it settles.

    Unknown pixels begin at what the known ones lead to expect. Then the whole network descends its
    energy.

    Args:
        memory: stored pictures.
        cue: levels, NaN where unknown, shape (N,).
        clamp: whether known pixels stay as given.
        max_steps: at least 1.
        film: whether to keep the states along the way.
    """
    known = ~np.isnan(cue)
    unbiased = memory.similarity.unbiased(memory.patterns, cue)
    near = memory.neighbourhood
    if known.any():
        near = near.around(unbiased)
        expected = expected_of(memory.among(near.memories), unbiased, known)
    else:
        expected = memory.patterns.mix(np.full(len(memory.patterns), 1 / len(memory.patterns)))
    filled = start = np.where(known, cue, expected)
    trajectory = _Trajectory(memory, known if clamp else np.zeros_like(known), film)

    before: tuple[float, ...] = ()
    if unbiased is not cue:
        # The first step goes where the unbiased comparison leads, if that lowers the energy.
        first = np.where(trajectory.held, cue, expected)
        at_cue, near_cue = trajectory.run(filled, near, 0)
        at_first, near_first = trajectory.run(first, near, 0)
        near = near_cue
        if at_first.energies <= at_cue.energies:
            start, before, near = first, at_cue.energies, near_first
    found, near = trajectory.run(start, near, max_steps - len(before))
    reached = memory.among(near.memories)
    state = _picture(reached, found.states)
    if clamp:
        state = np.where(known, cue, state)
    energies = before + found.energies
    if found.ended is not Ended.SPENT and len(energies) <= max_steps:
        # The last sweep is the one that changes nothing.
        energies += energies[-1:]
    row = int(reached.patterns.squared_distances(state).argmin())
    (pattern,) = reached.patterns.rows(np.array([row]))
    frames = [_picture(reached, states) for states in found.film[0 if before else 1 :]]
    return Recall(
        state=state,
        outcome=_outcome(found, state, pattern),
        index=int(near.rows[row]),
        overlap=overlap(state, pattern),
        cue_overlap=overlap(cue, pattern),
        sweeps=len(energies) - 1,
        flips=int(np.count_nonzero(~(np.abs(state - cue) < CHANGED))),
        energies=energies,
        film=(cue, filled, *frames) if film else (),
    )


@dataclass(frozen=True)
class _Trajectory:
    """Descents of a recall, each among the patterns that are relevant to it.

    Attributes:
        memory: all patterns.
        held: pixels that are held still, shape (N,).
        film: whether to keep the states along the way.
    """

    memory: PictureMemory
    held: NDArray[np.bool_]
    film: bool

    def run(
        self, x: NDArray[np.float64], near: Neighbourhood, steps: int
    ) -> tuple[Descent, Neighbourhood]:
        """Descend from a state; if other patterns become relevant, again with these."""
        near = near.around(x)
        while True:
            some = self.memory.among(near.memories)
            found = descend(
                some.network,
                {
                    "x": some.similarity.features(x),
                    "z": some.similarity.scores(some.patterns, x),
                },
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
    """Compute the mean of the patterns, weighted by a softmax over scores of the known pixels.

    If the scores are sums over pixels, they differ less the fewer are known, and β is scaled by
    N/known.

    Args:
        memory: stored pictures.
        cue: levels, NaN where unknown, shape (N,).
        known: which pixels are known, at least one, shape (N,).

    Returns:
        Levels of all pixels, shape (N,).
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
