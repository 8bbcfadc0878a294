"""`hop recall --temperature` and `--anneal`."""

import numpy as np
import pytest
from conftest import picture
from PIL import Image

from hopcli.storage import memories

SHAPE = (30, 30)


@pytest.fixture
def mixed(hop, folder, random_memory):
    """Three patterns that are nearly orthogonal, and a mixture of them as a picture."""
    patterns, names = random_memory(patterns=3, shape=SHAPE)
    picture(folder / "mixture.png", np.sign(patterns.sum(axis=0, dtype=int)), SHAPE)
    return patterns, names


def test_annealing_leaves_the_mixture_in_which_zero_temperature_stays(hop, mixed):
    patterns, names = mixed
    settled = hop("recall", "mixture.png", "--energy", "classical", "--json").json
    assert "temperature" not in settled
    assert settled["recalls"][0]["outcome"] == "spurious"
    answer = hop("recall", "mixture.png", "--energy", "classical", "--anneal", "0.7:0.1:60",
                 "-o", "found.npy", "--json").json  # fmt: skip
    assert answer["anneal"] == [0.7, 0.1, 60]
    (found,) = answer["recalls"]
    assert found["outcome"] == "memory"
    assert found["name"] == names[found["index"]]
    assert np.array_equal(np.load("found.npy")[0], patterns[found["index"]])
    assert found["energies"][-1] < settled["recalls"][0]["energies"][-1]
    assert len(found["energies"]) == found["sweeps"] + 1 > 61


def test_at_a_temperature_a_recall_ends_in_a_sample(hop, mixed):
    answer = hop("recall", "pictures/a/0.png", "--temperature", 1, "--max-sweeps", 20,
                 "--json").json  # fmt: skip
    assert answer["temperature"] == 1
    (found,) = answer["recalls"]
    assert (found["outcome"], found["index"], found["sweeps"]) == ("sample", 0, 20)
    # One pattern alone would have tanh(1/T) (five standard deviations).
    assert found["overlap"] == pytest.approx(np.tanh(1), abs=0.11)
    said = hop("recall", "pictures/a/0.png", "--temperature", 1, "--max-sweeps", 20,
               "--align", "off").out  # fmt: skip
    assert "pictures/a/0.png is a sample at its temperature, nearest to a/0.png (a): 20" in said


def test_cold_enough_the_sample_is_the_memory_and_is_said_to_be(hop, mixed):
    answers = [
        hop("recall", "pictures/b/1.png", "--noise", 0.1, "--temperature", t, "--order",
            "sequential", "--max-sweeps", 5, "--json").json["recalls"][0]
        for t in (1e-5, 0)
    ]  # fmt: skip
    assert [found["outcome"] for found in answers] == ["memory", "memory"]
    assert [found["sweeps"] for found in answers] == [5, 2]
    assert answers[0]["energies"][:3] == answers[1]["energies"]


def test_unknown_pixels_are_filled_and_clamped_ones_stay(hop, mixed):
    patterns, _ = mixed
    for option in (["--temperature", 0.8], ["--anneal", "2:0.1:5"]):
        hop("recall", "pictures/a/2.png", "--occlude", "right", "--clamp", *option,
            "--energy", "poly", "-o", "states.npy")  # fmt: skip
        state = np.load("states.npy")[0].reshape(SHAPE)
        assert np.array_equal(state[:, :15], patterns[1].reshape(SHAPE)[:, :15])
        assert (state != 0).all()


def test_the_way_is_drawn(hop, mixed):
    hop("recall", "mixture.png", "--energy", "classical", "--anneal", "1:0.1:300", "--gif",
        "way.gif", "--plot", "way.svg")  # fmt: skip
    with Image.open("way.gif") as film:
        # 120 of the 300 sweeps, the cue, and at least one sweep at T = 0; equal ones count once.
        assert 60 < film.n_frames < 130
    hop("recall", "mixture.png", "--temperature", 0.5, "--max-sweeps", 4, "--gif", "short.gif")
    with Image.open("short.gif") as film:
        assert film.n_frames == 5


def test_learned_weights_are_what_is_heated(hop, mixed):
    hop("learn", "--rule", "projection")
    answer = hop("recall", "mixture.png", "--energy", "classical", "--temperature", 0.3,
                 "--json").json  # fmt: skip
    assert answer["rule"].startswith("projection")
    back = hop("recall", "mixture.png", "--energy", "classical", "--temperature", 0.3,
               "--rule", "hebbian", "--json").json  # fmt: skip
    assert back["rule"] == "hebbian"
    assert answer["recalls"][0]["energies"] != back["recalls"][0]["energies"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--temperature", -1], "--temperature -1 was given, but it takes a number from 0"),
        (["--temperature", "warm"], "--temperature warm was given, but it takes a number"),
        (["--temperature", "nan"], "--temperature nan was given"),
        (["--temperature", "inf"], "--temperature inf was given"),
        (["--temperature", "1e-320"], "--temperature 1e-320 was given, but it takes 0, or a"),
        (["--anneal", "0.1:2"], "rises from 0.1 to 2, and annealing cools; try --anneal 2:0.1"),
        (["--anneal", "2:0"], "never reach 0; try --anneal 2:0.1"),
        (["--anneal", "2:-1"], "--anneal 2:-1 was given, but it takes two temperatures above 0"),
        (["--anneal", "0:0"], "--anneal 0:0 was given, but it takes two temperatures above 0"),
        (["--anneal", "2"], "--anneal 2 was given, but it takes two temperatures"),
        (["--anneal", "2:1:3:4"], "as T0:T1 or T0:T1:SWEEPS"),
        (["--anneal", "2:1:many"], "--anneal 2:1:many was given"),
        (["--anneal", "nan:1"], "--anneal nan:1 was given"),
        (["--anneal", "2:1:0"], "takes at least 1 sweep"),
        (["--anneal", "2:1", "--temperature", 1], "with --anneal the temperature falls; give one"),
        (["--anneal", "2:1", "--update", "sync"], "leave out --update sync or --anneal"),
        (["--temperature", 1, "--update", "sync"], "neurons are updated one at a time"),
        (["--temperature", 1, "--energy", "lse"], "for grey and coloured memories"),
    ],
)
def test_what_is_no_temperature_is_refused(hop, mixed, options, said):
    assert said in hop("recall", "mixture.png", *options).error


@pytest.mark.parametrize("option", [["--temperature", 1], ["--anneal", "2:1"]])
def test_memories_that_can_have_no_temperature_are_named(
    hop, folder, random_memory, monkeypatch, option
):
    random_memory()
    hop("store", "pictures", "-m", "grey.npz", "--mode", "gray")
    error = hop("recall", "pictures/a/0.png", "-m", "grey.npz", *option).error
    given = " ".join(map(str, option))
    assert f"{given} was given, but it is for binary memories, and this one is gray" in error
    hop("store", "pictures", "-m", "parts/", "--shard-size", 2)
    whole = hop("recall", "pictures/a/0.png", *option, "--json").json["recalls"]
    assert hop("recall", "pictures/a/0.png", "-m", "parts", *option, "--json").json["recalls"] == (
        whole
    )
    monkeypatch.setattr(memories, "READ_WHOLE", 0)
    assert hop("recall", "pictures/a/0.png", "-m", "parts", *option, "--json").json["recalls"] == (
        whole
    )
    error = hop("recall", "pictures/a/0.png", "-m", "parts", *option, "--max-memory", 300).error
    assert "bytes of memory, and --max-memory is 300" in error
