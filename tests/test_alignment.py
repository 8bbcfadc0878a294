"""How pictures are laid over the stored ones: each kind of damage, laws, and bad input."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures_drawn import drawn
from pictures_drawn import levels as levels_of
from pictures_drawn import picture as picture_of
from PIL import Image, ImageDraw, ImageOps

import hopcli
from hopcli.alignment import align, covers, explain, levels, poses, search
from hopcli.alignment.first import compare
from hopcli.errors import ParameterError
from hopcli.model import matches

STORED = 12


@pytest.fixture(scope="module")
def stored():
    return np.array([np.asarray(drawn(number)) for number in range(STORED)])


@pytest.fixture
def files(folder):
    (folder / "files").mkdir()
    return folder / "files"


@pytest.fixture(scope="module")
def memory(stored):
    return hopcli.Memory(stored, labels=["even", "odd"] * (STORED // 2))


def boxed(picture):
    picture = picture.copy()
    ImageDraw.Draw(picture).rectangle([6, 8, 28, 36], fill=0)
    return picture


def struck(picture):
    picture = picture.copy()
    pen = ImageDraw.Draw(picture)
    for y in (10, 25, 40):
        pen.line([0, y, 47, y + 8], fill=255, width=3)
    return picture


def noisy(picture):
    rng = np.random.default_rng(1)
    return picture_of(levels_of(picture) + rng.normal(0, 40, (picture.height, picture.width)))


def half_covered(picture):
    values = levels_of(picture).copy()
    values[28:] = 0
    return picture_of(values)


DAMAGE = {
    "noise": noisy,
    "box": boxed,
    "strokes": struck,
    "half": half_covered,
    "darker": lambda p: picture_of(levels_of(p) * 0.5),
    "brighter": lambda p: picture_of(levels_of(p) * 0.7 + 70),
    "negative": ImageOps.invert,
    "turned": lambda p: p.rotate(6, Image.Resampling.BILINEAR, fillcolor=100),
    "moved": lambda p: p.transform(p.size, Image.Transform.AFFINE, (1, 0, 5, 0, 1, -3)),
    "mirrored": ImageOps.mirror,
    "quarter turn": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "cropped": lambda p: p.crop((5, 5, 44, 51)),
    "bordered": lambda p: ImageOps.expand(p, 5, fill=255),
    "small": lambda p: p.resize((20, 24), Image.Resampling.BOX),
    "darker, turned and covered": lambda p: boxed(
        picture_of(levels_of(p) * 0.6).rotate(4, Image.Resampling.BILINEAR, fillcolor=60)
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_picture_is_recognised(memory, stored, kind):
    found = memory.recall(DAMAGE[kind](Image.fromarray(stored[5])))
    assert (found.index, found.name, found.label) == (5, "x[5]", "odd")
    assert found.nearest[0].index == 5
    assert found.match != "none"
    assert found.outcome == "memory"


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: drawn(1000),
        lambda: picture_of(np.random.default_rng(3).uniform(0, 255, (56, 48))),
        lambda: picture_of(np.add.outer(np.arange(56.0), np.arange(48.0)) * 2),
    ],
    ids=["another", "noise", "gradient"],
)
def test_a_stranger_is_never_sure(memory, stranger):
    found = memory.recall(stranger())
    assert found.match != "sure"
    assert found.probability < 0.95


def test_a_pose_comes_back(stored):
    index = align.index(stored)
    height, width = stored.shape[1:]
    for turned, moved in ((5.0, (0, 0)), (-7.0, (0, 0)), (0.0, (4, -3))):
        cue = Image.fromarray(stored[3]).rotate(
            turned, Image.Resampling.BICUBIC, translate=moved, fillcolor=110
        )
        found = align.align(index, stored[..., None], levels_of(cue) / 255)
        assert found.index == 3
        assert found.pose.turned == pytest.approx(turned, abs=1)
        assert found.pose.moved == pytest.approx(moved, abs=0.5)
        assert found.pose.scaled == pytest.approx(1, abs=0.02)
        assert found.aligned.shape == (height, width, 1)


def test_the_energy_never_rises(stored):
    index = search.index(stored)
    cue = explain.cue_of(levels_of(DAMAGE["darker, turned and covered"](drawn(3))) / 255, 1)
    start = search.coarse(index, cue.levels, cue.masks, cue.reading, keep=20, richness="upright")
    pixels, known = explain.at_level(cue, search.AREAS[0])
    weights = covers.information(pixels, known)
    rows = len(start.picture)
    iterations, holding = explain.ITERATIONS[0]
    history = np.empty((rows, iterations + 1))
    height, width = known.shape
    explain.kernels.explain(
        pixels, weights,
        np.ascontiguousarray(index.pyramid[0][start.picture].astype(np.float32) / 255),
        start.affines.copy(), np.ascontiguousarray(start.forms),
        np.ones((1, height, width), np.float32), np.zeros((rows, 2, 1)),
        np.array([explain.LOWEST[0], explain.COUPLING[0], explain.BLUR[0], explain.STIFFNESS[0],
            explain.STILL]),
        iterations, holding, np.zeros((rows, 8)), np.zeros((rows, height, width), np.float32),
        history,
    )  # fmt: skip
    assert np.isfinite(history).all()
    assert (np.diff(history, axis=1) <= 1e-9 * np.abs(history[:, 1:])).all()


def test_probabilities_sum_to_one(stored):
    index = align.index(stored)
    for cue in (boxed(drawn(2)), drawn(1000), ImageOps.mirror(drawn(7))):
        found = align.align(index, stored[..., None], levels_of(cue) / 255, top=STORED)
        total = sum(each.probability for each in found.nearest) + found.none
        assert total == pytest.approx(1, abs=1e-9)


def test_poses_have_inverses():
    for bank in poses.banks(40, 30, 0.75, "some"):
        back = poses.inverse(poses.inverse(bank.affines))
        assert np.allclose(back, bank.affines, atol=1e-9)


@given(st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=40)
def test_averaging_keeps_a_constant(size, to):
    assert np.allclose(levels.averaging(size, to).sum(axis=1), 1, atol=1e-5)


# Every stored file recalls itself.

KINDS = ("L", "RGB", "1", "P", "LA", "RGBA", "I;16", "turned tag", "icon")


def written(kind: str, number: int, size: tuple[int, int], path):
    """Write a picture of a kind and return its path."""
    whole = drawn(number, size, colour=kind in ("RGB", "P", "RGBA"))
    path = path.with_suffix(".jpg" if kind == "turned tag" else ".png")
    if kind == "icon":
        shape = Image.new("L", size, 0)
        rng = np.random.default_rng(number)
        box = [
            *(int(v) for v in rng.integers(1, 12, 2)),
            *(int(v) for v in rng.integers(20, 36, 2)),
        ]
        ImageDraw.Draw(shape).ellipse(box, fill=255)
        whole = Image.merge("LA", (Image.new("L", size, 0), shape))
    elif kind in ("LA", "RGBA"):
        opacity = Image.new("L", size, 255)
        ImageDraw.Draw(opacity).rectangle([0, 0, number % 9 + 4, size[1]], fill=0)
        whole.putalpha(opacity)
    elif kind == "I;16":
        whole = Image.fromarray(np.asarray(whole).astype(np.uint16) * 257)
    elif kind == "turned tag":
        tags = Image.Exif()
        tags[0x0112] = 6
        whole.save(path, exif=tags, quality=95)
        return path
    elif kind in ("1", "P"):
        whole = whole.convert(kind)
    whole.save(path)
    return path


@given(
    st.lists(st.sampled_from(KINDS), min_size=2, max_size=4),
    st.sampled_from(["auto", "gray", "rgb", "binary"]),
    st.sampled_from([None, "30x40"]),
    st.integers(0, 10**6),
)
@settings(max_examples=12)
def test_every_stored_file_recalls_itself(tmp_path_factory, kinds, mode, size, seed):
    folder = tmp_path_factory.mktemp("files")
    for number, kind in enumerate(kinds):
        written(kind, seed + number, (40, 44), folder / f"{number}")
    memory = hopcli.store(folder, mode=mode, size=size)
    for path in sorted(folder.iterdir()):
        found = memory.recall(path)
        assert (found.name, found.match, found.outcome) == (path.name, "sure", "memory"), kinds


def test_black_icons_on_transparent_ground_recall_themselves(files):
    for number in range(6):
        written("icon", number, (40, 40), files / f"{number}")
    memory = hopcli.store(files)
    for path in sorted(files.iterdir()):
        found = memory.recall(path)
        assert (found.name, found.match) == (path.name, "sure")


def test_of_equal_pictures_the_one_of_that_name_is_meant(files):
    for name in ("a", "b", "c"):
        drawn(4 if name < "c" else 5).save(files / f"{name}.png")
    drawn(4).save("other.png")
    memory = hopcli.store(files)
    found = memory.recall(files / "b.png")
    assert (found.name, found.match, found.probability) == ("b.png", "sure", 1.0)
    found = memory.recall("other.png")
    assert (found.match, found.probability) == ("doubtful", 0.5)
    assert {each.name for each in found.nearest[:2]} == {"a.png", "b.png"}


# What it leaves as it is.


def test_off_is_the_network_from_the_cue_as_it_is(memory, stored):
    cue = boxed(Image.fromarray(stored[5]))
    plain = memory.recall(np.asarray(cue))
    off = memory.recall(cue, align="off")
    assert off.match is None
    assert off.alignment is None
    assert off.nearest == ()
    # A picture's levels are float32.
    assert off.state == pytest.approx(plain.state, abs=1e-6)
    assert off.energies == pytest.approx(plain.energies, rel=1e-4, abs=1e-6)


def test_off_in_black_and_white_is_exactly_the_network(stored):
    memory = hopcli.Memory(np.where(stored > 110, 1, -1))
    cue = np.where(stored[5] > 110, np.uint8(255), np.uint8(0))
    cue[20:] = 255
    plain = memory.recall(np.where(cue > 0, 1, -1).astype(np.int8))
    off = memory.recall(Image.fromarray(cue), align="off")
    assert np.array_equal(off.state, plain.state)
    assert (off.energies, off.flips, off.sweeps) == (plain.energies, plain.flips, plain.sweeps)


def test_noise_and_hidden_pixels_need_no_search(files):
    """A small cue that the first comparison decides loads no compiled code."""
    for number in range(5):
        drawn(number).save(files / f"{number}.png")
    code = (
        "import sys, hopcli\n"
        f"memory = hopcli.store({str(files)!r})\n"
        f"for more in ({{}}, {{'noise': 0.2}}, {{'occlude': 0.5}}, {{'occlude': 'left'}}):\n"
        f"    found = memory.recall({str(files / '3.png')!r}, **more)\n"
        "    assert (found.name, found.match) == ('3.png', 'sure'), (more, found)\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_first_comparison_leaves_what_is_not_beyond_doubt(stored):
    pictures = stored[..., None] / 255
    rows, known = np.arange(STORED), np.ones(stored.shape[1:], bool)

    def decided(cue):
        nearest = np.argsort(((pictures - cue) ** 2).sum(axis=(1, 2, 3)))
        return compare(cue, known, rows[nearest], pictures[nearest], STORED).index

    for kind in ("box", "strokes", "half", "darker", "negative", "turned", "moved", "mirrored"):
        cue = levels_of(DAMAGE[kind](Image.fromarray(stored[5])))[..., None] / 255
        assert decided(cue) in (None, 5)
        assert kind not in ("half", "darker", "negative", "moved") or decided(cue) is None
    assert decided(np.random.default_rng(0).random(pictures[0].shape)) is None


# Bad input.


@pytest.mark.parametrize(
    ("cue", "why"),
    [
        (lambda: Image.new("L", (48, 56), 120), "of one colour"),
        (lambda: Image.new("L", (48, 56), 255), "of one colour"),
        (lambda: Image.new("L", (1, 1), 7), "single pixel"),
        (lambda: picture_of(np.arange(10_000.0)[None] % 256), "too narrow"),
        (lambda: Image.new("LA", (48, 56), (0, 0)), "no known pixel"),
    ],
    ids=["grey", "white", "one pixel", "narrow", "transparent"],
)
def test_what_shows_nothing_is_no_match(memory, cue, why):
    found = memory.recall(cue())
    assert (found.match, found.probability, found.alignment) == ("none", 0.0, None)
    assert why in found.why
    label = memory.classify(cue())
    assert (label.match, label.label) == ("none", None)


@pytest.mark.parametrize("pictures", [1, 2])
def test_a_memory_of_one_picture_or_two_equal_ones(pictures):
    memory = hopcli.Memory(np.array([np.asarray(drawn(0))] * pictures))
    found = memory.recall(ImageOps.mirror(drawn(0)))
    assert found.match != "none"
    assert found.outcome == "memory"
    assert sum(each.probability for each in found.nearest) <= 1 + 1e-9
    assert memory.recall(drawn(50)).match != "sure"


def test_a_memory_of_pictures_of_one_colour():
    memory = hopcli.Memory(np.array([np.full((20, 20), level, np.uint8) for level in (10, 200)]))
    assert memory.recall(Image.new("L", (20, 20), 200)).name == "x[1]"
    assert memory.recall(Image.new("L", (20, 20), 90)).match == "none"
    assert memory.recall(drawn(3, (20, 20))).match == "none"


def test_a_mask_hides_pixels_of_the_alignment(memory, stored, folder):
    mask = np.full((56, 48), 255, np.uint8)
    mask[28:] = 0
    Image.fromarray(mask).save("mask.png")
    cue = levels_of(Image.fromarray(stored[5])).copy()
    cue[28:] = stored[6][28:]
    found = memory.recall(ImageOps.invert(picture_of(cue)), mask="mask.png")
    assert found.index == 5
    assert found.alignment["negative"]


@pytest.mark.parametrize("accept", [0, -1, 1.01, "x", float("nan")])
def test_accept_is_a_probability_above_0(memory, accept):
    with pytest.raises(ParameterError, match="accept"):
        memory.recall(drawn(0), accept=accept)


def test_accept_decides_from_where_on_a_match_is_sure(memory):
    cue = boxed(drawn(3).rotate(4, Image.Resampling.BILINEAR, fillcolor=100))
    probability = memory.recall(cue).probability
    assert memory.recall(cue, accept=probability).match == "sure"
    assert memory.recall(cue, accept=min(1.0, probability * 1.01)).match == "doubtful"


def test_what_has_no_effect_is_refused(memory, stored):
    rows = hopcli.Memory(np.sign(np.random.default_rng(0).standard_normal((3, 30))).astype(int))
    with pytest.raises(ParameterError, match="no pictures"):
        rows.recall(np.ones(30, int), align="auto")
    for given_ in ({"top": 2}, {"accept": 0.5}):
        with pytest.raises(ParameterError, match="no effect"):
            memory.recall(drawn(0), align="off", **given_)
    with pytest.raises(ParameterError, match="auto or off"):
        memory.recall(drawn(0), align="on")


def test_top_says_how_many_are_named(memory):
    assert len(memory.recall(drawn(0), top=3).nearest) == 3
    assert len(memory.recall(boxed(drawn(0)), top=2).nearest) == 2


# Several parts.


@pytest.mark.parametrize("mode", ["gray", "binary"])
def test_shards_give_the_same_match(files, hop, mode):
    for number in range(6):
        drawn(number).save(files / f"{number}.png")
    hop("store", files, "-m", "shards", "--shard-size", 2, "--mode", mode)
    boxed(ImageOps.invert(drawn(3))).save("cue.png")
    (found,) = hop("recall", "cue.png", "-m", "shards", "--json").json["recalls"]
    assert (found["name"], found["nearest"][0]["index"]) == ("3.png", 3)
    assert found["alignment"]["negative"]


# What is said.


def test_the_answer_and_the_sentence(files, hop):
    (files / "cats").mkdir()
    for number in range(6):
        drawn(number).save(files / "cats" / f"{number}.png")
    hop("store", files, "-m", "memory.npz")
    ImageOps.invert(drawn(3)).save("cue.png")
    drawn(70).save("stranger.png")
    first, second = hop("recall", "cue.png", "stranger.png", "--json").json["recalls"]
    assert first["nearest"][0].keys() == {"name", "label", "index", "overlap", "probability"}
    assert first["alignment"].keys() == {
        "moved", "turned", "scaled", "mirrored", "negative", "gain", "offset", "covered",
    }  # fmt: skip
    assert second["alignment"] is None
    said = hop("recall", "cue.png", "stranger.png").out
    assert "cue.png is cats/3.png (cats), negative: certain (" in said
    assert "stranger.png is like none of the 6 stored pictures; nearest: " in said
    assert "→" not in said


def test_changes_in_words():
    plain = {
        "moved": [0.0, 0.0], "turned": 0.0, "scaled": 1.0, "mirrored": False, "negative": False,
        "gain": 1.0, "offset": 0.0, "covered": 0.0,
    }  # fmt: skip
    assert matches.changes(plain) == []
    some = {**plain, "turned": 4.2, "gain": 0.51, "covered": 0.234, "moved": [3, -2]}
    assert matches.changes(some) == [
        "moved 3 right and 2 up", "turned by 4°", "half as bright", "23 % covered",
    ]  # fmt: skip
    assert matches.changes({**plain, "negative": True, "gain": -1.0, "offset": 1.0}) == ["negative"]
    assert matches.changes({**plain, "turned": -3.0}) == ["turned by 3° clockwise"]


@pytest.mark.parametrize("light", [(1, 0, 0), (0.5, 0.1, 0), (-1, 1, 0), (0.74, 0.14, -0.4)])
def test_a_light_is_undone(light):
    from hopcli.alignment.align import relit

    theta = np.linspace(0, 1, 101)
    gain, offset, tone = light
    seen = gain * theta + offset + tone * theta * np.log(np.maximum(theta, 1e-12))
    np.testing.assert_allclose(relit(seen, np.array(light)), theta, atol=2e-3)
