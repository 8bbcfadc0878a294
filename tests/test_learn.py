"""`hop learn`, and recall, storing and `hop info` of memories that have weights."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hopcli.binary.rules import hebbian, perceptron, projection, storkey, with_bias
from hopcli.storage import memory_file
from hopcli.storage.learned.weights import Weights
from hopcli.storage.rule import Rule

RULES = ["hebbian", "projection", "storkey", "perceptron"]


def weights_of(path="memory.npz"):
    return memory_file.load(Path(path)).found(Weights)


@pytest.fixture
def alike(hop, folder):
    """A memory of patterns that are alike, which Hebb's rule mixes; the patterns."""
    rng = np.random.default_rng(1)
    base = rng.choice([-1, 1], 144)
    states = np.where(rng.random((12, 144)) < 0.2, -base, base).astype(np.int8)
    np.save("all.npy", states)
    assert hop("store", "all.npy", "--size", "12x12").code == 0
    return states


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bias", [(), ("--bias",)])
def test_what_is_learned_is_said_and_kept(hop, alike, rule, bias):
    answer = hop("learn", "--rule", rule, *bias, "--json").json
    assert {key: answer[key] for key in ("memory", "rule", "patterns", "bias")} == {
        "memory": "memory.npz", "rule": rule, "patterns": 12, "bias": bool(bias),
    }  # fmt: skip
    kept = weights_of()
    inputs = with_bias(alike) if bias else alike
    rules = {"hebbian": hebbian.learn, "projection": projection.learn}
    rules |= {"storkey": storkey.learn, "perceptron": lambda xi: perceptron.learn(xi, 1, 99)}
    found = rules[rule](inputs)
    matrix = found.matrix if rule == "perceptron" else found
    np.fill_diagonal(matrix, 0)
    assert kept.weights == pytest.approx(matrix[:144, :144], abs=1e-10)
    assert kept.bias == pytest.approx(matrix[:144, 144] if bias else np.zeros(144), abs=1e-10)
    fields = alike @ kept.weights + kept.bias
    assert answer["stable"] == (alike * fields >= 0).all(axis=1).mean()
    assert set(answer["seconds"]) == {"load", "work", "total"}
    assert hop("info", "--json").json["learned"] == [kept.title]
    assert kept.rule == rule


def test_recall_uses_what_was_learned_and_hebbian_goes_back(hop, alike):
    cues = ("recall", "all.npy", "--noise", "0.1", "--energy", "classical", "--json")
    before = hop(*cues).json
    assert before["rule"] == "hebbian"
    hop("learn", "--rule", "projection")
    after = hop(*cues).json
    assert after["rule"] == "projection"
    assert {one["outcome"] for one in after["recalls"]} == {"memory"}
    assert {one["outcome"] for one in before["recalls"]} == {"spurious"}
    assert hop(*cues, "--rule", "hebbian").json["recalls"] == before["recalls"]
    assert hop(*cues, "--rule", "projection").json["recalls"] == after["recalls"]
    assert hop("recall", "all.npy", "--json").json["rule"] is None


def test_hebbian_weights_recall_as_the_patterns_do(hop, alike):
    cues = ("recall", "all.npy", "--noise", "0.3", "--energy", "classical", "--json")
    before = hop(*cues, "--update", "sync").json["recalls"]
    hop("learn", "--rule", "hebbian")
    after = hop(*cues, "--update", "sync").json["recalls"]
    assert [one.pop("energies") for one in after] == [
        pytest.approx(one.pop("energies")) for one in before
    ]
    assert after == before


def test_learning_again_replaces_what_was_learned(hop, alike):
    for rule in RULES:
        hop("learn", "--rule", rule)
    assert weights_of().rules == (Rule("perceptron", {"margin": 1.0, "sweeps": 1000.0}),)
    assert len(memory_file.load(Path("memory.npz")).learned) == 1


def test_the_perceptron_says_how_many_patterns_it_holds(hop, alike):
    answer = hop("learn", "--rule", "perceptron", "--margin", "0.3", "--json").json
    assert answer["held"] == 12
    assert answer["margin"] == 0.3
    few = hop("learn", "--rule", "perceptron", "--margin", "3", "--sweeps", "2")
    assert "After 2 sweeps 0 of 12 patterns have the margin" in few.out
    assert "try a smaller --margin" in few.err


def test_dependent_patterns_are_learned_and_said(hop, alike):
    np.save("again.npy", np.array([alike[0], -alike[1]]))
    hop("store", "again.npy", "--append")
    answer = hop("learn", "--rule", "projection", "--json")
    assert answer.json["rank"] == 12
    assert answer.json["stable"] == 1
    assert "of 14 patterns only 12 are linearly independent" in answer.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rule", "hebb"), "--rule hebb was given"),
        (
            ("--margin", "0.5"),
            "--margin 0.5 was given, but it has no effect",
        ),
        (("--sweeps", "5", "--rule", "storkey"), "--sweeps 5 was given, but it has no effect"),
        (("--rule", "perceptron", "--margin", "-1"), "--margin -1 was given"),
        (("--rule", "perceptron", "--margin", "nan"), "--margin nan was given"),
        (("--max-memory", "100K"), "learning 144 × 144 weights takes"),
        (("-m", "missing.npz"), "there is no memory missing.npz"),
        (("-m", "gray.npz"), "gray.npz is gray"),
        (("-m", "several"), "several is a folder"),
    ],
)
def test_what_cannot_be_learned_is_said_and_changes_nothing(hop, alike, options, said):
    levels = np.arange(288, dtype=np.uint8).reshape(2, 144)
    np.save("gray.npy", levels)
    hop("store", "gray.npy", "-m", "gray.npz", "--size", "12x12")
    hop("store", "all.npy", "-m", "several/", "--size", "12x12", "--shard-size", "5")
    before = {path: path.read_bytes() for path in Path().rglob("*.npz")}
    assert said in hop("learn", *options).error
    assert {path: path.read_bytes() for path in Path().rglob("*.npz")} == before


