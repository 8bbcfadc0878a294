"""What learned dense memories know of labels, by their degree, beside the nearest pattern.

Run it with a memory to learn from and one to ask for, both with labels, of the same size and mode:
`python benchmarks/dense_memories.py learned.npz asked.npz [DEGREE…]`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.dense_memories import signed
from hopcli.continuous.label_descent import Labelled, begin, sweep
from hopcli.storage import memory_file

MEMORIES = 100
SWEEPS = 300
SEEDS = 5
DEGREES = (2, 3, 5, 10, 20, 30)


def labelled(path: str) -> tuple[Labelled, list[str]]:
    """The patterns of a memory, all of which bear labels, and the labels' names."""
    memory = memory_file.load(Path(path)).in_levels()
    names = memory.label_names.tolist()
    return Labelled(memory.patterns, memory.labels, len(names), memory.shape), names


def cosines(memories: NDArray[np.float32], patterns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each memory the largest cosine with a pattern, both without their means."""
    ours, theirs = (each - each.mean(axis=1, keepdims=True) for each in (memories, patterns))
    ours = ours / np.linalg.norm(ours, axis=1, keepdims=True)
    theirs = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
    return (ours @ theirs.T).max(axis=1)


def main() -> None:
    """Print a row for each degree."""
    (known, names), (asked, others) = labelled(sys.argv[1]), labelled(sys.argv[2])
    wanted = np.array([names.index(others[label]) for label in asked.labels])
    patterns, cues = signed(known.levels), signed(asked.levels)
    squares = (patterns**2).sum(axis=1) - 2 * cues @ patterns.T
    nearest = int((known.labels[squares.argmin(axis=1)] == wanted).sum())
    print(f"nearest of {len(patterns):,} patterns: {nearest} of {len(cues)}")
    for degree in map(int, sys.argv[3:] or DEGREES):
        right, alike, seconds = [], [], []
        for seed in range(SEEDS):
            learning, start = begin(known, MEMORIES, degree, seed), time.process_time()
            for _ in range(SWEEPS):
                learning, _ = sweep(learning, known)
            seconds.append(time.process_time() - start)
            found = learning.memories.probabilities(cues).argmax(axis=1)
            right.append(int((found == wanted).sum()))
            alike.append(float(np.median(cosines(learning.memories.pictures, patterns))))
        print(
            f"degree {degree}: {np.mean(right):.1f} right ({min(right)} to {max(right)}), cosine "
            f"{np.mean(alike):.2f}, {np.median(seconds):.1f} s of one core",
            flush=True,
        )


if __name__ == "__main__":
    main()
