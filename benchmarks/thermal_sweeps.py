"""How long a sweep at a temperature takes beside a plain NumPy implementation, in one run.

N = 1,024, from a stored pattern at T = 1; K = 50 with the classical energy, K = 5,000 with exp. The
peers keep fields, or overlaps and their exponentials, up to date as neurons flip. Run it as
`python benchmarks/thermal_sweeps.py`.
"""

from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
from numpy.typing import NDArray
from timing import times

from hopcli.binary import packing
from hopcli.binary.compiled import DenseDynamics, LinearDynamics
from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.glauber import Heat, sample
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.schedules import Random

NEURONS = 1024
CUES = 20
RUNS = 5
TEMPERATURE = 1.0


def classical_by_hand(patterns: NDArray, cue: NDArray, sweeps: int) -> Callable[[], float]:
    """Hebb's weights; the fields h = Ws of all neurons move with each flip."""
    weights = patterns.T.astype(np.float64) @ patterns / NEURONS
    np.fill_diagonal(weights, 0)

    def run() -> float:
        rng = np.random.default_rng(0)
        state = cue.astype(np.float64)
        fields = weights @ state
        for _ in range(sweeps):
            draws = rng.random(NEURONS)
            for i, u in zip(rng.permutation(NEURONS), draws, strict=True):
                new = 1.0 if u < 1 / (1 + np.exp(-2 * fields[i] / TEMPERATURE)) else -1.0
                if new != state[i]:
                    fields += 2 * new * weights[i]
                    state[i] = new
        return float(state @ cue) / NEURONS

    return run


def exp_by_hand(patterns: NDArray, cue: NDArray, sweeps: int) -> Callable[[], float]:
    """Overlaps relative to the largest and their exponentials, which move with each flip."""
    columns = np.ascontiguousarray(patterns.T, dtype=np.float64)

    def run() -> float:
        rng = np.random.default_rng(0)
        state = cue.astype(np.float64)
        overlaps = patterns @ state
        weights = np.exp(overlaps - overlaps.max())
        total = weights.sum()
        for _ in range(sweeps):
            draws = rng.random(NEURONS)
            for i, u in zip(rng.permutation(NEURONS), draws, strict=True):
                agreeing = (total + state[i] * (weights @ columns[i])) / 2
                flipped = agreeing * np.exp(-2) + (total - agreeing) * np.exp(2)
                gap = state[i] * np.log(total / flipped)
                new = 1.0 if u < 1 / (1 + np.exp(-gap / TEMPERATURE)) else -1.0
                if new != state[i]:
                    overlaps += 2 * new * columns[i]
                    state[i] = new
                    weights = np.exp(overlaps - overlaps.max())
                    total = weights.sum()
        return float(state @ cue) / NEURONS

    return run


def milliseconds(work: Callable[[], object], runs: int, sweeps: int) -> float:
    """The median time of a sweep in some runs, after one that does not count."""
    return 1000 * median(times(work, runs)) / sweeps


def compare(interaction: AbstractInteraction, stored: int, by_hand: Callable) -> None:
    """Print a row for each way."""
    rng = np.random.default_rng(0)
    patterns = rng.choice([-1, 1], (stored, NEURONS)).astype(np.int8)
    cues, words = patterns[:CUES], packing.pack(patterns)

    def run(dynamics: AbstractDynamics, some: NDArray, sweeps: int) -> float:
        heat = Heat(Random(), TEMPERATURE, TEMPERATURE, sweeps)
        found = sample(dynamics, some, heat, rng=np.random.default_rng(0))
        return float(np.mean([each.overlap for each in found]))

    compiled = (
        LinearDynamics(Classical(), words, NEURONS)
        if isinstance(interaction, Classical)
        else DenseDynamics.of(interaction, words, NEURONS)
    )
    plain = PlainDynamics.of(interaction, words, NEURONS)
    hand = by_hand(patterns, cues[0], 2)
    ways = {
        "plain NumPy, by hand": (hand, 3, 2),
        "hop, NumPy": (partial(run, plain, cues[:1], 2), 3, 2),
        "hop, kernels, one cue": (partial(run, compiled, cues[:1], 100), RUNS, 100),
        f"hop, kernels, {CUES} cues": (partial(run, compiled, cues, 100), RUNS, 100 * CUES),
    }
    peer = milliseconds(*ways["plain NumPy, by hand"])
    name = interaction.describe()
    for way, (work, runs, sweeps) in ways.items():
        spent = peer if work is hand else milliseconds(work, runs, sweeps)
        print(f"| {name}, K = {stored:,} | {way} | {spent:.3f} | {spent / peer:.4f} |")


if __name__ == "__main__":
    print("| work | way | ms a sweep | ratio |\n| --- | --- | --- | --- |")
    compare(Classical(), 50, classical_by_hand)
    compare(Exponential(), 5000, exp_by_hand)
