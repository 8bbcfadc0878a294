"""`hop forget`."""

from pathlib import Path

import numpy as np
import pytest

from hopcli.storage import memories, memory_file
from hopcli.storage.learned.weights import Weights


def contents(path="memory.npz"):
    memory = memories.load(Path(path))
    return {
        memory.name(k): (memory.label(k), memory.states(slice(k, k + 1))[0].tobytes())
        for k in range(len(memory))
    }


def test_patterns_are_removed_exactly(hop, random_memory):
    _, names = random_memory(patterns=9)
    before = contents()
    assert names[0] == "a/0.png"
    answer = hop("forget", "a/0.png", "7.png", "b/7.png", "--json").json
    assert {key: answer[key] for key in ("memory", "removed", "patterns")} == {
        "memory": "memory.npz", "removed": ["a/0.png", "b/7.png"], "patterns": 7,
    }  # fmt: skip
    after = contents()
    assert list(after) == [n for n in names if n not in ("a/0.png", "b/7.png")]
    assert all(before[name] == kept for name, kept in after.items())
    # What the memory would be if they had never been stored.
    for name in ("a/0.png", "b/7.png"):
        (Path("pictures") / name).unlink()
    forgotten = Path("memory.npz").read_bytes()
    hop("store", "pictures", "--force")
    assert Path("memory.npz").read_bytes() == forgotten


def test_labels_that_nothing_bears_are_forgotten(hop, random_memory):
    random_memory(patterns=4)
    hop("forget", "a/0.png", "a/2.png")
    assert memories.load(Path("memory.npz")).label_names.tolist() == ["b"]
    assert {label for label, _ in contents().values()} == {"b"}


@pytest.mark.parametrize("size", [2, 3, 20])
def test_folders_of_files_forget(hop, random_memory, size):
    _, names = random_memory(patterns=9)
    hop("store", "pictures", "-m", "folder/", "--shard-size", size)
    whole = contents("folder")
    # All of a shard, and some of another.
    gone = [names[0], names[1], names[4]]
    assert hop("forget", *gone, "-m", "folder", "--json").json["removed"] == gone
    after = contents("folder")
    assert list(after) == [name for name in names if name not in gone]
    assert all(whole[name] == kept for name, kept in after.items())
    for path in Path("folder").glob("*.npz"):
        assert len(memory_file.load(path)) <= size
    hop("store", "pictures/a/0.png", "-m", "folder", "--append")
    assert len(contents("folder")) == 7


@pytest.mark.parametrize("rule", ["hebbian", "projection", "storkey"])
@pytest.mark.parametrize("bias", [(), ("--bias",)])
def test_weights_become_those_of_what_is_left(hop, random_memory, rule, bias):
    _, names = random_memory(patterns=9)
    hop("learn", "--rule", rule, *bias)
    answer = hop("forget", names[3], names[5])
    assert "follows the change" in answer.err
    found = memory_file.load(Path("memory.npz")).found(Weights)
    hop("learn", "--rule", rule, *bias)
    wanted = memory_file.load(Path("memory.npz")).found(Weights)
    assert np.array_equal(found.weights, wanted.weights)
    assert np.array_equal(found.bias, wanted.bias)
    assert found.rules == wanted.rules


def test_what_cannot_follow_is_gone_and_said(hop, random_memory):
    random_memory()
    hop("learn", "--rule", "perceptron")
    assert "'hop learn --rule perceptron'" in hop("forget", "0.png").err
    assert memory_file.load(Path("memory.npz")).learned == ()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["c.png"], "c.png was given, but no pattern has this name"),
        # The end of a name, but not behind a slash.
        ([".png"], "no pattern has this name"),
        (["a/2.png", "nothing"], "nothing was given"),
        (["same.png"], "2 patterns have names that end so: a/same.png, b/same.png"),
        (["twice.npy[0]"], "2 patterns have this name"),
        (["all"], "one has to stay"),
    ],
)
def test_what_cannot_be_forgotten_is_said_and_changes_nothing(hop, random_memory, names, said):
    states, stored = random_memory()
    names = stored if names == ["all"] else names
    for path in ("a/0.png", "b/1.png"):
        place = Path("pictures", path)
        place.rename(place.with_name("same.png"))
    np.save("twice.npy", states[:1])
    if names is not stored:
        hop("store", "pictures", "--force")
        for _ in range(2):
            hop("store", "twice.npy", "--append")
    before = Path("memory.npz").read_bytes()
    assert said in hop("forget", *names).error
    assert Path("memory.npz").read_bytes() == before
