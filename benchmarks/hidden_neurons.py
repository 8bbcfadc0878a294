"""How many hidden neurons does a Boltzmann machine need for 47 pictures, and how long does it take?

Of the sample patterns, 64×64 pixels each: how many are fixed points, and how many come back of
cues with a fifth of their pixels flipped and of cues whose right half is hidden.
"""

import os

# Threads of BLAS gain little on matrices of this size.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from pathlib import Path

import numpy as np

from hopcli.binary.boltzmann.learning import Hyperparameters, learn
from hopcli.binary.boltzmann.network import MachineNetwork, fidelity
from hopcli.binary.recall import recall
from hopcli.binary.schedules import Synchronous
from hopcli.formats.collect import Plan, collect
from hopcli.formats.sources import find

PATTERNS = Path(__file__).parent.parent / "sample_patterns" / "whole"


def main():
    """Print a line for each machine."""
    memory, _ = collect(find([PATTERNS], "folder"), Plan(None, "binary", None, None))
    patterns = memory.states(slice(None))
    rng = np.random.default_rng(0)
    noisy = np.where(rng.random(patterns.shape) < 0.2, -patterns, patterns)
    half = patterns.reshape(-1, *memory.shape).copy()
    half[:, :, memory.shape[1] // 2 :] = 0
    half = half.reshape(patterns.shape)
    print(f"{len(patterns)} patterns of {patterns.shape[1]} neurons")
    for persistent, rate in ((False, 0.05), (True, 0.005)):
        for hidden in (25, 50, 100, 200, 400):
            start, used = time.perf_counter(), time.process_time()
            teaching = Hyperparameters(hidden, 100, rate, 0.9, persistent)
            machine = learn(patterns, teaching, np.random.default_rng([0, 2]))
            took, used = time.perf_counter() - start, time.process_time() - used
            network = MachineNetwork(machine, memory.patterns, "boltzmann")
            back = [
                sum(
                    np.array_equal(found.state, pattern)
                    for found, pattern in zip(settled(network, cues, clamp), patterns, strict=True)
                )
                for cues, clamp in ((noisy, False), (half, False), (half, True))
            ]
            print(
                f"persistent {persistent!s:5} hidden {hidden:3}: {took:5.1f} s ({used:5.1f} s of "
                f"CPU), stable {fidelity(machine, memory.patterns)[0]:2}, noisy {back[0]:2}, half "
                f"{back[1]:2}, half clamped {back[2]:2}"
            )


def settled(network, cues, clamp):
    """Where cues end."""
    return recall(
        network.builder(len(cues))(), cues, schedule=Synchronous(), rng=np.random.default_rng(0),
        clamped=cues != 0 if clamp else None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
