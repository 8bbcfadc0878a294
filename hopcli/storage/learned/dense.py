"""Dense memories that were learned with their labels (hopcli/continuous/label_descent.py).

| member | what it holds |
| --- | --- |
| `dense_pictures` | float32 of shape (K, N), in [−1, 1]: what each memory is of a picture |
| `dense_labels` | float32 of shape (K, C), in [−1, 1]: and of each label, as in `label_names` |
| `dense_velocity` | float64 of shape (K, N + C): how they moved last, by which learning goes on |
| `dense_degree`, `dense_sweeps`, `dense_seed` | int64 |
| `dense_beta` | float64 |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.dense_memories import DenseMemories
from hopcli.continuous.label_descent import Learning
from hopcli.storage.learned.abstract import AbstractLearned
from hopcli.storage.learned.members import DENSE, Members

# The highest degree that is learned, or opened: powers stay far below what float64 holds.
HIGHEST_DEGREE = 100


@dataclass(frozen=True)
class Dense(AbstractLearned):
    """Learned memories, and how far their learning has come; `of_learning` makes it."""

    members: ClassVar[Members] = DENSE

    learning: Learning
    rule: str

    @classmethod
    def of_learning(cls, learning: Learning) -> Self:
        """What is to be kept of it: all."""
        memories = learning.memories
        return cls(
            learning,
            f"dense of degree {memories.degree}: {len(memories):,} memories, "
            f"{learning.sweeps:,} sweeps",
        )

    @property
    def memories(self) -> DenseMemories:
        """What was learned."""
        return self.learning.memories

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The members."""
        memories, learning = self.memories, self.learning
        values = (
            memories.pictures, memories.labels, learning.velocity, np.int64(memories.degree),
            np.float64(memories.beta), np.int64(learning.sweeps), np.int64(learning.seed),
        )  # fmt: skip
        return dict(zip(self.members, map(np.asarray, values), strict=True))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """See that the members are of one size, that of the patterns."""
        pictures, labels, velocity, degree, beta, sweeps, seed = (
            arrays[name] for name in cls.members
        )
        kept, wide = pictures.shape
        if wide != neurons:
            raise ValueError(
                f"its learned memories are of {wide:,} neurons, but its patterns of {neurons:,}"
            )
        if not kept or len(labels) != kept or velocity.shape != (kept, wide + labels.shape[1]):
            raise ValueError(
                "its learned memories, their labels and velocities are not of one size"
            )
        if not (2 <= degree <= HIGHEST_DEGREE and sweeps >= 0 and seed >= 0):
            raise ValueError("the degree, sweeps or seed of its learned memories")
        if not 0 < beta < np.inf:
            raise ValueError("the beta of its learned memories")
        memories = DenseMemories(pictures, labels, int(degree), float(beta))
        return cls.of_learning(Learning(memories, velocity, int(sweeps), int(seed)))

    def check(self) -> None:
        """See that memories are in [−1, 1], and velocities finite."""
        for values in (self.memories.pictures, self.memories.labels):
            # Also not where one is NaN.
            if not (np.abs(values) <= 1).all():
                raise ValueError("its learned memories are not in [−1, 1]")
        if not np.isfinite(self.learning.velocity).all():
            raise ValueError("the velocities of its learned memories are not finite")
