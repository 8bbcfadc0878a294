"""From what size on compiled kernels repay being loaded: the constants of binary/networks.py.

Run it as `python benchmarks/plain_or_compiled.py`.
"""

import subprocess
import sys
import time
from statistics import median

import numpy as np

from hopcli.binary import networks, packing
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.plain import PlainDynamics
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random

LOAD = """
import numpy, time
start = time.perf_counter()
import hopcli.binary.compiled
print(time.perf_counter() - start)
"""
SIZES = [(1024, 50), (1024, 1000), (1024, 5000), (4096, 50), (4096, 400), (4096, 1000)]


def load_seconds() -> float:
    """The median time that a fresh process takes to load the kernels, once they are compiled."""
    import hopcli.binary.compiled  # noqa: F401 (compiles them)

    return median(
        float(subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True).stdout)
        for _ in range(7)
    )


def recall_seconds(neurons: int, stored: int) -> tuple[float, int]:
    """The median time of a recall in NumPy, a fifth of the bits flipped, and its flips."""
    rng = np.random.default_rng(0)
    patterns = rng.choice([-1, 1], (stored, neurons)).astype(np.int8)
    cue = np.where(rng.random(neurons) < 0.2, -patterns[0], patterns[0])[None]
    network = BinaryNetwork(packing.pack(patterns), neurons, Exponential())
    times, flips = [], 0
    for _ in range(5):
        start = time.perf_counter()
        dynamics = PlainDynamics.of(network.interaction, network.words, neurons)
        (found,) = recall(dynamics, cue, schedule=Random(), rng=np.random.default_rng(0))
        times.append(time.perf_counter() - start)
        flips = found.flips
    return median(times), flips


if __name__ == "__main__":
    print(f"loading compiled kernels: {load_seconds():.2f} s (taken: {networks.SECONDS_TO_LOAD})\n")
    print("| N | K | flips | NumPy, s | expected, s |\n| --- | --- | --- | --- | --- |")
    for neurons, stored in SIZES:
        spent, flips = recall_seconds(neurons, stored)
        expected = networks.plain_seconds(stored, neurons, cues=1)
        print(f"| {neurons:,} | {stored:,} | {flips:,} | {spent:.3f} | {expected:.3f} |")