def test_where_weights_do_not_fit_hebb_s_rule_without_them_is_named(hop, alike):
    error = hop("learn", "--max-memory", "100K").error
    assert "--energy classical alone, which needs no weights" in error
    needed = int(error.partition(" takes ")[2].partition(" bytes")[0].replace(",", ""))
    assert needed > 8 * 144**2
    assert hop("learn", "--max-memory", str(needed)).code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--energy", "exp", "--rule", "hebbian"), "no effect with --energy exp"),
        (("--rule", "hebbian"), "no effect with --energy exp"),
        (("--energy", "classical", "--rule", "storkey"), "has weights learned by projection"),
        (("--energy", "classical", "--rule", "hopf"), "--rule hopf was given"),
    ],
)
def test_rules_that_a_memory_does_not_have_are_refused(hop, alike, options, said):
    hop("learn")
    assert said in hop("recall", "all.npy", *options).error


@pytest.mark.parametrize("rule", ["hebbian", "projection", "storkey"])
@pytest.mark.parametrize("bias", [(), ("--bias",)])
def test_appending_goes_on_learning(hop, folder, rule, bias):
    xi = np.random.default_rng(0).choice([-1, 1], (30, 100)).astype(np.int8)
    np.save("first.npy", xi[:20])
    np.save("more.npy", np.vstack([xi[20:], xi[:1]]))
    hop("store", "first.npy")
    hop("learn", "--rule", rule, *bias)
    added = hop("store", "more.npy", "--append")
    assert f"what was learned by {weights_of().title} follows the change" in added.err
    grown = weights_of()
    hop("learn", "--rule", rule, *bias)
    assert grown.rules == weights_of().rules
    assert grown.weights == pytest.approx(weights_of().weights, abs=1e-9)
    assert grown.bias == pytest.approx(weights_of().bias, abs=1e-9)
    if rule == "hebbian":
        assert np.array_equal(grown.weights, weights_of().weights)


def test_what_cannot_follow_is_gone_and_said(hop, alike):
    hop("learn", "--rule", "perceptron", "--bias")
    added = hop("store", "all.npy", "--append")
    assert (
        "learned by perceptron (margin 1, sweeps 1000) with bias cannot follow the change"
        in added.err
    )
    assert "'hop learn --rule perceptron'" in added.err
    assert weights_of() is None
    assert hop("recall", "all.npy", "--energy", "classical", "--json").json["rule"] == "hebbian"


def test_weights_that_go_on_are_held_against_the_limit(hop, alike):
    hop("learn")
    before = Path("memory.npz").read_bytes()
    for change in (("store", "all.npy", "--append"), ("forget", "all.npy[0]")):
        assert "by projection takes" in hop(*change, "--max-memory", "100K").error
    assert Path("memory.npz").read_bytes() == before


def test_storing_anew_forgets_the_weights(hop, alike):
    hop("learn")
    hop("store", "all.npy", "--force")
    assert weights_of() is None


def test_pictures_are_completed_by_weights(hop, alike):
    hop("learn")
    state = alike[3].reshape(12, 12)
    pixels = np.dstack([np.where(state > 0, 255, 0), np.full((12, 12), 255)]).astype(np.uint8)
    pixels[:, :6, 1] = 0
    Image.fromarray(pixels).save("half.png")
    answer = hop("recall", "half.png", "--energy", "classical", "--clamp", "--json").json
    (recalled,) = answer["recalls"]
    assert (recalled["outcome"], recalled["index"]) == ("memory", 3)


def cues_that_come_back(rule, patterns, seed=0):
    """Of 20 cues with a fifth of 1,024 bits flipped, how many end in their pattern."""
    from test_weights import Random, WeightedDynamics, dynamics, learned, recall

    rng = np.random.default_rng(seed)
    xi = rng.choice([-1, 1], (patterns, 1024)).astype(np.int8)
    cues = np.where(rng.random((20, 1024)) < 0.2, -xi[:20], xi[:20]).astype(np.int8)
    network = dynamics(WeightedDynamics, xi, learned(xi, rule))
    ends = recall(network, cues, schedule=Random(), rng=rng)
    return sum(np.array_equal(end.state, pattern) for end, pattern in zip(ends, xi, strict=False))


def test_projection_mends_what_hebb_s_rule_loses():
    assert cues_that_come_back("hebbian", 120) <= 8
    assert cues_that_come_back("projection", 200) == 20
    assert cues_that_come_back("projection", 300) >= 19
