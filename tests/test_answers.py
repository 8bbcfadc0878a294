"""The JSON of a command is the library's answer, for the same seed."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import hopcli
from hopcli.model.capacity import capacity
from hopcli.model.info import info


@pytest.fixture
def pair(hop, folder):
    """A memory file for the command, and the same one in Python."""
    xi = np.random.default_rng(3).choice([-1, 1], (14, 60)).astype(np.int8)
    np.save("x.npy", xi)
    assert hop("store", "x.npy").code == 0
    shutil.copy("memory.npz", "other.npz")
    return hopcli.load("other.npz")


def without_extras(answer):
    return {k: v for k, v in answer.items() if k not in ("memory", "seconds", "plot")}


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("hebbian", {"bias": True}),
        ("projection", {}),
        ("storkey", {}),
        ("perceptron", {"margin": 0.4, "sweeps": 30}),
        ("boltzmann", {"hidden": 12, "sweeps": 5, "persistent": True}),
    ],
)
def test_learn(hop, pair, rule, options):
    given = []
    for name, value in options.items():
        given += [f"--{name}"] if value is True else [f"--{name}", value]
    written = hop("learn", "--rule", rule, *given, "--seed", 4, "--json").json
    assert without_extras(written) == pair.learn(rule, seed=4, **options).answer()
    pair.save("other.npz", force=True)
    assert Path("memory.npz").read_bytes() == Path("other.npz").read_bytes()


def test_dream(hop, pair):
    written = hop("dream", "--steps", 200, "--seed", 5, "--json").json
    assert without_extras(written) == pair.dream(steps=200, seed=5).answer()


def test_forget_and_append(hop, pair):
    written = hop("forget", "x.npy[3]", "x.npy[5]", "--json").json
    assert without_extras(written) == pair.forget("x.npy[3]", "x.npy[5]").answer()
    np.save("y.npy", np.ones((1, 60), dtype=np.int8))
    hop("store", "y.npy", "--append")
    found = pair.append(np.ones((1, 60)), names=["y.npy[0]"])
    assert found.answer() == {"added": 1, "patterns": 13}
    stored = hopcli.load("memory.npz")
    assert np.array_equal(stored.patterns, pair.patterns)


def test_info(hop, pair):
    written = hop("info", "--check", "--json").json
    found = info(pair, check=True)
    assert without_extras(written) == {**found.answer(), "shape": [1, 60], "capacity": [
        *found.capacity
    ], "learned": [], "closest": {
        "names": [*found.closest.names], "indices": [*found.closest.indices],
        "overlap": found.closest.overlap,
    }}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (["--energy", "poly", "--degree", 3], {"energy": "poly", "degree": 3}),
        (["--measure", "retrieval", "--load", "0.1,0.2"],
         {"measure": "retrieval", "load": [0.1, 0.2]}),
        (["--rule", "perceptron", "--margin", 0.5], {"rule": "perceptron", "margin": 0.5}),
    ],
)  # fmt: skip
def test_capacity(hop, given, options):
    written = hop("capacity", "--n", 24, "--trials", 10, "--seed", 2, *given, "--json").json
    found = capacity(24, trials=10, seed=2, **options)
    assert without_extras(written) == found.answer()
    if "load" not in options:
        assert (found.patterns, found.low, found.high) == tuple(
            written["measured"][key] for key in ("patterns", "low", "high")
        )


def test_store(hop, folder):
    np.save("x.npy", np.random.default_rng(0).choice([-1, 1], (5, 12)))
    written = hop("store", "x.npy", "--size", "4x3", "--json").json
    memory = hopcli.store("x.npy", size="4x3")
    assert (written["patterns"], written["shape"], written["mode"]) == (5, [3, 4], "binary")
    assert (len(memory), memory.shape, memory.mode) == (5, (3, 4), "binary")
    assert np.array_equal(memory.patterns, hopcli.load("memory.npz").patterns)
