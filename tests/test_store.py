"""`hop store`."""

import os
from pathlib import Path

import numpy as np
import pytest
from conftest import picture
from PIL import Image

from hopcli.binary import packing


def state(seed=0, neurons=64):
    return np.random.default_rng(seed).choice([-1, 1], neurons).astype(np.int8)


def stored(path="memory.npz"):
    with np.load(path) as members:
        return {name: members[name] for name in members.files}


def test_pictures_become_patterns_with_names_and_labels(hop, folder):
    for name in ("img10.png", "img2.png", "cat/b.png", "dog/deep/c.png"):
        picture(folder / "images" / name, state(len(name)), (8, 8))
    (folder / "images" / "notes.txt").write_text("hello")
    (folder / "images" / ".hidden.png").write_text("hello")
    answer = hop("store", "images", "--json").json
    assert answer["memory"] == "memory.npz"
    assert (answer["added"], answer["patterns"], answer["neurons"]) == (4, 4, 64)
    assert (answer["shape"], answer["mode"], answer["labels"]) == (
        [8, 8],
        "binary",
        ["cat", "deep"],
    )
    assert [s["path"] for s in answer["skipped"]] == ["images/notes.txt"]
    assert answer["bytes"] == Path("memory.npz").stat().st_size
    assert set(answer["seconds"]) == {"load", "work", "total"}
    members = stored()
    names = members["names"].tolist()
    assert names == ["cat/b.png", "dog/deep/c.png", "img2.png", "img10.png"]
    assert members["labels"].tolist() == [0, 1, -1, -1]
    for name, words in zip(names, members["patterns"], strict=True):
        expected = state(len(name.removeprefix("dog/deep/").removeprefix("cat/"))
                         if name.startswith("img") else len(name))  # fmt: skip
        assert np.array_equal(packing.unpack(words[None], 64)[0], expected)


def test_labels_by_stem_or_none(hop, folder):
    picture(folder / "images" / "x" / "a.png", state(), (8, 8))
    assert hop("store", "images", "--labels", "stem", "--json").json["labels"] == ["a"]
    assert hop("store", "images", "--labels", "none", "--force", "--json").json["labels"] == []


def test_an_existing_memory_is_touched_only_when_told(hop, folder):
    picture(folder / "a.png", state(1), (8, 8))
    picture(folder / "b.png", state(2), (8, 8))
    hop("store", "a.png", "--json").json  # noqa: B018
    before = (folder / "memory.npz").read_bytes()
    assert "exists already" in hop("store", "b.png").error
    assert (folder / "memory.npz").read_bytes() == before
    answer = hop("store", "b.png", "--append", "--json").json
    assert (answer["added"], answer["patterns"]) == (1, 2)
    assert stored()["names"].tolist() == ["a.png", "b.png"]
    answer = hop("store", "b.png", "--force", "--json").json
    assert (answer["added"], answer["patterns"]) == (1, 1)
    assert hop("store", "a.png", "-m", "new.npz", "--append", "--json").json["patterns"] == 1


def test_sizes_differ_so_the_median_is_taken_and_said(hop, folder):
    for k, (height, width) in enumerate([(8, 10), (10, 12), (30, 40)]):
        picture(folder / "images" / f"{k}.png", state(k, height * width), (height, width))
    answer = hop("store", "images", "--json")
    assert answer.json["shape"] == [10, 12]
    assert "median" in answer.err
    assert "12x10" in answer.err
    answer = hop("store", "images", "--size", "5x6", "--force", "--json")
    assert answer.json["shape"] == [6, 5]
    assert "median" not in answer.err


def test_grey_pictures_are_parted_at_the_threshold(hop, folder):
    levels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    Image.fromarray(levels).save(folder / "grey.png")
    assert hop("store", "grey.png", "--mode", "binary", "--threshold", "0.25", "--json").json
    assert np.array_equal(
        packing.unpack(stored()["patterns"], 64)[0] > 0, levels.ravel() > 0.25 * 255
    )


def test_rows_of_arrays_are_patterns(hop, folder):
    rows = np.array([state(k, 70) for k in range(5)])
    np.save("rows.npy", rows)
    np.save("one.npy", rows[0] > 0)
    answer = hop("store", "rows.npy", "one.npy", "--json").json
    assert (answer["shape"], answer["patterns"]) == ([1, 70], 6)
    assert stored()["names"].tolist() == [f"rows.npy[{k}]" for k in range(5)] + ["one.npy[0]"]
    assert np.array_equal(packing.unpack(stored()["patterns"], 70)[:5], rows)
    assert hop("store", "rows.npy", "--size", "10x7", "--force", "--json").json["shape"] == [7, 10]


