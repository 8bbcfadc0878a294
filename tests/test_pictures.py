"""Pictures: right values from every kind of file, right files from values."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.filters import threshold_otsu

from hopcli.errors import HopError, PictureError
from hopcli.formats import arrays, pictures
from hopcli.formats.binarize import binarize, otsu

RAMP = np.linspace(0, 255, 12, dtype=np.uint8).reshape(3, 4)


def saved(folder, image, name="p.png", **options):
    image.save(folder / name, **options)
    return pictures.read(folder / name)


def test_grey_levels_of_every_mode(folder):
    grey = RAMP / np.float32(255)
    coloured = np.dstack([RAMP, RAMP // 2, 255 - RAMP])
    # Pillow's luma: (299 R + 587 G + 114 B) / 1000, to the nearest level.
    luma = (coloured @ np.array([299, 587, 114]) / 1000) / 255
    assert np.array_equal(saved(folder, Image.fromarray(RAMP)).gray, grey)
    assert saved(folder, Image.fromarray(coloured)).gray == pytest.approx(luma, abs=1 / 255)
    sixteen = RAMP.astype(np.uint16) * 257
    assert saved(folder, Image.fromarray(sixteen)).gray == pytest.approx(grey, abs=1e-6)
    bits = saved(folder, Image.fromarray(RAMP > 100))
    assert np.array_equal(bits.gray, RAMP > 100)
    palette = Image.fromarray(RAMP).convert("P")
    assert np.array_equal(saved(folder, palette, "p.gif").gray, grey)
    floats = saved(folder, Image.fromarray(grey), "p.tiff")
    assert floats.gray == pytest.approx(grey)


def test_transparent_pixels_are_unknown_and_white_when_stored(folder):
    alpha = np.full((3, 4), 255, dtype=np.uint8)
    alpha[1] = 0
    read = saved(folder, Image.fromarray(np.dstack([RAMP, alpha])))
    assert np.array_equal(read.known, alpha > 0)
    stored = pictures.on_background(read)
    assert stored.known.all()
    assert (stored.gray[1] == 1).all()
    assert np.array_equal(stored.gray[0], RAMP[0] / np.float32(255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(folder, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = saved(folder, Image.fromarray(RAMP), exif=exif)
    turned = [
        RAMP, RAMP[:, ::-1], RAMP[::-1, ::-1], RAMP[::-1],
        RAMP.T, np.rot90(RAMP, -1), RAMP[::-1, ::-1].T, np.rot90(RAMP),
    ][orientation - 1]  # fmt: skip
    assert np.array_equal(read.gray, turned / np.float32(255))
    assert pictures.size_of(folder / "p.png") == read.size


def test_unreadable_files_are_refused(folder):
    (folder / "text.png").write_text("hello")
    Image.fromarray(RAMP.repeat(20, 0).repeat(20, 1)).save(folder / "whole.png")
    whole = (folder / "whole.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    for name in ("text.png", "cut.png", "absent.png"):
        with pytest.raises(PictureError):
            pictures.read(folder / name)


def test_what_is_written_is_read_again(folder):
    state = np.random.default_rng(0).choice([-1, 0, 1], (5, 9)).astype(np.int8)
    levels = np.where(state == 0, np.nan, (state > 0).astype(float))
    pictures.write(levels, folder / "p.png")
    read = pictures.read(folder / "p.png")
    assert np.array_equal(read.known, state != 0)
    assert np.array_equal((read.gray > 0.5)[read.known], (state > 0)[state != 0])
    for name in ("p.xyz", "p", "p.jpg"):
        with pytest.raises(PictureError):
            pictures.write(levels, folder / name)
    with pytest.raises(HopError, match="no folder"):
        pictures.write(levels, folder / "absent" / "p.png")


def test_a_gif_holds_every_state_and_ends_longer_on_the_last(folder):
    film = [np.full((3, 4), level) for level in (0.0, np.nan, 1.0)]
    pictures.write_gif(film, folder / "f.gif", scale=5)
    with Image.open("f.gif") as image:
        assert (image.n_frames, image.size) == (3, (20, 15))
        levels, durations = [], []
        for frame in range(3):
            image.seek(frame)
            levels.append(int(np.asarray(image.convert("L"))[0, 0]))
            durations.append(image.info["duration"])
    assert levels == [0, 128, 255]
    assert durations[2] > durations[0]


@pytest.mark.parametrize("seed", range(5))
def test_otsu_is_that_of_scikit_image(seed):
    rng = np.random.default_rng(seed)
    dark, bright = rng.normal(70, 20, 400), rng.normal(170, 30, 300)
    grey = np.clip(np.rint(np.concatenate([dark, bright])), 0, 255).astype(np.uint8)
    assert np.array_equal(binarize(grey / 255, None) > 0, grey > threshold_otsu(grey))
    assert 0 < otsu(grey / 255) < 1


def test_thresholds():
    grey = np.array([0.1, 0.4, 0.6])
    assert binarize(grey, 0.5).tolist() == [-1, -1, 1]
    assert binarize(grey, 0.2).tolist() == [-1, 1, 1]
    assert binarize(np.array([0.7, 0.7]), None).tolist() == [1, 1]
    assert binarize(np.array([0.2, 0.2]), None).tolist() == [-1, -1]


@pytest.mark.parametrize(
    "values",
    [
        np.array([[-1, 1, 1, -1]]),
        np.array([[0, 1, 1, 0]]),
        np.array([[False, True, True, False]]),
        np.array([[0, 255, 255, 0]], dtype=np.uint8),
        np.array([[-1.0, 1.0, 1.0, -1.0]]),
        np.array([[0.1, 0.9, 0.8, 0.2]]),
        np.array([[-0.3, 0.9, 0.1, -2.0]]),
    ],
)
def test_arrays_of_every_kind(folder, values):
    np.save("a.npy", values)
    read = arrays.read(folder / "a.npy", "a.npy")
    assert read.names == ["a.npy[0]"]
    assert arrays.to_states(read.values, None, unknown=False).tolist() == [[-1, 1, 1, -1]]


@pytest.mark.parametrize(
    "values",
    [
        np.array([[0, 127, 128, 150]], dtype=np.uint8),
        np.array([[0.0, 127.0, 128.0, 150.0]]),
        np.array([[0.0, 0.4, 0.6, 0.7]]),
        np.array([[0.0, 0.4, 0.6, 1.2]]),
        np.array([[0, 32_767, 32_768, 40_000]], dtype=np.uint16),
    ],
)
def test_the_threshold_is_a_level_whatever_else_an_array_holds(values):
    for rows in (values, np.concatenate([values, values[:, :1].repeat(4, axis=1)])):
        states = arrays.to_states(rows, 0.5, unknown=False)
        assert states[0].tolist() == [-1, -1, 1, 1]
    assert arrays.to_states(values, 1.0, unknown=False).tolist() == [[-1, -1, -1, -1]]


def test_zero_among_signs_is_unknown_in_a_cue():
    values = np.array([[-1, 0, 1]])
    assert arrays.to_states(values, None, unknown=True).tolist() == [[-1, 0, 1]]


@pytest.mark.parametrize(
    "values", [np.array([1.0, np.nan]), np.zeros((2,) * 5), np.array(["a"]), np.zeros((0, 4))]
)
def test_other_arrays_are_refused(folder, values):
    np.save("a.npy", values)
    with pytest.raises(PictureError, match=r"a\.npy"):
        arrays.read(folder / "a.npy", "a.npy")


def test_an_array_of_python_2_is_read_without_a_warning(folder):
    np.save("a.npy", np.arange(3))
    whole = Path("a.npy").read_bytes()
    assert b"(3,), }" in whole
    Path("a.npy").write_bytes(whole.replace(b"(3,), } ", b"(3L,), }"))
    # Where a warning is shown it is an error in these tests.
    assert arrays.read(folder / "a.npy", "a.npy").values.tolist() == [[0, 1, 2]]


def test_pickles_are_refused(folder):
    np.save("a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(PictureError, match="without pickles"):
        arrays.read(folder / "a.npy", "a.npy")
