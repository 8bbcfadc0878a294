"""How fast recall goes through a folder of shards, beside a look at every word, in one run.

Eight million random patterns of 1,024 bits, a gigabyte, in shards of 64 MiB that are in the
system's cache. The peer is NumPy's maximum of the same mapped words, which does nothing but read
them. Recalls run from cues with a fifth of their bits flipped to where they settle; the cluster is
one of two worker processes on this machine. Run it as `python benchmarks/shards.py`.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from distributed import LocalCluster
from timing import times

from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.interactions.exp import Exponential
from hopcli.binary.interactions.poly import Polynomial
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Random, Schedule, Synchronous
from hopcli.binary.sharded import ShardedNetwork
from hopcli.cluster.executor import cluster_executor
from hopcli.executors import SERIAL, PartitionedExecutor
from hopcli.storage import memory_parts, sharding
from hopcli.storage.memory_file import Memory

PATTERNS, NEURONS = 8_000_000, 1024
CUES = 64
RUNS = 5


def drawn():
    """Random patterns, a little at a time."""
    rng = np.random.default_rng(0)
    for first in range(0, PATTERNS, 2**18):
        count = min(2**18, PATTERNS - first)
        words = np.frombuffer(rng.bytes(count * NEURONS // 8), dtype=np.uint64)
        names = np.array([str(first + k) for k in range(count)])
        labels = np.full(count, -1, dtype=np.int32)
        yield Memory("binary", (32, 32), words.reshape(count, -1), names, labels, names[:0])


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "m")
        memory = sharding.store(folder, drawn(), size=None, keep=False)
        parts = memory_parts.parts_of(folder, 1)
        rng = np.random.default_rng(1)
        whole = memory.states(rng.integers(0, PATTERNS, CUES))
        cues = np.where(rng.random(whole.shape) < 0.2, -whole, whole)

        def recalled(
            executor: PartitionedExecutor,
            cues: np.ndarray,
            interaction: AbstractInteraction,
            schedule: Schedule,
        ) -> Callable[[], object]:
            network = ShardedNetwork(parts, NEURONS, interaction, executor)
            rng = np.random.default_rng(2)
            return lambda: recall(network.dynamics(len(cues)), cues, schedule=schedule, rng=rng)

        def row(way: str, work: Callable[[], object]) -> None:
            took = median(times(work, RUNS))
            gigabytes = PATTERNS * NEURONS / 8 / 1e9
            print(f"| {way} | {1e3 * took:.0f} | {took / peer:.2f} | {gigabytes / took:.1f} |")

        peer = median(times(lambda: [part.open().max() for part in parts], RUNS))
        print("| way | ms | ratio | GB/s |\n| --- | --- | --- | --- |")
        row("NumPy, the largest word", lambda: [part.open().max() for part in parts])
        fifth, exponential = Polynomial(5), Exponential()
        row("exp, one cue", recalled(SERIAL, cues[:1], exponential, Random()))
        row(f"exp, {CUES} cues", recalled(SERIAL, cues, exponential, Random()))
        row("x⁵, synchronous, one cue", recalled(SERIAL, cues[:1], fifth, Synchronous()))
        with (
            LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
            cluster_executor(cluster.scheduler_address) as executor,
        ):
            row("exp, one cue, two workers", recalled(executor, cues[:1], exponential, Random()))
            row(f"exp, {CUES} cues, two workers", recalled(executor, cues, exponential, Random()))


if __name__ == "__main__":
    main()
