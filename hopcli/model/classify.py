"""Classification: the label of a picture, by the stored patterns or by learned memories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hopcli import members
from hopcli.continuous import classification, dense_memories
from hopcli.errors import HopError, MemoryFileError, ParameterError
from hopcli.formats.limits import MOST_PIXELS
from hopcli.model import cues as cue_files
from hopcli.model import options
from hopcli.model.alignment import Aligning, Nearest, choose, nearest
from hopcli.model.cues import Cues
from hopcli.model.distances import Distances, distances
from hopcli.model.partition import Partition, partition
from hopcli.model.progress import Progress, silent

if TYPE_CHECKING:
    from hopcli.executors import PartitionedExecutor
    from hopcli.model.memory import Memory
    from hopcli.storage.memory_file import AbstractMemory

STRENGTH = 1.5
# Distances of pictures to patterns that are held at once.
AT_ONCE = 2**23


@dataclass(frozen=True, repr=False)
class Classification:
    """The labels of a picture.

    Attributes:
        picture: its name.
        probabilities: of every label, the most probable first; they sum to 1.
        beta: the sharpness by which the patterns were weighted.
        rule: "dense" where learned memories classified, else None.
        notes: what a user should know of the batch.
        match: "sure", "doubtful" or "none": whether the picture is a damaged stored one; None where
            pictures are not aligned.
        nearest: the stored patterns that explain the picture best, the most probable first.
        alignment: what was done to the first of them; None without a match.
        why: why the picture was compared with nothing, so that it has no label; None if it was.
    """

    picture: str
    probabilities: Mapping[str, float]
    beta: float
    rule: str | None
    notes: tuple[str, ...]
    match: str | None = None
    nearest: tuple[Nearest, ...] = ()
    alignment: Mapping[str, Any] | None = None
    why: str | None = None

    @property
    def label(self) -> str | None:
        """The most probable label; None where the picture shows nothing that could have one."""
        return None if self.why is not None else next(iter(self.probabilities))

    @property
    def probability(self) -> float:
        """That of the label, 0 to 1; 0 where there is none."""
        return 0.0 if self.label is None else self.probabilities[self.label]

    def answer(self) -> dict[str, Any]:
        """Return what `hop classify --json` writes of one picture."""
        return {
            "picture": self.picture,
            "label": self.label,
            "probability": self.probability,
            "probabilities": dict(self.probabilities),
            "match": self.match,
            "nearest": [each.answer() for each in self.nearest],
            "alignment": None if self.alignment is None else dict(self.alignment),
        }

    def __repr__(self) -> str:
        return f"Classification({self.label!r}, probability {self.probability:.3f})"


@dataclass(frozen=True)
class Classifying:
    """Pictures and what classifies them, its code loaded.

    Attributes:
        cues: the pictures.
        labels: all of them.
        shares: from states to the sharpness and the probability of each label of each state.
        rule: "dense" where learned memories classify, else None.
        aligning: lays pictures over the stored ones before; None where they are not aligned.
    """

    cues: Cues
    labels: tuple[str, ...]
    shares: Callable[[NDArray[Any]], tuple[float, NDArray[np.float64]]]
    rule: str | None
    aligning: Aligning | None

    def compare(self) -> None:
        """Compare the pictures with the stored ones as they are, if they are aligned."""
        if self.aligning is not None:
            self.aligning.compare()

    def load(self) -> None:
        """Load the code of the alignments that are left to be searched for, if there are any."""
        if self.aligning is not None:
            self.aligning.load()

    def run(self, progress: Progress = silent) -> list[Classification]:
        """Align and classify the pictures.

        Args:
            progress: called with the share of the alignments that is done.
        """
        if self.aligning is None:
            beta, found = self.shares(self.cues.states)
            return [
                Classification(name, self._ranked(shares), beta, self.rule, self.cues.notes)
                for name, shares in zip(self.cues.names, found, strict=True)
            ]
        explained = self.aligning.run(progress)
        beta, found = self.shares(np.array([each.start for each in explained]))
        return [
            Classification(
                name, self._ranked(shares), beta, self.rule, self.cues.notes, each.match,
                nearest(self.aligning.memory, each.start, each), each.alignment, each.why,
            )
            for name, shares, each in zip(self.cues.names, found, explained, strict=True)
        ]  # fmt: skip

    def _ranked(self, shares: NDArray[np.float64]) -> dict[str, float]:
        """Return the labels with their probabilities, the most probable first."""
        ranked = sorted(range(len(shares)), key=lambda label: (-shares[label], label))
        return {self.labels[label]: float(shares[label]) for label in ranked}


def prepare(
    memory: "Memory",
    pictures: Any,
    *,
    beta: Any = None,
    lambda_: Any = None,
    rule: str | None = None,
    threshold: Any = None,
    alignment: Mapping[str, Any] | None = None,
    max_pixels: int = MOST_PIXELS,
    executor: "PartitionedExecutor | None" = None,
) -> Classifying:
    """Read pictures, and load what classifies them.

    Args:
        memory: with labels.
        pictures: as cues of a recall.
        beta: the sharpness of the memory neurons; None or "auto" for that by which the patterns
            classify each other best (leave-one-out likelihood).
        lambda_: λ, the strength of the labels' synapses, by default 1.5.
        rule: "dense" for learned memories, "none" for the stored patterns; None for learned
            memories where there are any.
        threshold: that separates dark from bright in a picture for a binary memory.
        alignment: `align`, `top` and `accept`, None where one was not given. Learned memories
            classify pictures as they are unless `align` is "auto".
        max_pixels: the most that a picture may have.
        executor: works on parts of the patterns; None for this process.

    Raises:
        HopError: the memory has no labels, or nothing was learned that the rule needs.
        ParameterError: a parameter has no effect, or another value is needed.
    """
    check_labels(memory)
    sharpness = options.positive("beta", beta)
    weight = options.positive("lambda_", lambda_)
    learned = _learned(memory, rule)
    if learned is not None:
        for name, value in (("beta", beta), ("lambda_", lambda_), ("cluster", executor)):
            if value is not None:
                need = "this memory classifies by memories that were learned"
                raise ParameterError(name, value, need, "give `rule=none` too, or leave it out")
    cues = cue_files.read(pictures, memory, threshold=threshold, max_pixels=max_pixels)
    given = {name: value for name, value in (alignment or {}).items() if value is not None}
    if learned is not None and given.keys() <= {"align"}:
        given.setdefault("align", "off")
    how = choose(memory, cues, given)
    aligning = None if how is None else Aligning(memory, cues, how, executor)
    labels = tuple(memory.stored.label_names.tolist())
    if learned is not None:
        return Classifying(
            cues,
            labels,
            lambda states: (learned.beta, _by_memories(learned, states, memory.stored)),
            "dense",
            aligning,
        )
    patterns = _Patterns.of(memory, len(cues), partition(memory, executor))
    weight = STRENGTH if weight is None else weight
    return Classifying(
        cues, labels, lambda states: patterns.classify(states, sharpness, weight), None, aligning
    )


def check_labels(memory: "Memory") -> None:
    """See that a memory has labels.

    Raises:
        HopError: it has none.
    """
    if not len(memory.stored.label_names):
        which = "the memory" if memory.path is None else str(memory.path)
        raise HopError(
            f"{which} has no labels; store the pictures in a sub-folder for each label, or with "
            f"`labels=stem`"
        )


def _learned(memory: "Memory", rule: str | None) -> "dense_memories.DenseMemories | None":
    """Return the learned memories that classify; None where the stored patterns do.

    Raises:
        ParameterError: the rule does not exist, or nothing was learned by it.
        HopError: the learned memories are damaged.
    """
    from hopcli.storage.learned.dense import Dense

    wanted = None if rule is None else members.choose("rule", rule, ("dense", "none"))
    found = memory.stored.found(Dense)
    if wanted == "dense" and found is None:
        need = "this memory has no memories that were learned"
        raise ParameterError("rule", rule, need, "learn them with `learn(rule=dense)`")
    if wanted == "none" or found is None:
        return None
    known, stored = found.memories.labels.shape[1], len(memory.stored.label_names)
    if known != stored:
        raise MemoryFileError(
            f"{memory.path} is damaged: its learned memories are of {known} labels, but it has "
            f"{stored}; learn them again, or give `rule=none`"
        )
    return found.memories


def _by_memories(
    memories: "dense_memories.DenseMemories", states: NDArray[Any], stored: "AbstractMemory"
) -> NDArray[np.float64]:
    """Compute the probability of each label by learned memories, shape (pictures, labels)."""
    pictures = _signed(states, stored)
    if not pictures.all():
        # Of the patterns, at most as many as a batch of pictures takes.
        rows = np.arange(0, len(stored), max(1, len(stored) * stored.neurons // AT_ONCE))
        mean = _signed(stored.states(rows), stored).mean(axis=0)
        pictures = dense_memories.completed(pictures, mean)
    return memories.probabilities(pictures)


def _signed(states: NDArray[Any], memory: "AbstractMemory") -> NDArray[np.float64]:
    """Return states as odd numbers of −255 … 255, 0 where unknown."""
    if memory.mode == "binary":
        return states.astype(np.float64) * dense_memories.LEVELS
    return dense_memories.signed(np.rint(states.astype(np.float64) * dense_memories.LEVELS))


@dataclass(frozen=True)
class _Patterns:
    """Stored patterns with labels, and how states are compared with them.

    Attributes:
        distances: from states to squared distances to these patterns.
        memory: what is stored.
        rows: the patterns that have labels.
        labels: theirs.
    """

    distances: Distances
    memory: "AbstractMemory"
    rows: NDArray[np.integer]
    labels: NDArray[np.integer]

    @classmethod
    def of(cls, memory: "Memory", states: int, divided: Partition | None) -> "_Patterns":
        """Load the code that suits so many states."""
        labels = memory.stored.all_labels()
        rows = np.flatnonzero(labels >= 0)
        return cls(distances(memory, rows, states, divided), memory.stored, rows, labels[rows])

    def classify(
        self, states: NDArray[Any], beta: float | None, strength: float
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the sharpness, chosen if it is None, and the probabilities, (states, labels)."""
        if beta is None:
            some = classification.sample(len(self.rows))
            among = self.distances(self.memory.states(self.rows[some]))
            beta = classification.auto_beta(among, some, self.labels)
        count = len(self.memory.label_names)
        found = np.empty((len(states), count))
        at_once = max(1, AT_ONCE // len(self.memory))
        for start in range(0, len(states), at_once):
            for row, near in enumerate(self.distances(states[start : start + at_once]), start):
                found[row] = classification.classify(
                    near, self.labels, count, beta=beta, strength=strength
                ).probabilities
        return beta, found
