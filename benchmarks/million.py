"""How long recall among a million patterns takes beside FAISS, which only finds the nearest one.

exp, N = 1,024, a fifth of the bits flipped, asynchronous, until nothing changes: one cue and 64, by
`seconds.work` of whole calls of `hop recall`, and peak memory of these; growth with K, in this
process. FAISS's IndexBinaryFlat (pip install faiss-cpu) takes its turn between the calls, and is
left out if it is missing. Run it as `python benchmarks/million.py` on a machine with nothing else
to do.
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
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.networks import BinaryNetwork
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random
from hopcli.results import Outcome
from hopcli.storage import memory_file

NEURONS = 1024
PATTERNS = 1_000_000
CUES = 64
CALLS = 9
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)


def damaged(words: NDArray[np.uint64], rng: np.random.Generator) -> NDArray[np.int8]:
    """Some of the patterns with a fifth of their bits flipped."""
    chosen = rng.choice(len(words), CUES, replace=False)
    patterns = packing.unpack(words[chosen], NEURONS)
    return np.where(rng.random(patterns.shape) < 0.2, -patterns, patterns)


def searcher(words: NDArray[np.uint64]) -> Callable[[NDArray[np.int8]], float] | None:
    """Milliseconds that FAISS takes for the nearest pattern to each of some states."""
    try:
        import faiss
    except ImportError:
        return None
    index = faiss.IndexBinaryFlat(NEURONS)
    index.add(words.view(np.uint8))

    def search(states: NDArray[np.int8]) -> float:
        octets = packing.pack(states).view(np.uint8)
        return 1000 * median(seconds(lambda: index.search(octets, 1)) for _ in range(5))

    return search


# A process that has forked counts what its parent had in memory, so a small one comes between.
BETWEEN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def call(cues: Path, memory: Path) -> tuple[float, float]:
    """Milliseconds of work of `hop recall`, and the MiB that it had in memory at its height."""
    recalling = [sys.executable, "-m", "hopcli", "recall", cues, "-m", memory, "--json"]
    ran = subprocess.run(
        [sys.executable, "-c", BETWEEN, *recalling], capture_output=True, check=True, text=True
    )
    answer, peak = ran.stdout.splitlines()
    found = json.loads(answer)
    assert all(one["outcome"] == "memory" for one in found["recalls"])
    return 1000 * found["seconds"]["work"], int(peak) / 1024


def beside_faiss(folder: Path) -> None:
    """Print the rows of one cue and of many, and of peak memory."""
    rng = np.random.default_rng(0)
    words = rng.integers(0, 2**64, (PATTERNS, NEURONS // 64), dtype=np.uint64)
    names = [str(k) for k in range(PATTERNS)]
    memory = memory_file.memory_of("binary", (1, NEURONS), words, names, [None] * PATTERNS)
    memory_file.save(memory, folder / "m.npz")
    states = damaged(words, rng)
    search = searcher(words)
    if search is None:
        print("faiss is not installed; pip install faiss-cpu to compare\n")
    print(
        "| work | hop, ms | FAISS, ms | ratio | peak memory, MiB |\n| --- | --- | --- | --- | --- |"
    )
    for several in (1, CUES):
        runs = []
        for run in range(CALLS + 1):
            # Another cue every time: how far it is from its pattern decides what must be read.
            some = np.roll(states, -run, axis=0)[:several]
            np.save(folder / "cues.npy", some)
            work, peak = call(folder / "cues.npy", folder / "m.npz")
            runs.append((work, search(some) if search else float("nan"), peak))
        work, peer, peak = (median(column) for column in zip(*runs[1:], strict=True))
        what = "1 cue" if several == 1 else f"{several} cues"
        print(f"| {what} | {work:.2f} | {peer:.2f} | {work / peer:.3f} | {peak:.0f} |")
    limit = 1.5 * words.nbytes / 2**20 + 200
    print(f"\npatterns: {words.nbytes / 2**20:.0f} MiB; 1.5 times that and 200 MiB: {limit:.0f}\n")


def growth() -> None:
    """Print how the time of a recall grows with K."""
    rng = np.random.default_rng(1)
    words = rng.integers(0, 2**64, (max(SIZES), NEURONS // 64), dtype=np.uint64)
    print("| K | 1 cue, ms | 64 cues, ms |\n| --- | --- | --- |")
    times = []
    for stored in SIZES:
        network = BinaryNetwork(words[:stored].copy(), NEURONS, Exponential())
        states = damaged(network.words, rng)
        times.append([recall_ms(network, states, 1), recall_ms(network, states, CUES)])
        print(f"| {stored:,} | {times[-1][0]:.2f} | {times[-1][1]:.2f} |")
    for column, what in zip(zip(*times, strict=True), ("1 cue", f"{CUES} cues"), strict=True):
        slope = np.polyfit(np.log(SIZES), np.log(column), 1)[0]
        last = np.log(column[-1] / column[-3]) / np.log(SIZES[-1] / SIZES[-3])
        print(f"\n{what}: time grows as K^{slope:.2f}, from {SIZES[-3]:,} on as K^{last:.2f}")


def recall_ms(network: BinaryNetwork, states: NDArray[np.int8], several: int) -> float:
    """The median time of recalling so many states, laying out included, after a first time."""
    build = network.builder(several)
    times = []
    for run in range(22 if several == 1 else 6):
        some = np.roll(states, -run, axis=0)[:several]
        start = time.perf_counter()
        found = recall(build(), some, schedule=Random(), rng=np.random.default_rng(0))
        times.append(time.perf_counter() - start)
        assert all(one.outcome is Outcome.MEMORY for one in found)
    return 1000 * median(times[1:])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        beside_faiss(Path(made))
    growth()
