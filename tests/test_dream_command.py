"""`hop dream`."""

import signal
from pathlib import Path

import numpy as np
import pytest
from processes import interrupted, start, wait_for_lock

from hopcli.storage import memory_file
from hopcli.storage.learned.weights import Weights

SHARES = ("stable", "basin", "spurious")


@pytest.fixture
def loaded(random_memory):
    """Patterns at a load of 0.2, of which Hebb's rule keeps few."""
    return random_memory(patterns=20, shape=(10, 10))


def weights():
    return memory_file.load(Path("memory.npz")).found(Weights)


def test_dreaming_raises_what_is_stable_and_recall_uses_it(hop, loaded):
    before = hop("recall", "pictures", "--energy", "classical", "--json").json["recalls"]
    answer = hop("dream", "--json").json
    assert (answer["memory"], answer["steps"], answer["rate"]) == ("memory.npz", 2000, 0.01)
    assert 0 < answer["best"] <= answer["dreamt"] <= 2000
    for when in ("before", "after"):
        assert list(answer[when]) == [*SHARES]
        assert all(0 <= answer[when][share] <= 1 for share in SHARES)
    assert answer["before"]["stable"] < 0.9
    assert answer["after"]["stable"] == 1
    assert answer["after"]["basin"] > answer["before"]["basin"] + 0.1
    after = hop("recall", "pictures", "--energy", "classical", "--json").json
    assert after["rule"] == f"dream (steps {answer['best']}, rate 0.01) after hebbian"
    stable = [recall["flips"] == 0 for recall in before]
    assert sum(stable) == round(20 * answer["before"]["stable"])
    assert all(recall["flips"] == 0 for recall in after["recalls"])
    again = hop("recall", "pictures", "--energy", "classical", "--rule", "hebbian", "--json").json
    assert [r["flips"] for r in again["recalls"]] == [r["flips"] for r in before]


def test_the_weights_of_the_best_are_written(hop, loaded):
    """Those of so many dreams and no more, with the same seed, to the last bit."""
    best = hop("dream", "--seed", 4, "--json").json["best"]
    written = weights()
    hop("learn", "--rule", "hebbian")
    assert hop("dream", "--seed", 4, "--steps", best, "--json").json["best"] == best
    assert np.array_equal(weights().weights, written.weights)
    assert written.denominator == 100 * 100
    hebb = sum(np.outer(p, p).astype(np.int64) for p in loaded[0])
    dreamt = np.rint(written.weights * written.denominator).astype(np.int64)
    taken = (100 * hebb - dreamt)[~np.eye(100, dtype=bool)]
    # Each dream takes or adds one part in 10,000 of every weight.
    assert set((taken - best) % 2) == {0}
    assert np.abs(taken).max() <= best
    assert written.parameters == {"steps": best, "rate": 0.01}


def test_dreams_go_on_from_what_was_learned(hop, loaded):
    hop("learn", "--rule", "storkey", "--bias")
    answer = hop("dream", "--steps", 200, "--json").json
    if answer["best"]:
        assert (
            answer["rule"] == f"dream (steps {answer['best']}, rate 0.01) after storkey with bias"
        )
        assert weights().biased
    hop("learn", "--rule", "hebbian", "--bias")
    assert hop("dream", "--steps", 200, "--json").json["best"] > 0
    assert weights().biased
    assert weights().bias.any()
    assert "hebbian with bias" in weights().title


def test_a_memory_that_dreams_do_not_better_is_as_it_was(hop, random_memory, folder):
    random_memory(patterns=1, shape=(8, 8))
    before = (folder / "memory.npz").read_bytes()
    answer = hop("dream", "--rate", 0.1, "--steps", 1000, "--json").json
    assert answer["best"] == 0
    assert answer["dreamt"] < 1000
    assert answer["before"] == answer["after"]
    assert (folder / "memory.npz").read_bytes() == before
    assert "None made it better, and memory.npz is as it was." in hop("dream", "--rate", 0.1).out


def test_a_person_reads_how_many_and_what_came_of_them(hop, loaded):
    said = hop("dream").out
    assert "The best was the one of step" in said
    assert "stable" in said
    assert "100.0%  of the patterns are fixed points" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rate", -0.1), "--rate -0.1 was given"),
        (("--rate", 0), "from 1e-06 to 1"),
        (("--rate", 1.5), "from 1e-06 to 1"),
        (("--rate", "nan"), "--rate nan was given"),
        (("--steps", 0), "--steps 0 was given"),
        (("--steps", -3), "--steps -3 was given"),
        (("--max-memory", "100K"), "100 × 100 weights"),
        (("-m", "none.npz"), "there is no memory none.npz"),
    ],
)
def test_what_cannot_be_dreamt_is_said_in_a_line(hop, loaded, folder, arguments, said):
    before = (folder / "memory.npz").read_bytes()
    assert said in hop("dream", *arguments).error
    assert (folder / "memory.npz").read_bytes() == before


def test_only_binary_memories_in_one_file_dream(hop, loaded):
    hop("store", "pictures", "-m", "gray.npz", "--mode", "gray")
    assert "gray.npz is gray" in hop("dream", "-m", "gray.npz").error
    hop("store", "pictures", "-m", "many", "--shard-size", 4)
    assert "many is a folder of several files" in hop("dream", "-m", "many").error


def test_an_interrupted_dream_leaves_the_memory_as_it_was(hop, random_memory, folder):
    random_memory(patterns=60, shape=(24, 24))
    hop("dream", "--steps", 1)
    before = (folder / "memory.npz").read_bytes()
    process = start("dream", "--rate", 0.0001)
    wait_for_lock(process, folder / "memory.npz")
    assert interrupted(process, signal.SIGINT)[::2] == (130, "")
    assert (folder / "memory.npz").read_bytes() == before
    assert not list(folder.glob("*.tmp"))
    # Its lock ended with it.
    assert hop("dream", "--steps", 1, "--json").json["dreamt"] == 1


def test_a_rule_that_a_memory_was_not_dreamt_by_is_said(hop, loaded):
    said = hop("recall", "pictures", "--energy", "classical", "--rule", "dream").error
    assert "this memory has no learned weights; make them with 'hop dream'" in said
    hop("dream", "--steps", 100)
    assert hop("recall", "pictures", "--energy", "classical", "--rule", "dream").code == 0
