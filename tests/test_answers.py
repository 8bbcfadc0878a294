"""The JSON of a command is the library's answer, for the same seed."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hopcli
from hopcli.model.capacity import capacity
from hopcli.model.corrupt import corrupt
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


@pytest.fixture
def labelled(hop, folder):
    """Pictures with labels as memories of every mode, with a machine, and a cue."""
    rng = np.random.default_rng(5)
    levels = rng.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    for k, each in enumerate(levels):
        path = folder / "x" / "ab"[k % 2] / f"{k}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(each).save(path)
    Image.fromarray(levels[3]).save("cue.png")
    for mode in ("binary", "gray", "rgb"):
        assert hop("store", "x", "-m", f"{mode}.npz", "--mode", mode).code == 0
    rule = ("--rule", "boltzmann", "--hidden", 6, "--sweeps", 3)
    assert hop("learn", "-m", "binary.npz", *rule).code == 0
    assert hop("learn", "-m", "binary.npz", "--rule", "perceptron").code == 0


def as_options(options):
    return [
        text
        for name, value in options.items()
        for text in ([f"--{name.rstrip('_')}"] if value is True
                     else [f"--{name.rstrip('_').replace('_', '-')}", value])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("binary", {}),
        ("binary", {"energy": "classical", "update": "sync", "max_sweeps": 3}),
        ("binary", {"energy": "classical", "rule": "hebbian", "order": "sequential"}),
        ("binary", {"energy": "poly", "degree": 4, "clamp": True}),
        ("binary", {"energy": "exp", "beta": 0.5, "threshold": 0.7}),
        ("binary", {"energy": "boltzmann", "temperature": 0.5}),
        ("binary", {"anneal": "2:0.5:4"}),
        ("gray", {"similarity": "cosine"}),
        ("rgb", {"beta": 3.0, "clamp": True}),
    ],
)
def test_recall(hop, labelled, mode, options):
    options = {"noise": 0.15, "occlude": "left", **options}
    written = hop("recall", "cue.png", "x", "-m", f"{mode}.npz", *as_options(options), "--seed", 3,
                  "--json").json  # fmt: skip
    found = hopcli.load(f"{mode}.npz").recall(["cue.png", "x"], seed=3, **options)
    assert len(found) == 7
    assert written["recalls"] == [{**each.answer(), "output": None} for each in found]


def test_classify_generate_and_interpret(hop, labelled):
    for mode in ("binary", "rgb"):
        memory = hopcli.load(f"{mode}.npz")
        written = hop("classify", "x", "-m", f"{mode}.npz", "--lambda", 2, "--json").json
        found = memory.classify("x", lambda_=2)
        assert written["classifications"] == [each.answer() for each in found]
        written = hop("generate", "a", "-m", f"{mode}.npz", "--count", 2, "--seed", 4, "--json")
        found = memory.generate("a", count=2, seed=4)
        assert written.json["generated"] == [{**each.answer(), "output": None} for each in found]
        assert written.json["beta"] == found[0].beta
    written = hop("interpret", "cue.png", "-m", "binary.npz", "--json").json
    found = hopcli.load("binary.npz").interpret("cue.png")
    assert written["interpretations"] == [found.answer()]
    assert [*written["patterns"].values()] == [*found.patterns]


def test_corrupt(hop, labelled):
    written = hop("corrupt", "cue.png", "-o", "out.png", "--noise", 0.1, "--occlude", 0.3,
                  "--mode", "binary", "--json").json  # fmt: skip
    found = corrupt("cue.png", noise=0.1, occlude=0.3, mode="binary")
    made = {k: v for k, v in without_extras(written).items() if k not in ("picture", "output")}
    assert made == found.answer()
