"""`hop recall`."""

import json
import sys
from io import BytesIO, TextIOWrapper

import naive
import numpy as np
import pytest
from conftest import picture
from PIL import Image


def noisy(state, share, seed=0):
    return np.where(np.random.default_rng(seed).random(state.size) < share, -state, state)


def test_a_damaged_picture_comes_back_with_its_name(hop, folder, random_memory):
    patterns, names = random_memory()
    picture(folder / "noisy.png", noisy(patterns[3], 0.2), (16, 16))
    answer = hop("recall", "noisy.png", "-o", "clean.png", "--json").json
    assert (answer["memory"], answer["energy"]) == ("memory.npz", "exp")
    assert set(answer["seconds"]) == {"load", "work", "total"}
    (found,) = answer["recalls"]
    assert (found["cue"], found["outcome"], found["index"]) == ("noisy.png", "memory", 3)
    assert (found["name"], found["label"]) == (names[3], names[3][0])
    assert (found["overlap"], found["output"]) == (1.0, "clean.png")
    cue = noisy(patterns[3], 0.2)
    assert found["cue_overlap"] == cue.astype(int) @ patterns[3] / 256
    assert found["flips"] == np.count_nonzero(cue != patterns[3])
    assert found["sweeps"] == 2 == len(found["energies"]) - 1
    with Image.open("clean.png") as image:
        assert np.array_equal(np.asarray(image.convert("L")).ravel() > 127, patterns[3] > 0)


@pytest.mark.parametrize(
    "updates", [["--order", "random"], ["--update", "async", "--order", "sequential"],
                ["--update", "sync"]],
)  # fmt: skip
@pytest.mark.parametrize("energy", ["classical", "poly", "exp"])
def test_every_combination_recalls_and_says_its_energy(hop, folder, random_memory,
                                                       energy, updates):  # fmt: skip
    patterns, _ = random_memory(patterns=4, shape=(10, 12))
    np.save("cues.npy", np.array([noisy(p, 0.15, k) for k, p in enumerate(patterns)]))
    answer = hop("recall", "cues.npy", "--energy", energy, *updates, "--json", "-o",
                 "states.npy").json  # fmt: skip
    assert [r["cue"] for r in answer["recalls"]] == [f"cues.npy[{k}]" for k in range(4)]
    assert [r["index"] for r in answer["recalls"]] == [0, 1, 2, 3]
    assert {r["outcome"] for r in answer["recalls"]} == {"memory"}
    states = np.load("states.npy")
    assert states.dtype == np.int8
    assert np.array_equal(states, patterns)
    formula = {"energy": energy, **({"degree": 3} if energy == "poly" else {})}
    for found, p, cue in zip(answer["recalls"], patterns, np.load("cues.npy"), strict=True):
        assert found["energies"][0] == pytest.approx(naive.energy(patterns, cue, **formula))
        assert found["energies"][-1] == pytest.approx(naive.energy(patterns, p, **formula))


def test_a_sequential_recall_is_what_anybody_computes(hop, folder, random_memory):
    patterns, _ = random_memory(patterns=40, shape=(5, 7))
    cues = np.random.default_rng(1).choice([-1, 0, 1], (5, 35))
    np.save("cues.npy", cues)
    for formula in (
        {"energy": "classical"},
        {"energy": "poly", "degree": 4},
        {"energy": "exp", "beta": 0.2},
    ):
        options = [text for name, value in formula.items() for text in (f"--{name}", value)]
        answer = hop("recall", "cues.npy", "--order", "sequential", *options,
                     "-o", "states.npy", "--json").json  # fmt: skip
        for cue, found, state in zip(cues, answer["recalls"], np.load("states.npy"), strict=True):
            current = cue
            for _ in range(found["sweeps"]):
                before, current = current, naive.sweep(patterns, current, range(35), **formula)
            assert np.array_equal(state, current)
            assert np.array_equal(before, current)


def test_unknown_pixels_by_occlusion_mask_and_transparency(hop, folder, random_memory):
    patterns, _ = random_memory()
    whole = patterns[2].reshape(16, 16)
    half = whole.copy()
    half[:, 8:] = 0
    picture(folder / "whole.png", whole, (16, 16))
    picture(folder / "half.png", half, (16, 16))
    mask = np.where(half != 0, 255, 0).astype(np.uint8)
    Image.fromarray(mask).save("mask.png")
    for arguments in (["half.png"], ["whole.png", "--occlude", "right"],
                      ["whole.png", "--mask", "mask.png"]):  # fmt: skip
        (found,) = hop("recall", *arguments, "--json").json["recalls"]
        assert (found["outcome"], found["index"]) == ("memory", 2)
        assert (found["cue_overlap"], found["flips"]) == (1.0, 128)
        # exp's energy before the first sweep is that of the known half: −log Σ exp(m).
        assert found["energies"][0] == pytest.approx(-128, abs=1)


