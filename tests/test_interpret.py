"""`hop learn --rule boltzmann`, `hop recall --energy boltzmann` and `hop interpret`."""

import re
import signal
from pathlib import Path

import numpy as np
import pytest
from conftest import picture
from PIL import Image
from processes import interrupted, start, wait_for_lock

LEARN = ("learn", "--rule", "boltzmann")


@pytest.fixture
def machine(hop, random_memory):
    """A memory with a machine, its patterns, and what was said of it."""
    patterns, names = random_memory()
    return patterns, names, hop(*LEARN, "--hidden", 40, "--json").json


def test_what_is_learned_is_told_and_kept_beside_the_patterns(hop, machine):
    patterns, _, told = machine
    assert told["memory"] == "memory.npz"
    assert (told["rule"], told["patterns"], told["hidden"]) == ("boltzmann", 6, 40)
    assert (told["stable"], told["restored"]) == (1, 1)
    assert set(told["seconds"]) == {"load", "work", "total"}
    with np.load("memory.npz", allow_pickle=False) as members:
        assert members["boltzmann_weights"].shape == (40, 256)
        assert members["boltzmann_weights"].dtype == np.float32
        np.testing.assert_allclose(members["boltzmann_means"], patterns.mean(axis=0), atol=1 / 512)
    assert any("boltzmann with 40" in rule for rule in hop("info", "--json").json["learned"])


def test_damaged_pictures_come_back_by_settling_both_layers(hop, folder, machine):
    patterns, names, _ = machine
    for k in (0, 3):
        picture(folder / "cue.png", patterns[k], (16, 16))
        for damage in (["--noise", "0.15"], ["--occlude", "right"], ["--occlude", "0.3"]):
            answer = hop("recall", "cue.png", "--energy", "boltzmann", *damage, "--json").json
            assert answer["energy"] == "boltzmann"
            (found,) = answer["recalls"]
            assert (found["outcome"], found["name"]) == ("memory", names[k])
            assert found["overlap"] == 1
            assert (np.diff(found["energies"]) <= 0).all()
            assert len(found["energies"]) == found["sweeps"] + 1


def test_clamped_pixels_stay_as_they_are(hop, folder, machine):
    patterns, _, _ = machine
    noisy = np.where(np.random.default_rng(0).random(256) < 0.2, -patterns[2], patterns[2])
    noisy[128:] = 0
    picture(folder / "cue.png", noisy, (16, 16))
    recall = ("recall", "cue.png", "--energy", "boltzmann", "-o", "out.npy")
    hop(*recall, "--clamp")
    kept = np.load("out.npy")[0]
    np.testing.assert_array_equal(kept[:128], noisy[:128])
    assert (kept[128:] == patterns[2][128:]).mean() > 0.9
    hop(*recall)
    assert (np.load("out.npy")[0][:128] != noisy[:128]).any()


def test_the_same_seed_learns_the_same_and_another_something_else(hop, random_memory):
    random_memory()
    written = []
    for seed in (1, 1, 2):
        hop(*LEARN, "--hidden", 10, "--sweeps", 5, "--seed", seed)
        written.append(Path("memory.npz").read_bytes())
    assert written[0] == written[1] != written[2]


def test_stored_pictures_fit_better_than_random_ones(hop, folder, machine):
    patterns, names, _ = machine
    picture(folder / "known.png", patterns[0], (16, 16))
    picture(folder / "strange.png", np.random.default_rng(9).choice([-1, 1], 256), (16, 16))
    answer = hop("interpret", "known.png", "strange.png", "--json").json
    known, strange = answer["interpretations"]
    assert known["energy"] < strange["energy"]
    assert answer["patterns"]["lowest"] <= known["energy"] <= answer["patterns"]["highest"]
    assert strange["energy"] > answer["patterns"]["highest"]
    for each in (known, strange):
        assert len(each["hidden"]) == 40
        assert {k for k, p in enumerate(each["hidden"]) if p > 0.5} == set(each["on"])
    assert len(names) == 6
    said = hop("interpret", "known.png", "strange.png").out.splitlines()
    assert "strange.png" in said[1]
    assert "worse than any stored pattern" in said[1]
    assert "worse than any" not in said[0]


