"""How long storing and recalling take beside a plain NumPy implementation, in one run.

N = 1,024, a fifth of the bits flipped; K = 50 with the classical energy, K = 5,000 with exp;
asynchronous, until nothing changes. Run it as `python benchmarks/store_and_recall.py`.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from timing import times

from hopcli.binary import packing
from hopcli.binary.compiled import full
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random
from hopcli.results import Outcome
from hopcli.storage import memory_file

NEURONS = 1024
CUES = 20
RUNS = 7


def classical_by_hand(patterns: NDArray, cue: NDArray, rng: np.random.Generator) -> NDArray:
    """Hebb's weights, and one neuron after another: s_i ← sign(W_i · s)."""
    weights = (patterns.T @ patterns).astype(np.float32) / NEURONS
    np.fill_diagonal(weights, 0)
    return descend(cue, rng, lambda state, i: weights[i] @ state)


def exp_by_hand(patterns: NDArray, cue: NDArray, rng: np.random.Generator) -> NDArray:
    """An exp network, its overlaps kept up to date, relative to the largest."""
    xi = patterns.astype(np.float64)
    overlaps = xi @ cue

    def field(state: NDArray, i: int) -> float:
        felt = overlaps - xi[:, i] * state[i]
        return float(xi[:, i] @ np.exp(felt - felt.max()))

    def flipped(state: NDArray, i: int) -> None:
        nonlocal overlaps
        overlaps = overlaps + 2 * state[i] * xi[:, i]

    return descend(cue, rng, field, flipped)


def descend(
    cue: NDArray,
    rng: np.random.Generator,
    field: Callable[[NDArray, int], float],
    flipped: Callable[[NDArray, int], None] = lambda state, i: None,
) -> NDArray:
    """Visit neurons in random order until a sweep changes nothing."""
    state = cue.astype(np.float32)
    changed = True
    while changed:
        changed = False
        for i in rng.permutation(NEURONS):
            h = field(state, i)
            if h * state[i] < 0:
                state[i] = -state[i]
                flipped(state, i)
                changed = True
    return state


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of some runs, after one that does not count."""
    return 1000 * median(times(work, runs))


def compare(interaction: AbstractInteraction, stored: int, by_hand: Callable) -> None:
    """Print a row for each way of recalling."""
    rng = np.random.default_rng(0)
    patterns = rng.choice([-1, 1], (stored, NEURONS)).astype(np.int8)
    cues = np.where(rng.random((CUES, NEURONS)) < 0.2, -patterns[:CUES], patterns[:CUES])
    words = packing.pack(patterns)

    def run(dynamics: object, some: NDArray) -> None:
        found = recall(dynamics, some, schedule=Random(), rng=np.random.default_rng(0))
        assert all(r.outcome is Outcome.MEMORY for r in found)

    of = full(interaction)
    hand = milliseconds(lambda: by_hand(patterns.astype(np.float32), cues[0], rng), runs=3)
    ways = {
        "plain NumPy, by hand": hand,
        "hop, NumPy": milliseconds(
            lambda: run(PlainDynamics.of(interaction, words, NEURONS), cues[:1])
        ),
        "hop, kernels, one cue": milliseconds(lambda: run(of(words, NEURONS), cues[:1])),
        f"hop, kernels, {CUES} cues": milliseconds(lambda: run(of(words, NEURONS), cues)) / CUES,
    }
    name = interaction.describe()
    for way, spent in ways.items():
        print(f"| {name}, K = {stored:,} | {way} | {spent:.2f} | {spent / hand:.4f} |")


def store(stored: int) -> None:
    """Print how long packing and writing a memory takes beside np.save of the same patterns."""
    patterns = np.random.default_rng(0).choice([-1, 1], (stored, NEURONS)).astype(np.int8)
    names = [f"{k}.png" for k in range(stored)]
    with tempfile.TemporaryDirectory() as folder:

        def save() -> None:
            memory_file.save(
                memory_file.memory_of(
                    "binary", (32, 32), packing.pack(patterns), names, [None] * stored
                ),
                Path(folder, "m.npz"),
            )

        hand = milliseconds(lambda: np.save(Path(folder, "m.npy"), patterns.astype(np.float32)))
        print(f"| store, K = {stored:,} | np.save, float32, not flushed | {hand:.2f} | 1 |")
        spent = milliseconds(save)
        print(f"| store, K = {stored:,} | hop | {spent:.2f} | {spent / hand:.2f} |")


if __name__ == "__main__":
    print("| work | way | ms a cue | ratio |\n| --- | --- | --- | --- |")
    compare(Classical(), 50, classical_by_hand)
    compare(Exponential(), 5000, exp_by_hand)
    store(50)
    store(5000)