def test_noise_is_part_of_the_cue(hop, folder, random_memory):
    patterns, _ = random_memory()
    picture(folder / "whole.png", patterns[0], (16, 16))
    (found,) = hop("recall", "whole.png", "--noise", 0.25, "--json").json["recalls"]
    flipped = (1 - found["cue_overlap"]) / 2
    # Five standard deviations of a share of 256.
    assert abs(flipped - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 256)
    assert found["flips"] == round(flipped * 256)
    (other,) = hop("recall", "whole.png", "--noise", 0.25, "--seed", 1, "--json").json["recalls"]
    assert other["cue_overlap"] != found["cue_overlap"]


def test_clamp_keeps_the_known_pixels(hop, folder, random_memory):
    patterns, _ = random_memory()
    cue = noisy(patterns[1], 0.1).reshape(16, 16)
    cue[:4] = 0
    picture(folder / "cue.png", cue, (16, 16))
    hop("recall", "cue.png", "--clamp", "-o", "kept.npy")
    kept = np.load("kept.npy")[0].reshape(16, 16)
    assert np.array_equal(kept[4:], cue[4:])
    assert np.array_equal(kept[:4], patterns[1].reshape(16, 16)[:4])


def test_the_same_seed_gives_the_same_answer(hop, folder, random_memory):
    random_memory(patterns=60, shape=(12, 12))
    np.save("cues.npy", np.random.default_rng(0).choice([-1, 1], (4, 144)))
    runs = [
        hop("recall", "cues.npy", "--energy", "classical", "--seed", seed, "--json").json["recalls"]
        for seed in (5, 5, 6)
    ]
    assert runs[0] == runs[1] != runs[2]


def test_pictures_of_another_size_are_resized_and_said(hop, folder, random_memory):
    patterns, _ = random_memory()
    large = patterns[4].reshape(16, 16).repeat(3, 0).repeat(3, 1)
    picture(folder / "large.png", large, (48, 48))
    answer = hop("recall", "large.png", "--json")
    assert answer.json["recalls"][0]["index"] == 4
    assert "resized" in answer.err


def test_several_cues_go_into_a_folder(hop, folder, random_memory):
    patterns, _ = random_memory()
    for name in ("x/cue.png", "y/cue.png"):
        picture(folder / name, patterns[0], (16, 16))
    found = hop("recall", "x/cue.png", "y", "-o", "out", "--json").json["recalls"]
    assert [r["output"] for r in found] == ["out/cue.png", "out/cue-2.png"]
    assert sorted(p.name for p in (folder / "out").iterdir()) == ["cue-2.png", "cue.png"]


def test_standard_input_and_output(hop, folder, random_memory, monkeypatch):
    patterns, _ = random_memory()
    picture(folder / "cue.png", noisy(patterns[2], 0.1), (16, 16))

    from hopcli.formats import decoding

    decoding.standard_input.cache_clear()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO((folder / "cue.png").read_bytes())))
    written = TextIOWrapper(BytesIO())
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", written)
        patch.setattr(sys, "argv", ["hop", "recall", "-", "-o", "-"])
        from hopcli.cli.main import main

        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    with Image.open(BytesIO(written.buffer.getvalue())) as image:
        assert image.format == "PNG"
        assert np.array_equal(np.asarray(image).ravel(), patterns[2] > 0)


def test_a_gif_shows_the_way(hop, folder, random_memory):
    patterns, _ = random_memory()
    picture(folder / "cue.png", noisy(patterns[2], 0.3), (16, 16))
    hop("recall", "cue.png", "--gif", "way.gif")
    with Image.open("way.gif") as image:
        assert image.size == (256, 256)
        assert image.n_frames > 5
        image.seek(image.n_frames - 1)
        last = np.asarray(image.convert("L"))[::16, ::16]
    assert np.array_equal(last.ravel() > 127, patterns[2] > 0)


