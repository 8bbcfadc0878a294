"""`hop recall` of grey and coloured pictures."""

import math
from itertools import pairwise

import numpy as np
import pytest
from conftest import SAMPLES
from PIL import Image

from hopcli.continuous import similarities


def smooth(shape, seed):
    """A picture with soft shapes in it, as photographs have, uint8."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (4, 4, *shape[2:]), dtype=np.uint8)
    large = Image.fromarray(small).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(large)


@pytest.fixture(params=[(24, 20), (24, 20, 3)], ids=["gray", "rgb"])
def pictures(request, hop, folder):
    """A memory of twelve smooth pictures, and the pictures."""
    made = np.array([smooth(request.param, seed) for seed in range(12)])
    for k, pixels in enumerate(made):
        place = folder / "pictures" / "ab"[k // 6]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{k}.png")
    answer = hop("store", "pictures", "--json").json
    assert answer["mode"] == ("rgb" if made.ndim == 4 else "gray")
    assert answer["shape"] == list(request.param)
    assert answer["neurons"] == math.prod(request.param)
    return made


def energy_of(x, memories, beta):
    """−(1/β) log Σ exp(−(β/2) d²), from the formula."""
    d2 = ((memories / 255 - x) ** 2).reshape(len(memories), -1).sum(axis=1)
    return d2.min() / 2 - math.log(np.exp(-beta / 2 * (d2 - d2.min())).sum()) / beta


def damage(pixels, how, rng):
    if how == "noise":
        noisy = np.clip(pixels / 255 + rng.normal(0, 0.2, pixels.shape), 0, 1)
        return np.rint(noisy * 255).astype(np.uint8)
    channels = np.atleast_3d(pixels)
    if channels.shape[2] == 1:
        channels = channels.repeat(3, axis=2)
    alpha = np.full(channels.shape[:2], 255, dtype=np.uint8)
    if how == "half":
        alpha[:, :10] = 0
    else:
        alpha.flat[rng.choice(alpha.size, round(0.9 * alpha.size), replace=False)] = 0
    return np.dstack([channels, alpha])


@pytest.mark.parametrize("how", ["noise", "half", "nine tenths"])
@pytest.mark.parametrize("similarity", ["l2", "l1", "cosine"])
def test_damaged_pictures_come_back_as_they_went_in(hop, folder, pictures, similarity, how):
    rng = np.random.default_rng(0)
    for k, pixels in enumerate(pictures):
        Image.fromarray(damage(pixels, how, rng)).save(folder / f"cue{k:02}.png")
    cues = sorted(folder.glob("cue*.png"))
    answer = hop("recall", *cues, "--similarity", similarity, "-o", "out", "--json").json
    assert answer["energy"] == "lse"
    for k, found in enumerate(answer["recalls"]):
        assert (found["outcome"], found["name"]) == ("memory", f"{'ab'[k // 6]}/{k}.png")
        assert found["label"] == "ab"[k // 6]
        assert found["overlap"] == pytest.approx(1, abs=1e-6)
        energies = found["energies"]
        assert all(after <= before for before, after in pairwise(energies))
        assert len(energies) == found["sweeps"] + 1
        with Image.open(found["output"]) as image:
            assert np.array_equal(np.asarray(image), pictures[k])


def test_energies_are_those_of_the_formula(hop, folder, pictures):
    cue = pictures[2] / 255 + np.random.default_rng(1).normal(0, 0.2, pictures[2].shape)
    np.save("cue.npy", cue.reshape(1, -1))
    for beta in (0.05, 2.0):
        (found,) = hop("recall", "cue.npy", "--beta", beta, "--json").json["recalls"]
        assert found["energies"][0] == pytest.approx(energy_of(cue, pictures, beta), rel=1e-9)
    (found,) = hop("recall", "cue.npy", "--beta", 2, "-o", "out.npy", "--json").json["recalls"]
    state = np.load("out.npy")
    assert state.dtype == np.float32
    reached = energy_of(state.reshape(cue.shape), pictures, 2.0)
    assert found["energies"][-1] == pytest.approx(reached, abs=1e-4)


def test_the_cosine_sees_through_brightness_and_contrast(hop, folder, pictures):
    Image.fromarray((40 + pictures[8] * 0.4).astype(np.uint8)).save("dim.png")
    Image.fromarray(np.full_like(pictures[8], 90)).save("flat.png")
    arguments = ("recall", "dim.png", "flat.png", "--similarity", "cosine", "--json")
    dim, flat = hop(*arguments).json["recalls"]
    assert (dim["outcome"], dim["name"]) == ("memory", "b/8.png")
    # All cosines are those of the dim picture itself, whose energy is −1 but for the others' share.
    assert dim["energies"][0] == pytest.approx(-1, abs=1e-3)
    # A picture of one level looks like no other: nothing is said of where it leads.
    assert flat["cue_overlap"] == 0


def test_a_small_beta_mixes_and_says_so(hop, folder, pictures):
    answer = hop("recall", "pictures/a/0.png", "--beta", 0.01)
    assert "spurious" in answer.out
    assert "larger --beta" in answer.out


def test_noise_is_gaussian_and_not_clipped(hop, folder, pictures):
    argument = ["recall", "pictures/a/3.png", "--noise", 0.5]
    (found,) = hop(*argument, "--json").json["recalls"]
    # The energy of the cue is half its squared distance to the picture, N σ²/2.
    expected = pictures[3].size * 0.25 / 2
    assert found["energies"][0] == pytest.approx(expected, rel=5 * math.sqrt(2 / pictures[3].size))


@pytest.mark.parametrize("similarity", similarities.names())
def test_clamp_keeps_the_known_pixels(hop, folder, pictures, similarity):
    rng = np.random.default_rng(2)
    noisy = damage(pictures[5], "half", rng)
    Image.fromarray(noisy).save("cue.png")
    hop("recall", "cue.png", "--clamp", "--similarity", similarity, "-o", "kept.png")
    with Image.open("kept.png") as image:
        assert np.array_equal(np.asarray(image)[:, 10:], pictures[5][:, 10:])


def test_energies_begin_at_the_cue_as_it_was_given(hop, folder, pictures):
    # Clipped noise biases the comparison, which is undone; the cue's own energy is not touched.
    noisy = damage(pictures[4], "noise", np.random.default_rng(5))
    Image.fromarray(noisy).save("cue.png")
    for options in ([], ["--clamp"]):
        (found,) = hop("recall", "cue.png", "--beta", 3, *options, "--json").json["recalls"]
        expected = energy_of(noisy / 255, pictures, 3.0)
        assert found["energies"][0] == pytest.approx(expected, rel=1e-6)
        assert all(after <= before for before, after in pairwise(found["energies"]))


def test_dot_products_warn_of_pictures_of_unlike_length(hop, folder, pictures):
    answer = hop("recall", "pictures/a/0.png", "--similarity", "dot", "--json")
    assert answer.json["recalls"]
    assert "the same few will every time" in answer.err


def test_a_gif_and_a_plot_show_the_way(hop, folder, pictures):
    arguments = ["recall", "pictures/b/7.png", "--noise", 0.3]
    hop(*arguments, "--gif", "way.gif", "--plot", "way.png")
    with Image.open("way.gif") as image:
        assert image.n_frames > 8
        assert image.size[0] >= 256
    with Image.open("way.png") as image:
        assert image.format == "PNG"
    for kind in ("svg", "pdf"):
        hop(*arguments, "--plot", f"way.{kind}")
        assert (folder / f"way.{kind}").stat().st_size > 1000
    with_film = hop(*arguments, "--gif", "way.gif", "--json").json["recalls"]
    assert with_film == hop(*arguments, "--json").json["recalls"]


def test_a_binary_recall_can_be_plotted_too(hop, folder, random_memory):
    random_memory()
    hop("recall", "pictures/a/0.png", "--noise", 0.2, "--plot", "way.svg")
    assert "<svg" in (folder / "way.svg").read_text()


def test_auto_chooses_the_least_mode_that_holds_all(hop, folder):
    two, grey, coloured = (SAMPLES / part for part in (
        "whole/letters/A.png", "portraits/robots/tin.png", "portraits/robots/bolt.png",
    ))  # fmt: skip
    assert hop("store", two, "-m", "1.npz", "--json").json["mode"] == "binary"
    Image.open(grey).convert("L").save("grey.png")
    answer = hop("store", two, "grey.png", "--size", "48x48", "-m", "2.npz", "--json").json
    assert (answer["mode"], answer["shape"]) == ("gray", [48, 48])
    answer = hop("store", two, "grey.png", coloured, "--size", "48x48", "-m", "3.npz", "--json")
    assert (answer.json["mode"], answer.json["shape"]) == ("rgb", [48, 48, 3])
    answer = hop("store", coloured, "--mode", "gray", "-m", "4.npz", "--json").json
    assert (answer["mode"], answer["shape"]) == ("gray", [48, 48])


def test_rows_of_arrays_are_grey_patterns(hop, folder):
    rows = np.random.default_rng(0).random((4, 30))
    np.save("rows.npy", rows)
    answer = hop("store", "rows.npy", "--json").json
    assert (answer["mode"], answer["shape"]) == ("gray", [1, 30])
    with np.load("memory.npz") as members:
        assert np.array_equal(members["patterns"], np.rint(rows * 255).astype(np.uint8))
    assert hop("recall", "rows.npy", "--json").json["recalls"][2]["name"] == "rows.npy[2]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cue.png", "--energy", "exp"], "--energy lse"),
        (["cue.png", "--beta", "-1"], "--beta"),
        (["cue.png", "--beta", "inf"], "--beta"),
        (["nan.npy"], "NaN or infinite"),
        (["inf.npy"], "NaN or infinite"),
        (["short.npy"], "values, but the memory holds patterns of 20×24"),
        (["cue.png", "--mask", "small.png"], "small.png is 4x4"),
        (["cue.png", "--mask", "black.png"], "hides every pixel"),
        (["cue.png", "--plot", "x.jpg"], ".png, .svg or .pdf"),
    ],
)
def test_bad_input(hop, folder, pictures, arguments, said):
    Image.fromarray(pictures[0]).save("cue.png")
    Image.fromarray(np.zeros((4, 4), np.uint8)).save("small.png")
    Image.fromarray(np.zeros((24, 20), np.uint8)).save("black.png")
    np.save("nan.npy", np.full(pictures[0].size, np.nan))
    np.save("inf.npy", np.full(pictures[0].size, np.inf))
    np.save("short.npy", np.ones(7))
    before = sorted(folder.rglob("*"))
    assert said in hop("recall", *arguments).error
    assert sorted(folder.rglob("*")) == before


def test_a_similarity_that_does_not_exist(hop, folder, pictures):
    answer = hop("recall", "pictures/a/0.png", "--similarity", "l3")
    assert answer.code == 2
    assert answer.err.startswith("hop: error: --similarity l3 was given")
    assert "did you mean l" in answer.err


def test_lse_is_not_for_binary_memories(hop, folder, random_memory):
    random_memory()
    assert "--energy exp" in hop("recall", "pictures/a/0.png", "--energy", "lse").error


def test_appending_another_mode_is_refused(hop, folder, pictures):
    mode = "gray" if pictures.ndim == 4 else "rgb"
    before = (folder / "memory.npz").read_bytes()
    assert f"--mode {mode}" in hop("store", "pictures", "--append", "--mode", mode).error
    assert (folder / "memory.npz").read_bytes() == before
    assert hop("store", "pictures", "--append", "--json").json["patterns"] == 24
