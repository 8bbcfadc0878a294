"""Classification: the picture is clamped, and the label neurons settle."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous import named, similarities
from hopcli.continuous.classification import HeldPicture
from hopcli.continuous.network import Network
from hopcli.web.courses.abstract import Cue
from hopcli.web.courses.continuous import STEP, STRENGTH, AbstractContinuousCourse
from hopcli.web.exhibit import Exhibit
from hopcli.web.settings import Settings


@dataclass
class ClassifyingCourse(AbstractContinuousCourse):
    """A picture that does not move.

    Attributes:
        beta: sharpness.
        cue: the picture.
        distances: squared, to the labelled patterns, less the least.
        alike: the cosine with every pattern.
    """

    beta: float = 1.0
    cue: Cue | None = None
    distances: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    alike: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @classmethod
    def begin(cls, exhibit: Exhibit, cue: Cue, settings: Settings) -> "ClassifyingCourse":
        """From a picture.

        Raises:
            HopError: pictures cannot be clamped in this memory.
        """
        auto = exhibit.beta("picture")
        beta = auto if settings.beta is None else settings.beta
        patterns, x = exhibit.patterns(), cue.values
        distances = exhibit.distances(cue.state(exhibit.memory.mode))
        distances = distances - distances.min()
        states = {
            "x": np.zeros(0),
            "y": np.zeros(len(exhibit.memory.label_names)),
            "z": -distances / 2,
        }
        alike = similarities.get("cosine").scores(patterns, x)
        course = cls(
            exhibit, patterns, states, x, beta=beta, cue=cue, distances=distances, alike=alike
        )
        course.descend(0)
        return course

    @property
    def network(self) -> Network:
        """Of the labelled patterns, and nothing of the picture but its distances."""
        labels = self.exhibit.labels[self.exhibit.labelled]
        return named.picture_label_memory(
            HeldPicture(self.distances), labels, len(self.states["y"]), self.beta, STRENGTH
        )

    @property
    def size(self) -> float:
        """The same throughout."""
        return STEP

    @property
    def held(self) -> dict[str, bool]:
        """The picture."""
        return {"x": True}

    @property
    def picture(self) -> NDArray[np.float64]:
        """As it was given, NaN where unknown."""
        return self.first

    @property
    def known(self) -> NDArray[np.uint8]:
        """As it was given."""
        assert self.cue is not None
        return self.cue.pixels(self.exhibit.memory.shape[0] * self.exhibit.memory.shape[1])

    def likeness(self) -> NDArray[np.float64]:
        """The overlap of the picture with every pattern."""
        return self.alike

    def weights(self) -> NDArray[np.float64] | None:
        """Σ z of each label."""
        z = self.network.activations(self.states)["z"]
        labels = self.exhibit.labels[self.exhibit.labelled]
        return np.bincount(labels, z, len(self.states["y"])).astype(np.float64)
