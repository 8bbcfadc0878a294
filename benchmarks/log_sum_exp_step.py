"""How long one step of log-sum-exp takes beside the same step in NumPy float32, in one run.

20,000 memories of 32×32×3 bytes: x ← Σ_μ softmax(−(β/2) Σ_i (θ_μi − x_i)²)_μ θ_μ, from a noisy one
of them. Run it as `python benchmarks/log_sum_exp_step.py`.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.descent import descend
from hopcli.continuous.named import log_sum_exp
from hopcli.continuous.similarities import SIMILARITIES

MEMORIES, NEURONS = 50_000, 3072
BETA = 1.0
RUNS = 9


def seconds(work: Callable[[], object]) -> float:
    """The median time of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    """Print a row for each way."""
    rng = np.random.default_rng(0)
    values = rng.integers(0, 256, (MEMORIES, NEURONS), dtype=np.uint8)
    cue = values[7] / 255 + rng.normal(0, 0.2, NEURONS)
    floats = values.astype(np.float32) / np.float32(255)
    squares = np.einsum("ki,ki->k", floats, floats)
    x = cue.astype(np.float32)

    def in_numpy() -> np.ndarray:
        scores = floats @ x - squares / 2
        z = np.exp(BETA * (scores - scores.max()))
        return (z / z.sum()) @ floats

    def in_hop() -> np.ndarray:
        # New patterns each time, since they remember the distances of the last state.
        patterns = BytePatterns.suited(values, 1)
        network = log_sum_exp(patterns, BETA)
        states = {"x": cue, "z": SIMILARITIES["l2"].scores(patterns, cue)}
        return descend(network, states, max_steps=1).states["x"]

    assert np.allclose(in_hop(), in_numpy(), atol=1e-4)
    hand, ours = seconds(in_numpy), seconds(in_hop)
    print("| way | ms | ratio | bytes of memories |\n| --- | --- | --- | --- |")
    print(f"| NumPy, float32 | {1000 * hand:.1f} | 1 | {floats.nbytes:,} |")
    print(
        f"| hop: energy, step, energy | {1000 * ours:.1f} | {ours / hand:.2f} | {values.nbytes:,} |"
    )


if __name__ == "__main__":
    main()
