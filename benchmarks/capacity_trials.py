"""Trials of the capacity laboratory a second, beside plain NumPy doing the same trials.

Run it as `python benchmarks/capacity_trials.py`. A trial makes K random patterns, updates as many
of them as `hop` probes once, and counts the bits that are wrong. Both peers are written for all
probes of a trial at once: one looks the difference of every probe, pattern and neuron up, as the
update rule is written; one has the algebra of kernels/dense.py, which makes matrix products of it.
"""

from collections.abc import Callable
from functools import partial
from statistics import median

import numba
import numpy as np
from timing import seconds

from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.experiments.stability import Stability, probes
from hopcli.experiments.trials import Setting, Trial

NEURONS = 100
# Terms that the peer which looks everything up holds at once.
TERMS = 2**22
ROUNDS = 5


def drawn(patterns: int, rng: np.random.Generator) -> np.ndarray:
    """Random ±1, float32 of shape (K, N)."""
    return 2 * rng.integers(0, 2, (patterns, NEURONS)).astype(np.float32) - 1


def wrong_by_weights(patterns: int, probed: int, rng: np.random.Generator) -> int:
    """The classical network by Hebb's weights, in float32, whose sums are exact here."""
    stored = drawn(patterns, rng)
    weights = stored.T @ stored
    np.fill_diagonal(weights, 0)
    cues = stored[:probed]
    return int(np.count_nonzero((cues @ weights) * cues < 0))


def wrong_by_rule(
    patterns: int, probed: int, rng: np.random.Generator, *, table: np.ndarray, origin: int
) -> int:
    """Σ_μ ξ_μi D(m_μ − ξ_μi s_i) with every difference looked up."""
    stored = drawn(patterns, rng)
    overlaps = stored[:probed] @ stored.T
    own = stored.astype(np.int32)
    wrong = 0
    size = max(1, TERMS // (patterns * NEURONS))
    for first in range(0, probed, size):
        cues = own[first : min(first + size, probed)]
        felt = overlaps[first : first + size, :, None].astype(np.int32) - own * cues[:, None, :]
        fields = np.einsum("ki,cki->ci", stored, table[felt + origin])
        wrong += int(np.count_nonzero(fields * cues < 0))
    return wrong


def wrong_by_products(
    patterns: int, probed: int, rng: np.random.Generator, *, table: np.ndarray, origin: int
) -> int:
    """2 h_i = s_i Σ_μ [D(m_μ − 1) − D(m_μ + 1)] + Σ_μ ξ_μi [D(m_μ − 1) + D(m_μ + 1)]."""
    stored = drawn(patterns, rng)
    cues = stored[:probed]
    places = (cues @ stored.T).astype(np.int64) + origin
    below, above = table[places - 1], table[places + 1]
    fields = (below + above) @ stored.astype(np.float64)
    fields += cues * (below - above).sum(axis=1)[:, None]
    return int(np.count_nonzero(fields * cues < 0))


def hop(interaction: AbstractInteraction, patterns: int, trials: int) -> int:
    """The same by hop."""
    setting = Setting(interaction, NEURONS, 0.0, trials, seed=1)
    batch = [Trial(setting, patterns, number) for number in range(trials)]
    return sum(found.wrong for found in Stability().run(batch))


def repeated(trial: Callable[[], int], count: int) -> int:
    """So many trials, one after the other."""
    return sum(trial() for _ in range(count))


def peers(interaction: AbstractInteraction, patterns: int) -> dict[str, tuple[Callable, int]]:
    """What a trial is by hand, and of how many trials to take the time."""
    table = interaction.table(NEURONS, patterns)
    looked_up = {"table": table.values, "origin": table.offset(NEURONS)}
    rule = partial(wrong_by_rule, **looked_up), 1
    products = partial(wrong_by_products, **looked_up), 20
    if isinstance(interaction, Classical):
        return {"NumPy, weights": (wrong_by_weights, 1000), "NumPy, rule": (rule[0], 50)}
    return {"NumPy, rule": rule, "NumPy, matrix products": products}


def main() -> None:
    """Print a table; the ways take turns, so that all meet the same noise."""
    all_threads = numba.config.NUMBA_NUM_THREADS
    print("| work | way | trials a second | ratio |\n| --- | --- | --- | --- |")
    for interaction, patterns, trials in (
        (Classical(), 20, 20_000),
        (Polynomial(3), 600, 200),
        (Exponential(), 2000, 100),
    ):
        by_hand = peers(interaction, patterns)
        probed = probes(NEURONS, patterns)
        rng = np.random.default_rng(0)
        times: dict[str, list[float]] = {}
        hop(interaction, patterns, 1)
        for _ in range(ROUNDS):
            for name, (wrong, count) in by_hand.items():
                made = partial(repeated, partial(wrong, patterns, probed, rng), count)
                times.setdefault(name, []).append(seconds(made) / count)
            for threads in sorted({1, all_threads}):
                numba.config.NUMBA_NUM_THREADS = threads
                spent = seconds(partial(hop, interaction, patterns, trials)) / trials
                times.setdefault(f"hop, threads: {threads}", []).append(spent)
        first = median(next(iter(times.values())))
        for name, spent in times.items():
            each = median(spent)
            work = f"{interaction.describe()}, K = {patterns:,}, {probed} cues"
            print(f"| {work} | {name} | {1 / each:,.3g} | {first / each:.3g} |")


if __name__ == "__main__":
    main()
