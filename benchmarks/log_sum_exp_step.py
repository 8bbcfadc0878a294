"""How long log-sum-exp takes among 50,000 pictures beside one step in NumPy float32, in one run.

Memories of 32×32×3 bytes: x ← Σ_μ softmax(−(β/2) Σ_i (θ_μi − x_i)²)_μ θ_μ, from a noisy one of
them, in NumPy by two matrix–vector products; in `hop` with the energies before and after the step,
then whole recalls from clipped and half-hidden cues, and β worked out. "Flat" is a β so small that
no memory can be left out. Run it as `python benchmarks/log_sum_exp_step.py`.
"""

import time
from collections.abc import Callable

import numpy as np

from hopcli.continuous import sharpness, similarities
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.continuous.recall import PictureMemory, recall

MEMORIES, SHAPE = 50_000, (32, 32, 3)
NEURONS = 3072
SHARP, FLAT = 1.0, 1e-3
RUNS = 9
PAUSE = 0.05


def seconds(works: dict[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """The median and the least time of each of some works, taken in turn."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for run in range(RUNS + 1):
        for name, work in works.items():
            # NumPy's threads wait busily for a while after each product.
            time.sleep(PAUSE)
            start = time.perf_counter()
            work()
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: (float(np.median(some)), min(some)) for name, some in times.items()}


def smooth(count: int, rng: np.random.Generator) -> np.ndarray:
    """Pictures with soft shapes in them, as photographs have."""
    coarse = rng.normal(0, 1, (count, 5, 5, 3)).astype(np.float32)
    towards = np.zeros((32, 5), np.float32)
    for place, along in enumerate(np.linspace(0, 4, 32)):
        left = min(int(along), 3)
        towards[place, left : left + 2] = left + 1 - along, along - left
    pictures = np.einsum("yi,kijc,xj->kyxc", towards, coarse, towards, optimize=True)
    pictures = 128 + 80 * pictures + rng.normal(0, 8, pictures.shape).astype(np.float32)
    return np.clip(pictures, 0, 255).astype(np.uint8).reshape(count, -1)


def table(values: np.ndarray, rng: np.random.Generator) -> None:
    """Print a row for each way."""
    noisy = values[7] / 255 + rng.normal(0, 0.2, NEURONS)
    clipped = np.rint(np.clip(noisy, 0, 1) * 255) / 255
    half = (values[7] / 255).reshape(SHAPE)
    half[:, 16:] = np.nan
    floats = values.astype(np.float32) / np.float32(255)
    squares = np.einsum("ki,ki->k", floats, floats)
    x = noisy.astype(np.float32)

    def in_numpy() -> np.ndarray:
        scores = floats @ x - squares / 2
        z = np.exp(SHARP * (scores - scores.max()))
        return (z / z.sum()) @ floats

    def in_hop(cue: np.ndarray, beta: float, steps: int) -> np.ndarray:
        # New patterns each time, since they remember the distances of the last state.
        memory = PictureMemory.of(BytePatterns.suited(values, 1), "l2", beta)
        return recall(memory, cue, max_steps=steps).state

    def beta() -> float:
        return sharpness.auto(BytePatterns.suited(values, 1), similarities.get("l2"))

    assert np.allclose(in_hop(noisy, SHARP, 1), in_numpy(), atol=1e-4)
    auto = beta()
    works: dict[str, Callable[[], object]] = {
        "NumPy, float32, one step": in_numpy,
        f"hop: energy, step, energy, β = {SHARP:g}": lambda: in_hop(noisy, SHARP, 1),
        f"the same, β = {auto:.2g} (auto)": lambda: in_hop(noisy, auto, 1),
        f"the same, β = {FLAT:g} (flat)": lambda: in_hop(noisy, FLAT, 1),
        "recall of a clipped noisy cue, β auto": lambda: in_hop(clipped, auto, 100),
        "recall of half a picture, β auto": lambda: in_hop(half.ravel(), auto, 100),
        "β auto": beta,
    }
    taken = seconds(works)
    hand = taken["NumPy, float32, one step"]
    print("| way | ms, median | ms, least | ratio of medians | of the least |")
    print("| --- | --- | --- | --- | --- |")
    for name, (middle, least) in taken.items():
        print(
            f"| {name} | {1000 * middle:.1f} | {1000 * least:.1f} | {middle / hand[0]:.2f} | "
            f"{least / hand[1]:.2f} |"
        )


def main() -> None:
    """Print a table for bytes by chance, and one for smooth pictures."""
    rng = np.random.default_rng(0)
    print("\nBytes by chance:\n")
    table(rng.integers(0, 256, (MEMORIES, NEURONS), dtype=np.uint8), rng)
    print("\nSmooth pictures:\n")
    table(smooth(MEMORIES, rng), rng)


if __name__ == "__main__":
    main()
