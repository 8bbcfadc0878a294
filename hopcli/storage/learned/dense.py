"""Dense memories learned with their labels (continuous/label_descent.py).

| member | content |
| --- | --- |
| `dense_pictures` | float32 of shape (K, N), in [−1, 1]: the weights of each memory to the pixels |
| `dense_labels` | float32 of shape (K, C), in [−1, 1]: its weights to the labels of `label_names` |
| `dense_velocity` | float64 of shape (K, N + C): the last changes of both, for resumed learning |
| `dense_degree`, `dense_sweeps`, `dense_seed` | int64 |
| `dense_beta` | float64 |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hopcli.storage.learned.abstract import AbstractLearned, Members
from hopcli.storage.rule import Rule

if TYPE_CHECKING:
    from hopcli.continuous.dense_memories import DenseMemories
    from hopcli.continuous.label_descent import Learning

# The highest degree that is learned or opened; its powers are far from overflow.
HIGHEST_DEGREE = 100


@dataclass(frozen=True)
class Dense(AbstractLearned):
    """Learned memories and the state of their learning.

    Attributes:
        learning: the memories, velocities, sweeps and seed.
        rules: the rule dense.
    """

    members: ClassVar[Members] = {
        "dense_pictures": ("float32", 2),
        "dense_labels": ("float32", 2),
        "dense_velocity": ("float64", 2),
        "dense_degree": ("int64", 0),
        "dense_beta": ("float64", 0),
        "dense_sweeps": ("int64", 0),
        "dense_seed": ("int64", 0),
    }

    learning: "Learning"
    rules: tuple[Rule, ...] = (Rule("dense"),)

    @property
    def parameters(self) -> Mapping[str, float]:
        """The number and degree of the memories, sweeps, seed and β."""
        memories, learning = self.memories, self.learning
        return {
            "memories": len(memories),
            "degree": memories.degree,
            "beta": memories.beta,
            "sweeps": learning.sweeps,
            "seed": learning.seed,
        }

    @property
    def title(self) -> str:
        """The rule and the number of memories in words."""
        return (
            f"dense of degree {self.memories.degree}: {len(self.memories):,} memories, "
            f"{self.learning.sweeps:,} sweeps"
        )

    @property
    def memories(self) -> "DenseMemories":
        """The learned memories."""
        return self.learning.memories

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the members."""
        memories, learning = self.memories, self.learning
        values = (
            memories.pictures, memories.labels, learning.velocity, np.int64(memories.degree),
            np.float64(memories.beta), np.int64(learning.sweeps), np.int64(learning.seed),
        )  # fmt: skip
        return dict(zip(self.members, map(np.asarray, values), strict=True))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], neurons: int) -> Self:
        """Build from the members of a file, whose shapes are checked."""
        from hopcli.continuous.dense_memories import DenseMemories
        from hopcli.continuous.label_descent import Learning

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
        return cls(Learning(memories, velocity, int(sweeps), int(seed)))

    def check(self) -> None:
        """Check that memories are in [−1, 1], and velocities finite."""
        for values in (self.memories.pictures, self.memories.labels):
            # False for NaN as well.
            if not (np.abs(values) <= 1).all():
                raise ValueError("its learned memories are not in [−1, 1]")
        if not np.isfinite(self.learning.velocity).all():
            raise ValueError("the velocities of its learned memories are not finite")


MEMBER = Dense
