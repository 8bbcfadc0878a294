"""How long sweeps take in which every memory counts, beside the same in NumPy float32.

One synchronous sweep of x⁵, K = 100,000, N = 1,024, beside two matrix–vector products; recall of
the classical network, K = 400, N = 4,096, to a fixed point, beside s ← sign(Ws), W in float32 and
formed before, as many sweeps as it needs. A fifth of the bits is flipped. By `seconds.work` of
whole calls of `hop recall`, the peer taking its turn between the calls, and by recalls in this
process, laying out included. Run it as `python benchmarks/every_memory_counts.py`.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from timing import seconds

from hopcli.binary import packing
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.classical import Classical
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Schedule, Synchronous
from hopcli.storage import memory_file

RUNS = 11
PAUSE = 0.05


def milliseconds(work: Callable[[], object]) -> float:
    """The time of one run."""
    # NumPy's threads wait busily for a while after each product.
    time.sleep(PAUSE)
    return 1000 * seconds(work)


def two_products(patterns: NDArray[np.float32], cue: NDArray[np.float32]) -> NDArray:
    """One synchronous sweep of x⁵, F′ in the place of F's differences."""
    overlaps = patterns @ cue
    return np.sign((overlaps / 1024) ** 4 @ patterns)


def settled(weights: NDArray[np.float32], cue: NDArray[np.float32]) -> NDArray:
    """Synchronous sweeps until one changes nothing."""
    state = cue
    while True:
        new = np.sign(weights @ state)
        if np.array_equal(new, state):
            return state
        state = new


def call(folder: Path, *options: str) -> float:
    """Milliseconds of work of one call of `hop recall`."""
    ran = subprocess.run(
        [sys.executable, "-m", "hopcli", "recall", folder / "cue.npy", "-m", folder / "m.npz",
         "--json", *options],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return 1000 * json.loads(ran.stdout)["seconds"]["work"]


class Comparison:
    """A memory, a cue, and what is compared on them."""

    def __init__(self, stored: int, neurons: int, interaction: AbstractInteraction):
        rng = np.random.default_rng(0)
        patterns = rng.choice([-1, 1], (stored, neurons)).astype(np.int8)
        cue = np.where(rng.random(neurons) < 0.2, -patterns[0], patterns[0])
        self.cue = cue.astype(np.int8)
        self.patterns = patterns.astype(np.float32)
        self.network = BinaryNetwork(packing.pack(patterns), neurons, interaction)

    def row(
        self, what: str, peer: Callable[[], object], options: str, *,
        schedule: Schedule, sweeps: int = 100,
    ) -> None:  # fmt: skip
        """Print one comparison."""
        build = self.network.builder(1)

        def here() -> None:
            rng = np.random.default_rng(0)
            recall(build(), self.cue[None], schedule=schedule, rng=rng, max_sweeps=sweeps)

        with tempfile.TemporaryDirectory() as made:
            folder, words = Path(made), self.network.words
            shape, names = (1, self.network.neurons), [str(k) for k in range(len(words))]
            memory = memory_file.memory_of("binary", shape, words, names, [None] * len(words))
            memory_file.save(memory, folder / "m.npz")
            np.save(folder / "cue.npy", self.cue[None])
            call(folder, *options.split())
            for work in (peer, here):
                work()
            runs = [
                (milliseconds(peer), call(folder, *options.split()), milliseconds(here))
                for _ in range(RUNS)
            ]
        beside, called, inside = (median(column) for column in zip(*runs, strict=True))
        print(
            f"| {what} | {beside:.2f} | {called:.2f} | {called / beside:.3f} | {inside:.2f} "
            f"| {inside / beside:.3f} |"
        )


def quintic() -> None:
    """The rows of x⁵."""
    x5 = Comparison(100_000, 1024, Polynomial(5))
    start = x5.cue.astype(np.float32)

    def peer() -> NDArray:
        return two_products(x5.patterns, start)

    options = "--energy poly --degree 5"
    x5.row(
        "x⁵, one synchronous sweep", peer, f"{options} --update sync --max-sweeps 1",
        schedule=Synchronous(), sweeps=1,
    )  # fmt: skip
    x5.row("x⁵, asynchronous, to a fixed point", peer, options, schedule=Random())


def classical() -> None:
    """The rows of the classical network."""
    hebb = Comparison(400, 4096, Classical())
    weights = hebb.patterns.T @ hebb.patterns / 4096
    np.fill_diagonal(weights, 0)
    start = hebb.cue.astype(np.float32)

    def peer() -> NDArray:
        return settled(weights, start)

    for name, schedule in (("async", Random()), ("sync", Synchronous())):
        options = f"--energy classical --update {name}"
        hebb.row(f"classical, {name}, to a fixed point", peer, options, schedule=schedule)


if __name__ == "__main__":
    print("| work | NumPy, ms | hop recall, ms | ratio | in one process, ms | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    quintic()
    classical()
