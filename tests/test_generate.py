"""`hop generate`."""

import numpy as np
import pytest
from conftest import SAMPLES, picture
from PIL import Image

from hopcli.continuous.descent import Ended
from hopcli.continuous.generation import generate
from hopcli.continuous.patterns import RealPatterns


def test_a_label_generates_a_picture_that_bears_it(hop, folder):
    hop("store", SAMPLES / "portraits")
    for label in ("people", "robots", "animals"):
        answer = hop("generate", label, "--count", 3, "-o", "out", "--json")
        made = answer.json["generated"]
        assert [one["label"] for one in made] == [label] * 3
        for one in made:
            assert all(b <= a for a, b in zip(one["energies"], one["energies"][1:], strict=False))
            with (
                Image.open(one["output"]) as image,
                Image.open(SAMPLES / "portraits" / one["name"]) as memory,
            ):
                assert np.array_equal(np.asarray(image), np.asarray(memory.convert("RGB")))


def test_a_beta_that_mixes_pictures_is_said(hop, folder):
    hop("store", SAMPLES / "portraits")
    (made,) = hop("generate", "robots", "-o", "sharp.png", "--json").json["generated"]
    assert made["outcome"] == "memory"
    (made,) = hop("generate", "robots", "--beta", 1e-9, "--json").json["generated"]
    assert made["outcome"] == "spurious"
    assert "Picture 1 became robots/" in hop("generate", "robots").out
    said = hop("generate", "robots", "--beta", 1e-9).out
    assert "Picture 1 became a mixture, nearest to robots/" in said
    assert "try a larger --beta" in said


def test_other_seeds_generate_other_pictures(hop, folder):
    hop("store", SAMPLES / "portraits")
    names = [
        hop("generate", "animals", "--seed", seed, "--json").json["generated"][0]["name"]
        for seed in range(8)
    ]
    assert len(set(names)) > 2
    again = hop("generate", "animals", "--seed", 0, "--json").json["generated"][0]["name"]
    assert again == names[0]


def test_binary_memories_generate_too(hop, folder):
    states = np.random.default_rng(0).choice([-1, 1], (4, 64))
    for k, state in enumerate(states):
        picture(folder / "p" / "xy"[k % 2] / f"{k}.png", state, (8, 8))
    hop("store", "p")
    (made,) = hop("generate", "y", "-o", "y.png", "--json").json["generated"]
    assert made["label"] == "y"
    with Image.open("y.png") as image:
        k = int(made["name"][2:-4])
        assert np.array_equal(np.asarray(image.convert("L")).ravel() > 127, states[k] > 0)


def test_a_gif_shows_the_picture_forming(hop, folder):
    hop("store", SAMPLES / "portraits")
    hop("generate", "robots", "--gif", "forming.gif")
    with Image.open("forming.gif") as image:
        assert image.n_frames > 20


@pytest.mark.parametrize("seed", range(5))
def test_the_label_decides_wherever_the_noise_begins(seed):
    rng = np.random.default_rng(seed)
    # The pictures of one label are near every start, the other's far from it.
    near, far = np.full((3, 50), 0.5), np.tile([0.0, 1.0], (3, 25))
    patterns = RealPatterns(np.concatenate([near, far]) + rng.normal(0, 0.02, (6, 50)))
    found = generate(patterns, np.array([0, 0, 0, 1, 1, 1]), 1, beta=200.0, rng=rng)
    assert found.index >= 3
    assert found.ended is not Ended.SPENT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["robot"], "did you mean robots?"),
        (["robots", "--beta", 0], "--beta"),
        (["robots", "--gif", "x.gif", "--count", 2], "--gif"),
        (["robots", "-o", "-", "--json"], "standard output"),
        (["robots", "-m", "absent.npz"], "no memory"),
        (["robots", "-m", "unlabelled.npz"], "no labels"),
    ],
)
def test_bad_input(hop, folder, arguments, said):
    hop("store", SAMPLES / "portraits")
    hop("store", SAMPLES / "portraits", "--labels", "none", "-m", "unlabelled.npz")
    assert said in hop("generate", *arguments).error
