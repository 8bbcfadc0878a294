"""Dense memories, learned by the label error."""

import numpy as np

from hopcli.cli import options, report
from hopcli.cli.learning import Asked, Lesson
from hopcli.continuous import label_descent
from hopcli.continuous.dense_memories import MOST_NEURONS, signed
from hopcli.continuous.label_descent import Labelled, Learning
from hopcli.errors import HopError
from hopcli.storage.learned.dense import HIGHEST_DEGREE, Dense
from hopcli.storage.memory_file import Memory

MEMORIES, DEGREE, SWEEPS = 100, 10, 300
SUITED = ("memories", "degree", "sweeps")
# Numbers of float64 for each one of a memory, while it moves: it, its gradient, velocity, change.
HELD = 6


def learn(memory: Memory, asked: Asked) -> Lesson:
    """Learn memories, or go on with those that are there, for so many sweeps.

    Raises:
        HopError: an option is not one of the rule, or out of range; there are not two labels; or
            what is learned would take more memory than it may.
    """
    asked.given(*SUITED)
    before = memory.found(Dense)
    learning, notes = _started(memory, asked, before)
    resumed, count = learning.sweeps > 0, asked.options["sweeps"] or SWEEPS
    labelled = _labelled(memory)
    error = float("nan")
    with report.progress("learning", count) as tell:
        for done in range(count):
            learning, error = label_descent.sweep(learning, labelled)
            tell(done + 1, f"error {error:.3g}")
    found = learning.memories.probabilities(signed(labelled.levels)).argmax(axis=1)
    right = int((found == labelled.labels).sum())
    kept, degree, patterns = len(learning.memories), learning.memories.degree, len(labelled.levels)
    more = f"{count:,} more sweeps, {learning.sweeps:,} in all" if resumed else f"{count:,} sweeps"
    said = (
        f"Learned {kept:,} {'memory' if kept == 1 else 'memories'} of degree {degree} from "
        f"{patterns:,} patterns with {labelled.count:,} labels in {more}; {right:,} of the "
        f"patterns find their label."
    )
    answers = {
        "memories": kept, "degree": degree, "beta": learning.memories.beta, "resumed": resumed,
        "sweeps": learning.sweeps, "error": error,
    }  # fmt: skip
    return Lesson(Dense(learning), right / patterns, said, answers, notes)


def _started(memory: Memory, asked: Asked, before: Dense | None) -> tuple[Learning, list[str]]:
    """The learning to go on with, or its begin, and what is to be told of that."""
    there = before.memories if before else None
    default = (MEMORIES, DEGREE) if there is None else (len(there), there.degree)
    given = asked.options["memories"], asked.options["degree"]
    kept, degree = (g if g is not None else d for g, d in zip(given, default, strict=True))
    if kept < 1:
        raise HopError(f"--memories {kept} was given, but it takes 1 or more; try --memories 100")
    if not 2 <= degree <= HIGHEST_DEGREE:
        raise HopError(
            f"--degree {degree} was given, but --rule dense takes 2 to {HIGHEST_DEGREE}; try "
            f"--degree {DEGREE}"
        )
    options.check_labels(memory, asked.path)
    bear = np.unique(memory.labels[memory.labels >= 0])
    if len(bear) < 2:
        raise HopError(
            f"{asked.path} has patterns of one label, {memory.label_names[bear[0]]!s}, which there "
            f"is nothing to tell from; store pictures of at least two labels"
        )
    _require(memory, asked, kept)
    if before is not None:
        if (kept, degree, asked.seed) == (*default, before.learning.seed):
            return before.learning, []
        notes = [
            f"what was learned before, {default[0]:,} memories of degree {default[1]} with --seed "
            f"{before.learning.seed}, is replaced"
        ]
    else:
        notes = []
    return label_descent.begin(_labelled(memory), kept, degree, asked.seed), notes


def _require(memory: Memory, asked: Asked, kept: int) -> None:
    """See that there is room, and that the pictures are not too large."""
    neurons, labels = memory.neurons, len(memory.label_names)
    if neurons > MOST_NEURONS:
        raise HopError(
            f"{asked.path} has patterns of {neurons:,} neurons, and --rule dense learns up to "
            f"{MOST_NEURONS:,}; store smaller pictures, with --size"
        )
    batch = label_descent.BATCH * (3 * neurons + (labels + 4) * kept)
    asked.limit.require(
        f"learning {kept:,} memories of {neurons:,} neurons and {labels:,} labels",
        8 * (HELD * kept * (neurons + labels) + batch) + len(memory) * neurons,
        "--max-memory {}, or fewer --memories",
    )


def _labelled(memory: Memory) -> Labelled:
    """The patterns of a memory that bear labels."""
    rows = np.flatnonzero(memory.labels >= 0)
    return Labelled(
        memory.in_levels().patterns[rows], memory.labels[rows], len(memory.label_names),
        memory.shape,
    )  # fmt: skip
