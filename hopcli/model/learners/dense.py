"""Dense associative memories that classify, learned by descent on the label error."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError
from hopcli.model.learners.abstract import AbstractLearner, Learned
from hopcli.model.progress import Progress
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.continuous.label_descent import Labelled, Learning
    from hopcli.storage.learned.dense import Dense
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit

MEMORIES, DEGREE = 100, 10
# Arrays of float64 for each memory while it is learned: it, its gradient, velocity and change.
ARRAYS = 6


class DenseLearner(AbstractLearner):
    """Learns memories by which the label of a picture is found, or goes on with those there are."""

    name = "dense"
    summary = "memories that classify by label; learning again continues"
    parameters = (
        Parameter("memories", int, None, "How many memories are learned; 100 by default.", low=1),
        Parameter(
            "degree", int, None,
            "n of F(x) = xⁿ; 10 by default. Small ones learn features, large ones prototypes.",
            low=2, high=100,
        ),
        Parameter(
            "sweeps", int, 300, "Sweeps over the patterns, or further ones.", low=1, high=10**9
        ),
    )  # fmt: skip

    def learn(
        self,
        memory: "Memory",
        values: Mapping[str, Any],
        *,
        seed: int,
        limit: "MemoryLimit",
        progress: Progress,
    ) -> Learned:
        """Learn memories from patterns with labels."""
        from hopcli.continuous import label_descent
        from hopcli.continuous.dense_memories import signed
        from hopcli.storage.learned.dense import Dense

        learning, notes = _begin(memory, values, memory.found(Dense), seed, limit)
        resumed, sweeps = learning.sweeps > 0, values["sweeps"]
        labelled = _labelled(memory)
        error = float("nan")
        for done in range(1, sweeps + 1):
            learning, error = label_descent.sweep(learning, labelled)
            progress(done / sweeps, f"error {error:.3g}")
        memories, patterns = learning.memories, len(labelled.levels)
        found = memories.probabilities(signed(labelled.levels)).argmax(axis=1)
        right = int((found == labelled.labels).sum())
        total = f" more sweeps, {learning.sweeps:,} in all" if resumed else " sweeps"
        text = (
            f"Learned {len(memories):,} {'memory' if len(memories) == 1 else 'memories'} of degree "
            f"{memories.degree} from {patterns:,} patterns with {labelled.count:,} labels in "
            f"{sweeps:,}{total}; {right:,} of the patterns find their label."
        )
        details = {
            "memories": len(memories), "degree": memories.degree, "beta": memories.beta,
            "resumed": resumed, "sweeps": learning.sweeps, "error": error,
        }  # fmt: skip
        return Learned(Dense(learning), right / patterns, text, details, tuple(notes))


MEMBER = DenseLearner()


def _begin(
    memory: "Memory",
    values: Mapping[str, Any],
    before: "Dense | None",
    seed: int,
    limit: "MemoryLimit",
) -> "tuple[Learning, list[str]]":
    """Return the learning to go on with, or a new one, and notes."""
    import numpy as np

    from hopcli.continuous import label_descent

    there = before.memories if before else None
    default = (MEMORIES, DEGREE) if there is None else (len(there), there.degree)
    given = values["memories"], values["degree"]
    count, degree = (g if g is not None else d for g, d in zip(given, default, strict=True))
    if not len(memory.label_names):
        raise HopError(
            "the memory has no labels; store the pictures in a sub-folder for each label, or with "
            "`labels=stem`"
        )
    labels = np.unique(memory.labels[memory.labels >= 0])
    if len(labels) < 2:
        raise HopError(
            f"the memory has patterns of one label, {memory.label_names[labels[0]]!s}, which there "
            f"is nothing to tell from; store pictures of at least two labels"
        )
    _require(memory, count, limit)
    if before is None:
        return label_descent.begin(_labelled(memory), count, degree, seed), []
    if (count, degree, seed) == (*default, before.learning.seed):
        return before.learning, []
    note = (
        f"what was learned before, {default[0]:,} memories of degree {default[1]} with "
        f"`seed={before.learning.seed}`, is replaced"
    )
    return label_descent.begin(_labelled(memory), count, degree, seed), [note]


def _require(memory: "Memory", count: int, limit: "MemoryLimit") -> None:
    """Check that there is room, and that the pictures are not too large."""
    from hopcli.continuous import label_descent
    from hopcli.continuous.dense_memories import MOST_NEURONS

    neurons, labels = memory.neurons, len(memory.label_names)
    if neurons > MOST_NEURONS:
        raise HopError(
            f"the memory has patterns of {neurons:,} neurons, and `rule=dense` learns up to "
            f"{MOST_NEURONS:,}; store smaller pictures, with `size`"
        )
    batch = label_descent.BATCH * (3 * neurons + (labels + 4) * count)
    limit.require(
        f"learning {count:,} memories of {neurons:,} neurons and {labels:,} labels",
        8 * (ARRAYS * count * (neurons + labels) + batch) + len(memory) * neurons,
        "`max_memory={}`, or fewer `memories`",
    )


def _labelled(memory: "Memory") -> "Labelled":
    """Return the patterns of a memory that have labels."""
    import numpy as np

    from hopcli.continuous.label_descent import Labelled

    rows = np.flatnonzero(memory.labels >= 0)
    return Labelled(
        memory.in_levels().patterns[rows], memory.labels[rows], len(memory.label_names),
        memory.shape,
    )  # fmt: skip
