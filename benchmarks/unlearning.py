"""What does unlearning do at a load of 0.2, and what does a step take beside plain NumPy?

Random patterns, ε = 0.01, `hop dream`'s own search for the best. The peer settles by a loop over
neurons with fields kept up to date, and unlearns by an outer product.
"""

import time

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.condition import Examination
from hopcli.binary.unlearning import (
    AT_ONCE,
    UnlearningNetwork,
    steps_between_checks,
    unlearn,
)

LOAD, RATE = 0.2, 0.01
SIZES = (100, 200, 512, 1024)
# Unlearning steps that the peer makes, after which hop is compared with it.
COMPARED = 3 * AT_ONCE


def by_hand(
    weights: NDArray[np.float64], states: NDArray[np.int8], orders: NDArray[np.int32], change: float
) -> None:
    """Dream in plain NumPy."""
    for start, order in zip(states, orders, strict=True):
        state = start.astype(np.float64)
        fields = weights @ state
        changed = True
        while changed:
            changed = False
            for i in order:
                if state[i] * fields[i] < 0:
                    state[i] = -state[i]
                    fields += 2 * state[i] * weights[i]
                    changed = True
        weights -= change * np.outer(state, state)
        np.fill_diagonal(weights, 0)


def hebbian(patterns: NDArray[np.int8], dreams: int) -> UnlearningNetwork:
    """Hebb's weights, about to dream."""
    neurons = patterns.shape[1]
    weights = patterns.T.astype(np.float64) @ patterns
    np.fill_diagonal(weights, 0)
    return UnlearningNetwork.of(weights, float(neurons), neurons=neurons, rate=RATE, steps=dreams)


def milliseconds(patterns: NDArray[np.int8]) -> tuple[float, float]:
    """A dream's time of the processor, by hop and by hand, which lead to the same weights."""
    network, peer = hebbian(patterns, COMPARED), hebbian(patterns, COMPARED)
    network.unlearn(AT_ONCE, np.random.default_rng(0))
    network = hebbian(patterns, COMPARED)
    drawn = np.random.default_rng(0)
    parts = [peer.starts(AT_ONCE, drawn) for _ in range(COMPARED // AT_ONCE)]
    start = time.thread_time()
    network.unlearn(COMPARED, np.random.default_rng(0))
    middle = time.thread_time()
    for states, orders in parts:
        by_hand(peer.weights, states, orders, peer.change)
    end = time.thread_time()
    assert np.array_equal(network.weights, peer.weights)
    return (middle - start) / COMPARED * 1e3, (end - middle) / COMPARED * 1e3


def main() -> None:
    """Print two tables."""
    print("| N | K | dreams | best | stable | basin | spurious |\n" + "| --- " * 7 + "|")
    for neurons in SIZES:
        rng = np.random.default_rng(0)
        kept = round(LOAD * neurons)
        patterns = rng.choice(np.array([-1, 1], dtype=np.int8), (kept, neurons))
        most = round(kept / RATE)
        network = hebbian(patterns, most)
        examination = Examination.of(patterns, rng)
        before = examination.condition(network)
        night = unlearn(
            network,
            patterns,
            steps=most,
            every=steps_between_checks(kept, RATE),
            rng=rng,
        )
        after = examination.condition(night.network)
        shares = " | ".join(
            f"{getattr(before, name):.1%} → {getattr(after, name):.1%}"
            for name in ("stable", "basin", "spurious")
        )
        print(f"| {neurons:,} | {kept} | {night.steps:,} | {night.best:,} | {shares} |")
    print("\n| N | NumPy, ms a dream | hop, ms a dream | ratio |\n" + "| --- " * 4 + "|")
    for neurons in SIZES:
        rng = np.random.default_rng(0)
        kept = round(LOAD * neurons)
        patterns = rng.choice(np.array([-1, 1], dtype=np.int8), (kept, neurons))
        ours, theirs = milliseconds(patterns)
        print(f"| {neurons:,} | {theirs:.3f} | {ours:.3f} | {ours / theirs:.4f} |")


if __name__ == "__main__":
    main()