def test_outcomes_are_explained(hop, folder, random_memory):
    patterns, _ = random_memory(patterns=12, shape=(8, 8))
    np.save("negative.npy", -patterns[0])
    np.save("random.npy", np.random.default_rng(3).choice([-1, 1], 64))
    said = hop("recall", "random.npy", "--energy", "classical").out
    assert "12 patterns on 64 neurons is a load of 0.19" in said
    assert "0.138" in said
    assert "--energy exp" in said
    answer = hop("recall", "negative.npy", "--energy", "poly", "--degree", 8)
    assert "became the negative of" in answer.out
    found = hop("recall", "negative.npy", "--energy", "poly", "--degree", 8, "--json").json
    assert (found["recalls"][0]["outcome"], found["recalls"][0]["overlap"]) == ("inverse", -1.0)
    said = hop("recall", "random.npy", "--max-sweeps", 1).out
    assert "--max-sweeps" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.png"], "absent.png"),
        (["cue.png", "-m", "absent.npz"], "there is no memory absent.npz"),
        (["cue.png", "-m", "cue.png"], "not a memory"),
        (["short.npy"], "short.npy has 10 values, but the memory holds patterns of 16×16 = 256"),
        (["text.png"], "no readable picture"),
        (["cue.png", "--energy", "expo"], "did you mean exp?"),
        (["cue.png", "--update", "asynch"], "did you mean async?"),
        (["cue.png", "--order", "seq"], "did you mean sequential?"),
        (["cue.png", "--energy", "poly", "--degree", 1], "--degree 1"),
        (["cue.png", "--beta", 0], "--beta"),
        (["cue.png", "--beta", "nan"], "--beta"),
        (["cue.png", "--noise", 1.5], "--noise"),
        (["cue.png", "--occlude", "middle"], "--occlude"),
        (["cue.png", "--mask", "small.png"], "small.png is 4x4"),
        (["cue.png", "--mask", "black.png"], "hides every pixel"),
        (["cue.png", "-o", "-", "--json"], "standard output"),
        (["cue.png", "-o", "cue.png"], "would be overwritten"),
        (["cue.png", "-o", "memory.npz"], "would be overwritten"),
        (["cue.png", "-o", "out.xyz"], ".png"),
        (["cue.png", "-o", "absent/out.png"], "no folder"),
        (["cue.png", "small.png", "-o", "-"], "--output FOLDER"),
        (["cue.png", "small.png", "--gif", "x.gif"], "--gif and --plot show one cue"),
        (["cue.png", "--gif", "x.png"], "end the name in .gif"),
        (["cue.png", "--gif", "-"], "end the name in .gif"),
        (["cue.png", "small.png", "-o", "x.png"], "name a folder"),
        (["cue.png", "-o", "x.gif", "--gif", "./x.gif"], "would be overwritten"),
        (["cue.png", "-o", "x.png", "--plot", "x.png"], "would be overwritten"),
    ],
)
def test_bad_input(hop, folder, random_memory, arguments, said):
    patterns, _ = random_memory()
    picture(folder / "cue.png", patterns[0], (16, 16))
    picture(folder / "small.png", patterns[0][:16], (4, 4))
    picture(folder / "black.png", -np.ones(256), (16, 16))
    (folder / "text.png").write_text("hello")
    np.save("short.npy", np.ones(10))
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert said in hop("recall", *arguments).error
    after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert after == before


@pytest.mark.parametrize(
    "output",
    [
        ["-o", "out.xyz"], ["-o", "absent/out.png"], ["-o", "cue.npy"], ["--gif", "x.png"],
        ["--gif", "absent/x.gif"], ["--plot", "x.gif"], ["--plot", "absent/x.png"],
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_known_before_the_work(hop, random_memory, monkeypatch, output):
    def prepare(*_):
        raise AssertionError("the network was loaded")

    patterns, _ = random_memory()
    np.save("cue.npy", patterns[0])
    monkeypatch.setattr("hopcli.model.networks.prepare", prepare)
    assert output[1] in hop("recall", "cue.npy", *output).error


def test_wrong_usage_exits_2(hop, random_memory):
    for arguments in (
        ["recall"],
        ["recall", "x", "--absent"],
        ["absent"],
        ["recall", "x", "--seed", "y"],
    ):
        assert hop(*arguments).code == 2


def test_json_never_holds_what_json_cannot(hop, folder, random_memory):
    patterns, _ = random_memory()
    picture(folder / "cue.png", patterns[0], (16, 16))
    answer = hop("recall", "cue.png", "--energy", "poly", "--degree", 300, "--json")
    json.loads(answer.out, parse_constant=pytest.fail)
