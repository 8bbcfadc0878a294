"""Generation: a picture that forms from noise under a label that is held."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli import members
from hopcli.continuous import sharpness, similarities
from hopcli.continuous.generation import generate
from hopcli.continuous.recall import MEMORY
from hopcli.model import options
from hopcli.model.classify import check_labels
from hopcli.model.partition import levels_of, partition
from hopcli.model.pictured import picture_of, png_of
from hopcli.parameters import SEED, Parameter

if TYPE_CHECKING:
    from PIL.Image import Image

    from hopcli.continuous.patterns import AbstractPatterns
    from hopcli.model.memory import Memory

COUNT = Parameter("count", int, 1, "How many pictures to generate.", low=1, high=10**6)


@dataclass(frozen=True, repr=False, eq=False)
class Generated:
    """A picture that formed.

    Attributes:
        state: shape (N,): ±1 of int8 of a binary memory, else levels of float64.
        levels: the levels that formed, float64 of shape (N,), also of a binary memory.
        outcome: "memory", or "spurious" for a mixture of several.
        index: of the nearest stored pattern.
        name: that pattern's name.
        label: its label.
        energies: before the first step and after each.
        film: levels along the way, if they were asked for.
        beta: the sharpness of the memory neurons.
        mode: of the memory.
        shape: of a pattern.
    """

    state: NDArray[Any]
    levels: NDArray[np.float64]
    outcome: str
    index: int
    name: str
    label: str | None
    energies: tuple[float, ...]
    film: tuple[NDArray[np.float64], ...]
    beta: float
    mode: str
    shape: tuple[int, ...]

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.energies) - 1

    @property
    def picture(self) -> "Image":
        """The picture as a Pillow picture, of grey levels also where the memory is binary."""
        mode = "rgb" if self.mode == "rgb" else "gray"
        return picture_of(self.levels, mode, self.shape)

    def answer(self) -> dict[str, Any]:
        """Return what `hop generate --json` writes of one picture, but for its output's path."""
        return {
            "name": self.name,
            "label": self.label,
            "index": self.index,
            "outcome": self.outcome,
            "steps": self.steps,
            "energies": list(self.energies),
        }

    def __repr__(self) -> str:
        return f"Generated({self.outcome}: {self.name!r}, label {self.label!r})"

    def _repr_png_(self) -> bytes:
        return png_of(self.picture)


@dataclass(frozen=True)
class Generating:
    """A label and the patterns under which pictures form, the code loaded.

    Attributes:
        memory: what is stored.
        patterns: as levels.
        held: the index of the label.
        beta: the sharpness; None to compute it from the patterns.
        count: how many pictures.
        seed: of their noise.
        film: whether states along the way are kept.
    """

    memory: "Memory"
    patterns: "AbstractPatterns"
    held: int
    beta: float | None
    count: int
    seed: int
    film: bool

    def run(self) -> list[Generated]:
        """Let the pictures form."""
        beta, labels = self.beta, self.memory.stored.all_labels()
        if beta is None:
            beta = sharpness.auto(self.patterns, similarities.get("l2"))
        return [
            self._generated(
                generate(self.patterns, labels, self.held, beta=beta, rng=rng, film=self.film),
                beta,
            )
            for rng in np.random.default_rng([self.seed, 2]).spawn(self.count)
        ]

    def _generated(self, made: Any, beta: float) -> Generated:
        stored = self.memory.stored
        (pattern,) = stored.in_levels().states(slice(made.index, made.index + 1))
        near = np.mean(np.abs(made.picture - pattern)) < MEMORY
        state = made.picture
        if stored.mode == "binary":
            state = np.where(made.picture > 0.5, np.int8(1), np.int8(-1))
        return Generated(
            state=state,
            levels=made.picture,
            outcome="memory" if near else "spurious",
            index=made.index,
            name=stored.name(made.index),
            label=stored.label(made.index),
            energies=made.energies,
            film=made.film,
            beta=beta,
            mode=stored.mode,
            shape=stored.shape,
        )


def prepare(
    memory: "Memory", label: str, *, count: Any = 1, beta: Any = None, seed: int = 0,
    film: bool = False,
) -> Generating:  # fmt: skip
    """Find the label, and load the code that lets pictures form.

    Args:
        memory: with labels.
        label: one of them.
        count: how many pictures.
        beta: the sharpness of the memory neurons; None or "auto" for that of a recall.
        seed: of the noise.
        film: whether states along the way are kept.

    Raises:
        HopError: the memory has no labels, or not this one, or a value is out of range.
    """
    chosen_beta, count = options.positive("beta", beta), COUNT.checked(count)
    seed = SEED.checked(seed)
    check_labels(memory)
    names = memory.stored.label_names.tolist()
    held = names.index(members.choose("label", label, names))
    patterns = levels_of(memory, count, partition(memory, None))
    return Generating(memory, patterns, held, chosen_beta, count, seed, film)
