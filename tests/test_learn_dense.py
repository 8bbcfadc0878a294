"""`hop learn --rule dense`, and `hop classify` and `hop info` of memories that have learned so."""

import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from processes import interrupted, start, wait_for_lock
from test_dense_memories import made

from hopcli.storage import memory_file
from hopcli.storage.learned.dense import Dense

ENOUGH = ("--memories", 20, "--degree", 5, "--sweeps", 100)
FEW = ("--memories", 6, "--degree", 5, "--sweeps", 20)


@pytest.fixture
def bars(hop, folder):
    """A grey memory of pictures with three labels, and others to ask for in `unseen`."""
    for place, labelled in (("bars", made()), ("unseen", made(10, seed=1))):
        for k, (levels, label) in enumerate(zip(labelled.levels, labelled.labels, strict=True)):
            path = folder / place / ("lie", "slant", "stand")[label] / f"{k}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(levels.reshape(12, 12)).save(path)
    assert hop("store", "bars").code == 0
    return folder / "unseen"


def dense_of(path="memory.npz"):
    found = memory_file.load(Path(path)).found(Dense)
    assert found is not None
    return found


def test_what_is_learned_is_said_and_kept(hop, bars):
    answer = hop("learn", "--rule", "dense", *FEW, "--json").json
    assert {key: answer[key] for key in ("rule", "patterns", "memories", "degree", "sweeps")} == {
        "rule": "dense", "patterns": 90, "memories": 6, "degree": 5, "sweeps": 20,
    }  # fmt: skip
    assert 0 <= answer["stable"] <= 1
    kept = dense_of()
    assert kept.memories.pictures.shape == (6, 144)
    assert kept.memories.labels.shape == (6, 3)
    said = hop("learn", "--rule", "dense", "--sweeps", 3).out
    assert "6 memories of degree 5 from 90 patterns" in said
    assert "3 more sweeps, 23 in all" in said
    assert hop("info", "--json").json["learned"] == [
        "dense of degree 5: 6 memories, 23 sweeps",
    ]


def test_learning_goes_on_as_if_it_had_not_stopped(hop, bars, folder):
    start = (folder / "memory.npz").read_bytes()
    hop("learn", "--rule", "dense", *FEW)
    assert hop("learn", "--rule", "dense", *FEW, "--json").json["resumed"]
    twice = (folder / "memory.npz").read_bytes()
    (folder / "memory.npz").write_bytes(start)
    answer = hop("learn", "--rule", "dense", *FEW[:4], "--sweeps", 40, "--json").json
    assert (answer["resumed"], answer["sweeps"]) == (False, 40)
    assert (folder / "memory.npz").read_bytes() == twice


@pytest.mark.parametrize("other", [("--memories", 7), ("--degree", 6), ("--seed", 1)])
def test_other_memories_are_learned_anew_and_that_is_said(hop, bars, folder, other):
    hop("learn", "--rule", "dense", *FEW)
    ran = hop("learn", "--rule", "dense", *FEW, *other)
    assert "6 memories of degree 5 with --seed 0, is replaced" in ran.err
    assert "more sweeps" not in ran.out
    assert dense_of().learning.sweeps == 20


def test_classify_uses_what_was_learned_and_none_goes_back(hop, bars):
    before = hop("classify", "unseen", "--json").json
    assert hop("learn", "--rule", "dense", *ENOUGH).code == 0
    answer = hop("classify", "unseen", "--json").json
    assert (answer["rule"], answer["beta"]) == ("dense", dense_of().memories.beta)
    right = 0
    for found in answer["classifications"]:
        right += found["label"] == found["picture"].split("/")[-2]
        assert sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-12)
        assert found["probability"] == max(found["probabilities"].values())
    assert right >= 24
    again = hop("classify", "unseen", "--rule", "none", "--json").json
    assert again["rule"] is None
    assert again["classifications"] == before["classifications"]


@pytest.mark.parametrize("mode", ["binary", "rgb"])
def test_binary_and_coloured_pictures_are_learned_too(hop, bars, folder, mode):
    assert hop("store", "bars", "--mode", mode, "--force").code == 0
    assert hop("learn", "--rule", "dense", *ENOUGH).code == 0
    found = hop("classify", "unseen", "--json").json["classifications"]
    assert sum(each["label"] == each["picture"].split("/")[-2] for each in found) >= 22
    assert hop("info", "--plot", "sheet.png").code == 0


def test_half_of_a_picture_is_classified_by_what_is_known(hop, bars, folder):
    hop("learn", "--rule", "dense", *ENOUGH)
    for k, path in enumerate(sorted((folder / "unseen" / "lie").iterdir())):
        with Image.open(path) as image:
            levels = np.asarray(image)
        known = np.where(np.arange(12) < 6, 255, 0).astype(np.uint8)
        shown = np.dstack([levels, np.broadcast_to(known, (12, 12))])
        (folder / "half").mkdir(exist_ok=True)
        Image.fromarray(shown).save(folder / "half" / f"{k}.png")
    found = hop("classify", "half", "--json").json["classifications"]
    assert sum(each["label"] == "lie" for each in found) >= 7


def test_patterns_without_a_label_take_no_part(hop, bars, folder):
    Image.fromarray(np.zeros((12, 12), np.uint8)).save(folder / "none.png")
    hop("store", "none.png", "--append")
    said = hop("learn", "--rule", "dense", *FEW).out
    assert "from 90 patterns with 3 labels" in said


def test_what_was_learned_does_not_survive_other_patterns(hop, bars, folder):
    hop("learn", "--rule", "dense", *FEW)
    ran = hop("store", "unseen", "--append")
    assert "is removed; learn it again with 'hop learn --rule dense'" in ran.err
    assert hop("info", "--json").json["learned"] == []


