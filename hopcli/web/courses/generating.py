"""Generation: the label is clamped, and the picture forms."""

from dataclasses import dataclass

import numpy as np

from hopcli.continuous import generation
from hopcli.continuous.network import Network
from hopcli.web.courses.abstract import Cue
from hopcli.web.courses.continuous import STEP, AbstractContinuousCourse
from hopcli.web.exhibit import Exhibit
from hopcli.web.settings import Settings


@dataclass
class GeneratingCourse(AbstractContinuousCourse):
    """A picture that forms.

    Attributes:
        ready: both networks.
    """

    ready: generation.Ready | None = None

    @classmethod
    def begin(cls, exhibit: Exhibit, cue: Cue, settings: Settings) -> "GeneratingCourse":
        """From a picture, noise where it is unknown."""
        patterns = exhibit.patterns()
        auto, label = exhibit.beta("label"), exhibit.check_label(settings.label)
        beta = auto if settings.beta is None else settings.beta
        # The chance that `hop generate` would have with this seed.
        (rng,) = np.random.default_rng([settings.seed, 2]).spawn(1)
        ready = generation.prepare(
            patterns, exhibit.labels, label, beta=beta, picture=cue.values, rng=rng
        )
        course = cls(exhibit, patterns, ready.states, ready.states["x"], ready=ready)
        course.descend(0)
        return course

    @property
    def _forms(self) -> bool:
        return self.steps < generation.FORMING_STEPS

    @property
    def network(self) -> Network:
        """With slow memory neurons at first."""
        assert self.ready is not None
        return self.ready.forming if self._forms else self.ready.settling

    @property
    def size(self) -> float:
        """Smaller at first."""
        return generation.STEP if self._forms else STEP

    @property
    def held(self) -> dict[str, bool]:
        """The label."""
        return {"y": True}

    def descend(self, steps: int) -> None:
        """As long as it forms, standing still is not the end."""
        forms = self._forms
        super().descend(steps)
        self.settled = self.settled and not forms