def test_arrays_in_a_folder_are_taken_if_they_fit(hop, folder):
    picture(folder / "images" / "a.png", state(), (8, 8))
    np.save("images/fits.npy", np.array([state(1), state(2)]))
    np.save("images/too-long.npy", np.array([state(1, 65)]))
    hop("store", "images/a.png", "-m", "images/old.npz")
    answer = hop("store", "images", "--json").json
    assert answer["patterns"] == 3
    assert [s["path"] for s in answer["skipped"]] == ["images/too-long.npy"]
    assert "65" in answer["skipped"][0]["reason"]


def test_a_picture_of_one_colour_is_stored_with_a_warning(hop, folder):
    picture(folder / "images" / "flat.png", np.ones(64), (8, 8))
    picture(folder / "images" / "full.png", state(), (8, 8))
    answer = hop("store", "images", "--json")
    assert answer.json["patterns"] == 2
    assert "one colour" in answer.err
    assert "flat.png" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent"], "no file or folder absent"),
        (["empty"], "folder without files"),
        (["texts"], "no readable picture"),
        (["a.png", "--size", "8"], "WIDTHxHEIGHT"),
        (["a.png", "--size", "5001x5000"], "--max-pixels, which is 25,000,000"),
        (["tall.png", "wide.png", "--max-pixels", "128"], "of 64x64 pixels"),
        (["a.png", "--mode", "binnary"], "did you mean binary?"),
        (["a.png", "--labels", "folders"], "did you mean folder?"),
        (["a.png", "--threshold", "2"], "--threshold"),
        (["a.png", "-m", "absent/m.npz"], "no folder"),
        (["a.png", "-m", "empty", "--force"], "not a memory of hop"),
    ],
)
def test_bad_input(hop, folder, arguments, said):
    (folder / "empty").mkdir()
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text("hello")
    picture(folder / "a.png", state(), (8, 8))
    picture(folder / "tall.png", state(neurons=128), (128, 1))
    picture(folder / "wide.png", state(neurons=128), (1, 128))
    assert said in hop("store", *arguments).error
    assert not list(folder.glob("*.npz"))


def test_appending_what_does_not_fit_changes_nothing(hop, folder):
    picture(folder / "a.png", state(), (8, 8))
    picture(folder / "b.png", state(1, 100), (10, 10))
    np.save("c.npy", np.array([state(1, 9)]))
    hop("store", "a.png")
    before = (folder / "memory.npz").read_bytes()
    assert "b.png is 10x10" in hop("store", "b.png", "--append").error
    assert "9 values" in hop("store", "c.npy", "--append").error
    assert "--size 9x9" in hop("store", "b.png", "--append", "--size", "9x9").error
    (folder / "other.npz").write_text("no memory")
    assert "not a memory" in hop("store", "a.png", "--append", "-m", "other.npz").error
    assert (folder / "memory.npz").read_bytes() == before
    assert (folder / "other.npz").read_text() == "no memory"
    answer = hop("store", "b.png", "--append", "--size", "8x8", "--json").json
    assert answer["patterns"] == 2


def test_force_replaces_memories_only(hop, folder):
    picture(folder / "a.png", state(), (8, 8))
    (folder / "notes.npz").write_text("a week's work")
    assert "replaces only memories" in hop("store", "a.png", "-m", "notes.npz", "--force").error
    assert (folder / "notes.npz").read_text() == "a week's work"


def test_what_is_no_file_is_skipped(hop, folder):
    picture(folder / "images" / "a.png", state(), (8, 8))
    os.mkfifo(folder / "images" / "pipe.png")
    answer = hop("store", "images", "--json").json
    assert answer["patterns"] == 1
    assert [s["path"] for s in answer["skipped"]] == ["images/pipe.png"]
    assert "no ordinary file" in hop("recall", "images/pipe.png").error
    found = hop("recall", "images", "--json")
    assert len(found.json["recalls"]) == 1
    assert "skipped: images/pipe.png" in found.err


def test_an_array_of_the_pictures_size_is_one_pattern(hop, folder):
    whole = state(3, 80).reshape(8, 10)
    np.save("whole.npy", whole)
    answer = hop("store", "whole.npy", "--size", "10x8", "--json").json
    assert (answer["patterns"], answer["shape"]) == (1, [8, 10])
    assert np.array_equal(packing.unpack(stored()["patterns"], 80)[0], whole.ravel())


@pytest.mark.parametrize("values", [np.array([[0, 299, 7]]), np.array([[0.0, 900.0, 3.5]])])
def test_levels_out_of_every_range_are_refused(hop, folder, values):
    np.save("wild.npy", values)
    assert "levels go from 0 to 1, or from 0 to 255" in hop("store", "wild.npy").error


def test_the_memory_is_named_by_the_environment_too(hop, folder, monkeypatch):
    monkeypatch.setenv("HOP_MEMORY", "from-environment.npz")
    picture(folder / "a.png", state(), (8, 8))
    assert hop("store", "a.png", "--json").json["memory"] == "from-environment.npz"