def test_bad_input_leaves_the_memory_as_it_was(hop, bars, folder):
    before = (folder / "memory.npz").read_bytes()
    for given, said in (
        (("--memories", 0), "--memories 0 was given, but it takes a whole number of 1 or more"),
        (("--memories", -3), "--memories -3 was given"),
        (("--degree", 1), "--degree 1 was given, but it takes a whole number from 2 to 100"),
        (("--degree", 101), "--degree 101 was given"),
        (("--margin", 1), "--margin 1 was given, but it has no effect with --rule dense"),
        (("--bias",), "--bias was given, but it has no effect with --rule dense"),
        (("--memories", 10**6, "--max-memory", "50M"), "and --max-memory is 52,428,800"),
    ):
        assert said in hop("learn", "--rule", "dense", *given).error
    assert (
        "--degree 3 was given, but it has no effect with --rule storkey"
        in hop("learn", "--rule", "storkey", "--degree", 3).error
    )
    assert "has no memories that were learned" in hop("classify", "unseen", "--rule", "dense").error
    assert "it takes dense or none" in hop("classify", "unseen", "--rule", "dens").error
    assert (folder / "memory.npz").read_bytes() == before
    hop("learn", "--rule", "dense", *FEW)
    assert "give --rule none too" in hop("classify", "unseen", "--beta", 2).error
    assert hop("classify", "unseen", "--beta", 2, "--rule", "none").code == 0


def test_there_must_be_two_labels(hop, bars, folder):
    hop("store", "bars/lie", "--force")
    assert "has no labels" in hop("learn", "--rule", "dense").error
    (folder / "one" / "lie").mkdir(parents=True)
    (folder / "bars" / "lie" / "0.png").rename(folder / "one" / "lie" / "0.png")
    hop("store", "one", "--force")
    assert "patterns of one label, lie," in hop("learn", "--rule", "dense").error


@pytest.mark.parametrize(
    ("member", "change", "said"),
    [
        ("dense_pictures", lambda a: a[:, :-1], "of 143 neurons, but its patterns of 144"),
        ("dense_pictures", lambda a: a * 2, "not in [−1, 1]"),
        ("dense_pictures", lambda a: a * np.float32("nan"), "not in [−1, 1]"),
        ("dense_labels", lambda a: a[:-1], "not of one size"),
        ("dense_velocity", lambda a: a[:, :-1], "not of one size"),
        ("dense_velocity", lambda a: a * np.inf, "not finite"),
        ("dense_degree", lambda a: a * 0, "the degree"),
        ("dense_beta", lambda a: a * 0, "the beta"),
        ("dense_beta", lambda a: a.astype(np.float32), "its dense_beta"),
    ],
)  # fmt: skip
def test_damage_is_found(hop, bars, folder, member, change, said):
    hop("learn", "--rule", "dense", *FEW)
    with np.load("memory.npz") as members:
        arrays = {name: members[name] for name in members.files if name != "digests"}
    with np.errstate(invalid="ignore"):
        arrays[member] = change(arrays[member])
    np.savez("memory.npz", **arrays)
    assert said in hop("classify", "unseen").error


def test_labels_of_another_number_are_found(hop, bars, folder):
    hop("learn", "--rule", "dense", *FEW)
    with np.load("memory.npz") as members:
        arrays = {name: members[name] for name in members.files if name != "digests"}
    arrays["label_names"] = np.array(["lie", "slant", "stand", "fall"])
    np.savez("memory.npz", **arrays)
    assert "are of 3 labels, but it has 4" in hop("classify", "unseen").error
    assert hop("classify", "unseen", "--rule", "none").code == 0


def test_ctrl_c_leaves_the_memory_as_it_was(hop, bars, folder):
    before = (folder / "memory.npz").read_bytes()
    running = start("learn", "--rule", "dense", "--sweeps", 1_000_000)
    wait_for_lock(running, folder / "memory.npz")
    assert interrupted(running, signal.SIGINT) == (130, "", "")
    assert (folder / "memory.npz").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "bars", "memory.npz", "unseen",
    ]  # fmt: skip


def test_the_contact_sheet_is_written(hop, bars, folder):
    hop("store", "unseen", "-m", "few.npz")
    hop("learn", "-m", "few.npz", "--rule", "dense", *FEW)
    for ending, begins in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        answer = hop("info", "-m", "few.npz", "--plot", f"sheet.{ending}", "--json").json
        assert answer["plot"] == f"sheet.{ending}"
        assert (folder / f"sheet.{ending}").read_bytes().startswith(begins)
    svg = (folder / "sheet.svg").read_bytes()
    assert hop("info", "-m", "few.npz", "--plot", "sheet.svg").code == 0
    assert (folder / "sheet.svg").read_bytes() == svg
    with Image.open(folder / "sheet.png") as image:
        colours = np.asarray(image.convert("RGB")).astype(int)
    # Learned memories have colours, and patterns are grey.
    coloured = (colours.max(axis=2) - colours.min(axis=2) > 60).any(axis=1)
    assert coloured.any()
    assert not coloured[: len(coloured) // 2].any()


def test_a_contact_sheet_goes_nowhere_else(hop, bars, folder):
    before = (folder / "memory.npz").read_bytes()
    assert "end the name in .png" in hop("info", "--plot", "memory.npz").error
    (folder / "memory.png").write_bytes(before)
    assert "would be overwritten" in hop("info", "-m", "memory.png", "--plot", "memory.png").error
    assert (folder / "memory.png").read_bytes() == before


def test_a_terminal_shows_what_was_learned(hop, bars, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    assert "memories learned" not in hop("info").out
    hop("learn", "--rule", "dense", *FEW)
    shown = hop("info").out
    assert "40 of 90 patterns" in shown
    assert "6 memories learned, degree 5" in shown
