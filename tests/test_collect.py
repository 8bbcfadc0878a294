"""Many files collected at once: what comes of them one after the other, whoever reads them."""

from functools import reduce
from pathlib import Path

import naive
import numpy as np
import pytest
from conftest import picture
from PIL import Image

from hopcli.binary import packing
from hopcli.errors import PictureError
from hopcli.formats import collect as collecting
from hopcli.formats import parallel, png
from hopcli.formats.collect import Plan, collect
from hopcli.formats.sources import find
from hopcli.storage import memory_file

RNG = np.random.default_rng(0)
SHAPE = (6, 7)


def levels(*channels):
    return RNG.integers(0, 256, (*SHAPE, *channels)).astype(np.uint8)


def tones(*colours):
    """A picture of a few levels, or a few colours."""
    return np.array(colours, dtype=np.uint8)[RNG.integers(0, len(colours), SHAPE)]


# Of the last two colours the luma is the same.
KINDS = {
    "black and white": lambda: tones(0, 255),
    "two levels": lambda: tones(40, 41),
    "flat": lambda: tones(130),
    "flat and dark": lambda: tones(3),
    "three levels": lambda: tones(0, 100, 255),
    "gray": levels,
    "coloured": lambda: levels(3),
    "gray in colours": lambda: np.repeat(levels()[..., None], 3, axis=2),
    "two colours": lambda: tones((255, 0, 0), (0, 0, 90)),
    "of one luma": lambda: tones((100, 0, 0), (0, 0, 0), (0, 0, 255), (100, 0, 0)),
    "bits": lambda: tones(0, 1) > 0,
    "fine": lambda: RNG.integers(0, 2**16, SHAPE).astype(np.uint16),
    "transparent": lambda: levels(4),
}
MIXTURES = {
    "binary": ["black and white", "two levels", "flat", "flat and dark", "bits", "two colours"],
    "gray": ["black and white", "flat", "three levels", "gray", "gray in colours", "bits", "fine"],
    "two tones or more": ["two levels", "two colours", "gray"],
    "all": list(KINDS),
}


def write(folder, kinds, count=39):
    for k in range(count):
        image = Image.fromarray(KINDS[kinds[k % len(kinds)]]())
        ending = ".tiff" if image.mode.startswith("I") else [".png", ".PNG", ".webp"][k % 3]
        options = {"lossless": True, "exact": True} if ending == ".webp" else {}
        image.save(folder / f"{k}{ending}", **options)


@pytest.fixture(params=["alone", "two workers"])
def processes(request, monkeypatch):
    monkeypatch.setattr(png, "FEWEST", 4)
    monkeypatch.setattr(collecting, "STEPS", 4)
    cores = 1 if request.param == "alone" else 2
    monkeypatch.setattr(parallel, "SECONDS_ALONE", -1.0)
    monkeypatch.setattr(parallel, "_usable_cores", lambda: cores)


@pytest.mark.parametrize("size", [None, (5, 4)])
@pytest.mark.parametrize("mode", ["auto", "binary", "gray", "rgb"])
@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.usefixtures("processes")
def test_patterns_are_those_of_the_pictures_one_by_one(folder, mixture, mode, size):
    write(folder, MIXTURES[mixture])
    found = find([folder], "none")
    for threshold in (None, 0.3, 1.0) if mode in ("auto", "binary") else (None,):
        memory, report = collect(found, Plan(size, mode, threshold, None))
        paths = [source.path for source in found]
        expected = naive.stored(paths, mode, threshold, size or SHAPE[::-1])
        assert memory.mode == expected[0]
        assert memory.names.tolist() == [path.name for path in paths]
        patterns = memory.patterns
        if memory.mode == "binary":
            patterns = packing.unpack(patterns, memory.neurons)
        assert np.array_equal(patterns, expected[1])
        assert report.skipped == []


