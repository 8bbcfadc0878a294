"""Continuous networks on their way, a small step of a descent at a time."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.descent import Ended, descend
from hopcli.continuous.network import Network, States
from hopcli.continuous.recall import CHANGED, MEMORY
from hopcli.web.courses.abstract import AbstractCourse
from hopcli.web.exhibit import Exhibit, nearest
from hopcli.web.frames import Frame

# A part of the time constants that makes a way to be watched out of what hop recall takes in one
# step; and the force on a level, of 1, below which nothing can be seen to move any more.
STEP = 0.2
TOLERANCE = 1e-3
# λ of label neurons that are free, as in hop classify.
STRENGTH = 1.5


@dataclass
class AbstractContinuousCourse(AbstractCourse):
    """States of layers, of which "x" is the picture.

    Attributes:
        exhibit: the memory.
        patterns: its levels, compared for this course alone.
        states: of all layers.
        first: the picture of frame 0, levels of shape (N,).
        energy: of the states.
        steps: that are done.
        settled: whether nothing moves any more.
    """

    exhibit: Exhibit
    patterns: BytePatterns
    states: States
    first: NDArray[np.float64]
    energy: float = 0.0
    steps: int = 0
    settled: bool = False

    @property
    @abstractmethod
    def network(self) -> Network:
        """What runs at this step."""

    @property
    @abstractmethod
    def size(self) -> float:
        """Of this step."""

    @property
    def held(self) -> dict[str, bool]:
        """Layers that do not move."""
        return {}

    @property
    def picture(self) -> NDArray[np.float64]:
        """The levels now, shape (N,)."""
        return self.states["x"]

    @property
    def known(self) -> NDArray[np.uint8]:
        """1 for each pixel that is known."""
        height, width = self.exhibit.memory.shape[:2]
        return np.ones(height * width, dtype=np.uint8)

    def descend(self, steps: int) -> None:
        """Make so many steps, none of which only sees what the energy is."""
        found = descend(
            self.network, self.states, held=self.held, step=self.size, tolerance=TOLERANCE,
            max_steps=steps,
        )  # fmt: skip
        self.states, self.energy = found.states, found.energies[-1]
        self.settled = steps > 0 and found.ended is not Ended.SPENT

    def step(self, visits: int, temperature: float) -> Frame:
        """One step, whatever the visits; there is no temperature."""
        if not self.settled:
            self.descend(1)
            self.steps += 1
        return self.frame()

    def likeness(self) -> NDArray[np.float64]:
        """The overlap of the state with every pattern, shape (K,)."""
        return self.exhibit.cosines(self.patterns, self.picture)

    def weights(self) -> NDArray[np.float64] | None:
        """Σ z of each label, if there are any."""
        labels, count = self.exhibit.labels, len(self.exhibit.memory.label_names)
        if not count:
            return None
        z = self.network.activations(self.states)["z"]
        return np.bincount(labels + 1, z, count + 1)[1:].astype(np.float64)

    def frame(self) -> Frame:
        """Where it is now."""
        exhibit, x = self.exhibit, self.picture
        likeness = self.likeness()
        near = nearest(likeness)
        outcome, weights = None, self.weights()
        if weights is not None:
            weights = weights / max(float(weights.sum()), 1e-300)
        if self.settled:
            first = exhibit.levels(near[:1])[0] / 255
            alike = np.mean(np.abs(np.where(np.isnan(x), 9, x) - first)) < MEMORY
            outcome = "memory" if alike else "spurious"
        filled = np.where(np.isnan(x), exhibit.plane.centre, x)
        return Frame(
            levels=np.rint(np.clip(np.where(np.isnan(x), 0, x), 0, 1) * 255).astype(np.uint8),
            known=self.known,
            energy=self.energy,
            time=float(self.steps),
            sweeps=self.steps,
            flips=int(np.count_nonzero(np.abs(x - self.first) >= CHANGED)),
            nearest=[(int(index), float(likeness[index])) for index in near],
            point=exhibit.plane.points(filled[None])[0],
            labels=weights,
            outcome=outcome,
        )
