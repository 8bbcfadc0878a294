"""What each rule holds, what learning takes, and what recall takes beside a loop in NumPy.

N = 1,024, random patterns, a fifth of the bits flipped; asynchronous in random order until nothing
changes. Run it as `python benchmarks/rules.py`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray
from timing import times

from hopcli.binary import packing
from hopcli.binary.recall import recall
from hopcli.binary.rules import hebbian, perceptron, projection, storkey
from hopcli.binary.schedules import Random
from hopcli.binary.weighted import WeightedNetwork
from hopcli.storage.learned.weights import Weights
from hopcli.storage.rule import Rule

NEURONS = 1024
CUES = 20
NETWORKS = 3
KEPT = (50, 100, 120, 200, 300, 400, 500)
RULES: dict[str, Callable[[NDArray[np.int8]], NDArray[np.float64]]] = {
    "hebbian": hebbian.learn,
    "storkey": storkey.learn,
    "perceptron": lambda xi: perceptron.learn(xi, 1.0, 300).matrix,
    "projection": projection.learn,
}


def drawn(kept: int, seed: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Patterns, and cues of the first of them."""
    rng = np.random.default_rng([kept, seed])
    xi = rng.choice(np.array([-1, 1], dtype=np.int8), (kept, NEURONS))
    return xi, np.where(rng.random((CUES, NEURONS)) < 0.2, -xi[:CUES], xi[:CUES])


def network_of(xi: NDArray[np.int8], matrix: NDArray[np.float64], rule: str) -> WeightedNetwork:
    """The network that `hop recall` makes of a rule's weights."""
    whole = float(NEURONS) if rule in ("hebbian", "perceptron") else None
    made = Weights.of_matrix(matrix, Rule(rule), biased=False, denominator=whole)
    return WeightedNetwork(made.weights, made.bias, made.denominator, packing.pack(xi), rule)


def by_hand(weights: NDArray, cue: NDArray, rng: np.random.Generator) -> NDArray:
    """One neuron after another: s_i ← sign(W_i · s)."""
    state = cue.astype(np.float64)
    while True:
        before = state.copy()
        for i in rng.permutation(NEURONS):
            field = weights[i] @ state
            if field:
                state[i] = np.sign(field)
        if np.array_equal(before, state):
            return state


def come_back(matrix: NDArray, xi: NDArray[np.int8], cues: NDArray[np.int8], rule: str) -> int:
    """How many cues end in their pattern."""
    network = network_of(xi, matrix, rule)
    rng = np.random.default_rng(0)
    ends = recall(network.plain(), cues, schedule=Random(), rng=rng)
    return sum(np.array_equal(end.state, xi[k]) for k, end in enumerate(ends))


def held() -> None:
    """A table of how many come back, and of the seconds of learning."""
    print("| rule | " + " | ".join(f"K = {kept}" for kept in KEPT) + " |")
    print("| --- |" + " --- |" * len(KEPT))
    for rule, learned in RULES.items():
        found, took = [], []
        for kept in KEPT:
            came, seconds = 0, []
            for seed in range(NETWORKS):
                xi, cues = drawn(kept, seed)
                start = time.perf_counter()
                matrix = learned(xi)
                seconds.append(time.perf_counter() - start)
                came += come_back(matrix, xi, cues, rule)
            found.append(f"{came}/{CUES * NETWORKS}")
            took.append(f"{median(seconds):.2f}")
        print(f"| {rule} | " + " | ".join(found) + " |")
        print("| seconds of learning | " + " | ".join(took) + " |", flush=True)
    found = []
    for kept in KEPT:
        came = 0
        for seed in range(NETWORKS):
            xi, cues = drawn(kept, seed)
            matrix = projection.learn(xi)
            ends = [by_hand(matrix, cue, np.random.default_rng(0)) for cue in cues]
            came += sum(np.array_equal(end, xi[k]) for k, end in enumerate(ends))
        found.append(f"{came}/{CUES * NETWORKS}")
    print("| projection, diagonal kept | " + " | ".join(found) + " |", flush=True)


def speed() -> None:
    """Milliseconds a recall, by projection, K = 200."""
    xi, cues = drawn(200, 0)
    network = network_of(xi, projection.learn(xi), "projection")
    forms = {"NumPy form": network.plain(), "kernels": network.builder(10**6)()}

    rng = np.random.default_rng(0)
    hand = median(times(lambda: [by_hand(network.weights, cue, rng) for cue in cues], 7)) / CUES
    print(f"\nby hand: {hand * 1e3:.2f} ms a recall")
    for name, form in forms.items():
        took = times(lambda form=form: recall(form, cues, schedule=Random(), rng=rng), 7)
        spent = median(took) / CUES
        print(f"{name}: {spent * 1e3:.3f} ms a recall, ratio {spent / hand:.3f}")


if __name__ == "__main__":
    held()
    speed()