def test_interpretations_are_drawn_on_a_terminal_and_in_a_file(hop, folder, machine, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    patterns, _, _ = machine
    picture(folder / "known.png", patterns[0], (16, 16))
    answer = hop("interpret", "known.png", "--top", 3, "--plot", "sheet.png")
    lines = re.sub(r"\x1b\[\d*m", "", answer.out).splitlines()
    assert lines[0].split() == ["picture", "expected"]
    # A machine that holds a picture expects just that of it.
    for line in lines[1:9]:
        assert line[: len(line) // 2].strip() == line[len(line) // 2 :].strip()
    assert max(map(len, lines[:-1])) <= 80
    with Image.open("sheet.png") as drawn:
        red, green, blue = np.moveaxis(np.asarray(drawn.convert("RGB")).astype(int), 2, 0)
    # Weights below 0, weights above 0, and a picture of black and white.
    for seen in (blue > red + 100, red > blue + 100, (red == 0) & (green == 0) & (blue == 0)):
        assert np.count_nonzero(seen) > 100


def test_a_machine_does_not_outlive_a_change_of_the_patterns(hop, folder, machine):
    picture(folder / "more" / "7.png", np.ones(256), (16, 16))
    assert "learn it again" in hop("store", "more", "--append").err
    assert "no Boltzmann machine" in hop("interpret", "more/7.png").error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--hidden", 0], "--hidden 0"),
        (["--hidden", -3], "--hidden -3"),
        (["--rate", 0], "--rate 0"),
        (["--rate", "fast"], "--rate fast"),
        (["--momentum", 1], "--momentum 1"),
        (["--margin", 1], "--margin"),
        (["--bias"], "--bias"),
        (["--hidden", 5000, "--max-memory", "1M"], "--max-memory"),
    ],
)
def test_bad_options_are_refused_and_change_nothing(hop, random_memory, arguments, words):
    random_memory()
    before = Path("memory.npz").read_bytes()
    error = hop(*LEARN, *arguments).error
    assert words in error
    assert Path("memory.npz").read_bytes() == before


def test_options_of_machines_are_refused_by_other_rules(hop, random_memory):
    random_memory()
    for option in (["--hidden", 3], ["--persistent"], ["--rate", 0.1], ["--momentum", 0.5]):
        assert option[0] in hop("learn", "--rule", "hebbian", *option).error


def test_memories_that_have_no_machine_say_how_to_learn_one(hop, folder, random_memory):
    patterns, _ = random_memory()
    picture(folder / "cue.png", patterns[0], (16, 16))
    for command in (["recall", "cue.png", "--energy", "boltzmann"], ["interpret", "cue.png"]):
        assert "hop learn --rule boltzmann" in hop(*command).error


def test_grey_memories_are_refused(hop, folder):
    grey = np.random.default_rng(0).integers(0, 256, (4, 4)).astype(np.uint8)
    Image.fromarray(grey).save(folder / "grey.png")
    hop("store", "grey.png")
    assert "--mode binary" in hop(*LEARN).error
    assert "binary" in hop("interpret", "grey.png").error
    assert "gray" in hop("recall", "grey.png", "--energy", "boltzmann").error


def test_pictures_of_other_sizes_are_resized_and_arrays_refused(hop, folder, machine):
    patterns, _, _ = machine
    picture(folder / "large.png", np.kron(patterns[0].reshape(16, 16), np.ones((2, 2))), (32, 32))
    answer = hop("interpret", "large.png")
    assert "resized" in answer.err
    np.save("short.npy", np.ones(17))
    assert "17 values" in hop("interpret", "short.npy").error


def test_a_damaged_machine_is_refused(hop, folder, machine):
    with np.load("memory.npz") as members:
        parts = dict(members)
    parts.pop("digests")
    for name, value in (
        ("boltzmann_weights", parts["boltzmann_weights"][:, 1:]),
        ("boltzmann_hidden_bias", np.full(40, np.nan)),
        ("boltzmann_means", np.full(256, 1.5)),
    ):
        np.savez("bad.npz", **{**parts, name: value})
        error = hop("info", "-m", "bad.npz").error
        assert "bad.npz is damaged: its boltzmann" in error


def test_ctrl_c_leaves_the_memory_as_it_was(random_memory):
    random_memory()
    before = Path("memory.npz").read_bytes()
    running = start(*LEARN, "--sweeps", 1_000_000)
    wait_for_lock(running, Path("memory.npz"))
    assert interrupted(running, signal.SIGINT)[::2] == (130, "")
    assert Path("memory.npz").read_bytes() == before
    assert not list(Path().glob("*.tmp*"))