@pytest.mark.usefixtures("processes")
def test_files_that_are_not_taken_are_reported_in_order(folder):
    write(folder, ["gray"], count=40)
    whole = (folder / "9.png").read_bytes()
    (folder / "9.png").write_bytes(whole[:-30])
    (folder / "12.png").write_bytes(whole[:-6] + b"\0" + whole[-5:])
    (folder / "20.txt").write_text("hello")
    np.save(folder / "30a.npy", np.zeros((2, 5)))
    np.save(folder / "31a.npy", np.array([np.arange(42), np.ones(42)]))
    memory, report = collect(find([folder], "none"), Plan(None, "auto", None, None))
    skipped = [Path(path).name for path, _ in report.skipped]
    assert skipped == ["9.png", "20.txt", "30a.npy"]
    assert len(memory) == 40 - 1 + 2
    assert memory.names[31] == "31a.npy[0]"
    assert "9.png cannot be decoded" in report.skipped[0][1]
    assert report.notes == ["of one colour, so without information: 31a.npy: rows: 1"]


@pytest.mark.usefixtures("processes")
def test_the_files_that_are_of_one_colour_are_said_in_order(folder):
    write(folder, ["flat", "gray", "two levels"], count=12)
    _, report = collect(find([folder], "none"), Plan(None, "auto", None, None))
    named = [note.rpartition(": ")[2] for note in report.notes]
    assert [name.partition(".")[0] for name in named] == ["0", "3", "6", "9"]


@pytest.mark.usefixtures("processes")
def test_a_picture_of_another_size_behind_many_of_one_resizes_all_to_the_median(folder):
    write(folder, ["gray"], count=40)
    picture(folder / "odd.png", np.ones(90), (9, 10))
    memory, report = collect(find([folder], "none"), Plan(None, "auto", None, None))
    assert memory.shape == SHAPE
    assert len(memory) == 41
    assert "2 different sizes" in report.notes[0]
    assert "7x6" in report.notes[0]


def test_progress_counts_all_files(folder):
    write(folder, ["gray"], count=50)
    done = []
    collect(find([folder], "none"), Plan(None, "auto", None, None), on_file=done.append)
    assert done == sorted(set(done))
    assert done[-1] == 50
    assert len(done) > 20


def test_a_picture_of_two_colours_among_grey_ones_is_no_fault(hop, folder):
    for k, name in enumerate(["gray", "two colours"]):
        Image.fromarray(KINDS[name]()).save(folder / f"{k}.png")
    answer = hop("store", "0.png", "1.png", "--json").json
    assert (answer["mode"], answer["patterns"]) == ("rgb", 2)


@pytest.mark.parametrize("mode", ["auto", "binary", "gray"])
@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.usefixtures("processes")
def test_parts_are_together_what_is_collected_at_once(folder, monkeypatch, mode, odd):
    write(folder, ["gray", "two levels"], count=40)
    (folder / "a.txt").write_text("hello")
    if odd:
        picture(folder / "odd.png", np.ones(90), (9, 10))
    found, plan = find([folder], "stem"), Plan(None, mode, None, None)
    whole, expected = collect(found, plan)
    monkeypatch.setattr(collecting, "PART_BYTES", 100)
    told = collecting.Report()
    parts = list(collecting.collect_parts(found, plan, told))
    assert (len(parts) > 1) == (mode != "auto")
    assert told == expected
    together = reduce(memory_file.appended, parts)
    for member in ("mode", "shape"):
        assert getattr(together, member) == getattr(whole, member)
    for member in ("patterns", "names", "labels", "label_names"):
        assert np.array_equal(getattr(together, member), getattr(whole, member))


def test_nothing_to_read_is_said_of_parts_too(folder):
    (folder / "a.png").write_text("hello")
    with pytest.raises(PictureError, match="no readable picture"):
        list(collecting.collect_parts(find([folder], "none"), Plan(None, "gray", None, None),
                                      collecting.Report()))  # fmt: skip
