"""Recall of grey and coloured pictures: unknown pixels are filled, then one energy descends."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import named, sharpness
from hopcli.continuous.clipping import unclipped
from hopcli.continuous.descent import Descent, Ended, descend
from hopcli.continuous.lagrangians import Softmax
from hopcli.continuous.network import Network, States
from hopcli.continuous.patterns import AbstractPatterns
from hopcli.continuous.similarities import SIMILARITIES, AbstractSimilarity, Cosine, cosine
from hopcli.continuous.unit_patterns import UnitPatterns
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
        similarity: l2, l1, dot or cosine.
        beta: sharpness of the softmax over scores.
    """

    patterns: AbstractPatterns
    similarity: str
    beta: float

    @classmethod
    def of(cls, patterns: AbstractPatterns, similarity: str, beta: float | None) -> "PictureMemory":
        """Work β out from the patterns if it is not given."""
        if beta is None:
            beta = sharpness.auto(patterns, SIMILARITIES[similarity])
        return cls(patterns, similarity, beta)

    @property
    def score(self) -> AbstractSimilarity:
        """How a pattern and a state are compared."""
        return SIMILARITIES[self.similarity]

    @cached_property
    def network(self) -> Network:
        """Feature neurons x and memory neurons z, with the synapse of this similarity."""
        if self.similarity == "l2":
            return named.log_sum_exp(self.patterns, self.beta)
        if self.similarity == "l1":
            return named.log_sum_exp_absolute(self.patterns, self.beta)
        if self.similarity == "dot":
            return named.attention(self.patterns, self.beta)
        return named.cosine(UnitPatterns.of(self.patterns), self.beta)


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
    seen = unclipped(cue, memory.patterns) if memory.similarity == "l2" else cue
    expected = _expected(memory, seen, known)
    filled = start = np.where(known, cue, expected)
    network = memory.network
    held = known if clamp else np.zeros_like(known)

    def run(x: NDArray[np.float64], steps: int) -> Descent:
        return descend(
            network,
            {"x": _features(memory, x), "z": memory.score.scores(memory.patterns, x)},
            held={"x": held},
            tolerance=TOLERANCE,
            max_steps=steps,
            film=film,
        )

    before: tuple[float, ...] = ()
    if seen is not cue:
        # The first step goes where the unbiased comparison leads, if that is downhill.
        leap = np.where(held, cue, expected)
        at_cue = run(filled, 0).energies
        if run(leap, 0).energies <= at_cue:
            start, before = leap, at_cue
    found = run(start, max_steps - len(before))
    state = _picture(memory, found.states)
    if clamp:
        state = np.where(known, cue, state)
    energies = before + found.energies
    if found.ended is not Ended.SPENT and len(energies) <= max_steps:
        # The last sweep is the one that finds nothing left to move.
        energies += energies[-1:]
    nearest = int(memory.patterns.squared_distances(state).argmin())
    (pattern,) = memory.patterns.rows(np.array([nearest]))
    way = [_picture(memory, states) for states in found.film[0 if before else 1 :]]
    return Recall(
        state=state,
        outcome=_outcome(found, state, pattern),
        index=nearest,
        overlap=cosine(state, pattern),
        cue_overlap=cosine(cue, pattern),
        sweeps=len(energies) - 1,
        flips=int(np.count_nonzero(~(np.abs(state - cue) < CHANGED))),
        energies=energies,
        film=(cue, filled, *way) if film else (),
    )


def _expected(
    memory: PictureMemory, cue: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What the known pixels of a cue lead to expect of all.

    A softmax over scores of the known pixels alone, its β scaled by N/known: the fewer pixels are
    compared, the less the scores differ.
    """
    if not known.any():
        uniform = np.full(len(memory.patterns), 1 / len(memory.patterns))
        return memory.patterns.mix(uniform)
    beta = memory.beta
    if not isinstance(memory.score, Cosine):
        beta *= known.size / np.count_nonzero(known)
    z = Softmax(beta).activation(memory.score.scores(memory.patterns, cue))
    return memory.patterns.mix(z)


def _features(memory: PictureMemory, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """The internal states of the feature neurons that a picture stands for."""
    return start - start.mean() if isinstance(memory.score, Cosine) else start


def _picture(memory: PictureMemory, states: States) -> NDArray[np.float64]:
    """The picture that internal states stand for."""
    if not isinstance(memory.score, Cosine):
        return states["x"]
    # The cosine's feature layer knows neither brightness nor contrast; its memory neurons do.
    return memory.patterns.mix(memory.network.activations(states)["z"])


def _outcome(found: Descent, state: NDArray[np.float64], pattern: NDArray[np.float64]) -> Outcome:
    if found.ended is Ended.SPENT:
        return Outcome.UNSETTLED
    near = np.mean(np.abs(state - pattern)) < MEMORY
    return Outcome.MEMORY if near else Outcome.SPURIOUS
