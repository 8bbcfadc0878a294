"""Memories that earlier versions wrote: each opens, holds what it held, and recalls.

The files in tests/fixtures/memories/VERSION were written by `hop store`, `hop learn` and
`hop dream` of that version; `expected.json` beside them holds what the same version answered.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from hopcli.storage import memories

MEMORIES = Path(__file__).parent / "fixtures" / "memories"
FOUND = sorted(path for path in MEMORIES.glob("*/*") if path.name != "expected.json")
# By which rule what is in the files was learned.
LEARNED = {
    "learned-boltzmann-persistent.npz": ["boltzmann with 6 hidden neurons, persistent"],
    "learned-boltzmann.npz": ["boltzmann with 6 hidden neurons"],
    "learned-dense-gray.npz": ["dense of degree 4: 5 memories, 10 sweeps"],
    "learned-dense.npz": ["dense of degree 4: 5 memories, 10 sweeps"],
    "learned-dream-bias.npz": ["dream 100 times at 0.01 of hebbian with bias"],
    "learned-dream.npz": ["dream 60 times at 0.01 of hebbian"],
    "learned-hebbian-bias.npz": ["hebbian with bias"],
    "learned-hebbian.npz": ["hebbian"],
    "learned-perceptron-bias.npz": ["perceptron of margin 1 with bias"],
    "learned-perceptron-margin-bias.npz": ["perceptron of margin 0.5 with bias"],
    "learned-perceptron-margin.npz": ["perceptron of margin 0.5"],
    "learned-perceptron.npz": ["perceptron of margin 1"],
    "learned-projection-bias.npz": ["projection with bias"],
    "learned-projection.npz": ["projection"],
    "learned-several.npz": ["projection", "boltzmann with 4 hidden neurons"],
    "learned-storkey-bias.npz": ["storkey with bias"],
    "learned-storkey.npz": ["storkey"],
}

every_memory = pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)


def expected(path):
    return json.loads((path.parent / "expected.json").read_text())[path.name]


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
    assert [learned.rule for learned in memory.learned] == LEARNED.get(path.name, [])
    if not path.is_dir():
        with np.load(path, allow_pickle=False) as members:
            for learned in memory.learned:
                for name, values in learned.arrays().items():
                    np.testing.assert_array_equal(values, members[name])


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
