"""Recall of grey and coloured pictures, with label neurons where there are labels."""

from dataclasses import dataclass

import numpy as np

from hopcli.continuous import named
from hopcli.continuous.network import Network
from hopcli.continuous.recall import PictureMemory, expected_of
from hopcli.web.courses.abstract import Cue
from hopcli.web.courses.continuous import STEP, STRENGTH, AbstractContinuousCourse
from hopcli.web.exhibit import Exhibit
from hopcli.web.settings import Settings


@dataclass
class RecallingCourse(AbstractContinuousCourse):
    """Neither picture nor label is clamped.

    Attributes:
        beta: sharpness.
    """

    beta: float = 1.0

    @classmethod
    def begin(cls, exhibit: Exhibit, cue: Cue, settings: Settings) -> "RecallingCourse":
        """From a cue, its unknown pixels filled with what the known ones lead to expect."""
        patterns = exhibit.patterns()
        beta = exhibit.beta("nothing") if settings.beta is None else settings.beta
        x = cue.values
        if not cue.known.any():
            x = patterns.mix(np.full(len(patterns), 1 / len(patterns)))
        elif not cue.known.all():
            expected = expected_of(PictureMemory.of(patterns, "l2", beta), x, cue.known)
            x = np.where(cue.known, x, expected)
        states = {"x": x, "z": -patterns.squared_distances(x) / 2}
        if count := len(exhibit.memory.label_names):
            states["y"] = np.zeros(count)
        course = cls(exhibit, patterns, states, x, beta=beta)
        course.descend(0)
        return course

    @property
    def network(self) -> Network:
        """Pictures and memories, and labels."""
        count = len(self.exhibit.memory.label_names)
        if not count:
            return named.log_sum_exp(self.patterns, self.beta)
        return named.picture_label_memory(
            self.patterns, self.exhibit.labels, count, self.beta, STRENGTH
        )

    @property
    def size(self) -> float:
        """The same throughout."""
        return STEP
