"""Memories that earlier versions wrote: each opens, holds what it held, and recalls.

The files in tests/fixtures/memories/VERSION were written by `hop store`, `hop learn` and
`hop dream` of that version; `expected.json` beside them holds what the same version answered.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from hopcli.storage import memories, rule
from hopcli.storage.learned.boltzmann import Boltzmann
from hopcli.storage.learned.weights import Weights
from hopcli.storage.rule import Rule

MEMORIES = Path(__file__).parent / "fixtures" / "memories"
FOUND = sorted(path for path in MEMORIES.glob("*/*") if path.name != "expected.json")
PERSISTENT, NOT_PERSISTENT = (Rule("boltzmann", {"persistent": p}) for p in (1.0, 0.0))
DREAM = Rule("dream", {"steps": 60.0, "rate": 0.01})
# By which rules what is in the files was learned, and whether there are biases.
LEARNED = {
    "learned-boltzmann-persistent.npz": [([PERSISTENT], None)],
    "learned-boltzmann.npz": [([NOT_PERSISTENT], None)],
    "learned-dense-gray.npz": [(["dense"], None)],
    "learned-dense.npz": [(["dense"], None)],
    "learned-dream-bias.npz": [
        ([Rule("hebbian"), Rule("dream", {"steps": 100.0, "rate": 0.01})], True)
    ],
    "learned-dream.npz": [([Rule("hebbian"), DREAM], False)],
    "learned-hebbian-bias.npz": [([Rule("hebbian")], True)],
    "learned-hebbian.npz": [([Rule("hebbian")], False)],
    "learned-perceptron-bias.npz": [([Rule("perceptron", {"margin": 1.0})], True)],
    "learned-perceptron-margin-bias.npz": [([Rule("perceptron", {"margin": 0.5})], True)],
    "learned-perceptron-margin.npz": [([Rule("perceptron", {"margin": 0.5})], False)],
    "learned-perceptron.npz": [([Rule("perceptron", {"margin": 1.0})], False)],
    "learned-projection-bias.npz": [([Rule("projection")], True)],
    "learned-projection.npz": [([Rule("projection")], False)],
    "learned-several.npz": [([Rule("projection")], False), ([NOT_PERSISTENT], None)],
    "learned-storkey-bias.npz": [([Rule("storkey")], True)],
    "learned-storkey.npz": [([Rule("storkey")], False)],
}

every_memory = pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)


def expected(path):
    return json.loads((path.parent / "expected.json").read_text())[path.name]


def rules_of(learned):
    """By which rules it was learned, and whether with biases."""
    if isinstance(learned, Weights):
        return list(learned.rules), learned.biased
    if isinstance(learned, Boltzmann):
        return list(learned.rules), None
    return [learned.rule], None


def cues_for(memory):
    """Write the cues that the answers are for: three patterns, a few of their pixels changed."""
    cues = memory.states(np.arange(3)).copy()
    if memory.mode == "binary":
        cues[:, :2] *= -1
    else:
        cues[:, ::5] = 0.5
    np.save("cues.npy", cues)
    return "cues.npy"


def test_there_is_a_memory_of_every_kind():
    for version in MEMORIES.iterdir():
        names = {path.name for path in version.iterdir()} - {"expected.json"}
        assert names == set(json.loads((version / "expected.json").read_text()))
        assert names >= LEARNED.keys() | {"binary.npz", "gray.npz", "rgb.npz", "rows.npz"}
        assert names >= {"folder-binary", "folder-rgb", "binary-unlabelled.npz"}


@every_memory
def test_it_holds_what_it_held(path):
    wanted, memory = expected(path), memories.load(path).whole()
    assert memory.mode == wanted["mode"]
    assert list(memory.shape) == wanted["shape"]
    assert memory.names.tolist() == wanted["names"]
    assert [memory.label(index) for index in range(len(memory))] == wanted["labels"]
    levels = memory.patterns
    if memory.mode == "binary":
        levels = (memory.states(slice(None)) > 0).astype(np.uint8)
    assert hashlib.sha256(levels.tobytes()).hexdigest() == wanted["patterns"]
    assert [rules_of(each) for each in memory.learned] == LEARNED.get(path.name, [])
    if not path.is_dir():
        with np.load(path, allow_pickle=False) as members:
            for learned in memory.learned:
                for name, values in learned.arrays().items():
                    # How it was learned was a sentence.
                    if "rule" not in name:
                        np.testing.assert_array_equal(values, members[name])


def test_rules_of_rules_are_read_from_the_sentence():
    array = {"rule": np.array("dream 7 times at 0.5 of dream 60 times at 0.01 of hebbian")}
    again = Rule("dream", {"steps": 7.0, "rate": 0.5})
    assert rule.from_members(array, "rule") == (Rule("hebbian"), DREAM, again)


@every_memory
def test_it_recalls_as_it_did(hop, path):
    cues = cues_for(memories.load(path))
    for energy, answers in expected(path)["recalls"].items():
        found = hop("recall", cues, "-m", path, "--energy", energy, "--json").json["recalls"]
        assert [[each["outcome"], each["index"]] for each in found] == answers


@pytest.mark.parametrize(
    "path", [path for path in FOUND if "classes" in expected(path)], ids=lambda path: path.name
)
def test_it_classifies_as_it_did(hop, path):
    cues = cues_for(memories.load(path))
    found = hop("classify", cues, "-m", path, "--json").json["classifications"]
    assert [each["label"] for each in found] == expected(path)["classes"]
