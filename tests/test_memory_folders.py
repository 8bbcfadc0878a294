"""Commands take a folder of shards like a file, in one piece or shard by shard."""

import shutil

import numpy as np
import pytest
from conftest import SAMPLES, picture

from hopcli.storage import memories


@pytest.fixture(params=["one piece", "shard by shard"], autouse=True)
def how(request, monkeypatch):
    if request.param == "shard by shard":
        monkeypatch.setattr(memories, "READ_WHOLE", 0)


def store(hop, source, *options):
    """The same pictures as a file and as a folder."""
    one = hop("store", source, "-m", "one.npz", *options, "--json").json
    several = hop("store", source, "-m", "several/", "--shard-size", 5, *options, "--json").json
    for key in ("patterns", "shape", "mode", "labels"):
        assert one[key] == several[key]


def answers(hop, *arguments):
    """What a command says of either, without what names them and clocks."""
    found = [hop(*arguments, "-m", memory, "--json").json for memory in ("one.npz", "several")]
    return [{**answer, "memory": None, "seconds": None, "bytes": None} for answer in found]


@pytest.fixture
def letters(hop, folder):
    shutil.copytree(SAMPLES / "whole", "pictures")
    store(hop, "pictures", "--size", "16x16")
    return [SAMPLES / "damaged" / name for name in ("A-noisy.png", "R-half.png", "key-noisy.png")]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--update", "sync"),
        ("--energy", "exp", "--beta", "0.05"),
        ("--energy", "classical"),
        ("--energy", "classical", "--update", "sync"),
        ("--energy", "poly", "--degree", "5", "--order", "sequential", "--clamp"),
        ("--noise", "0.2", "--occlude", "0.3", "--clamp"),
    ],
    ids=" ".join,
)
def test_recall(hop, letters, options):
    one, several = answers(hop, "recall", *letters, *options, "--max-sweeps", 5, "--align", "off")
    assert several == one


def test_recall_with_a_mask_and_pictures_of_the_way(hop, folder, letters):
    mask = np.where(np.arange(256) % 3, 1, -1)
    picture(folder / "mask.png", mask, (16, 16))
    arguments = ["recall", letters[0], "--mask", "mask.png", "--energy", "poly"]
    one, several = answers(hop, *arguments, "--gif", "way.gif", "--plot", "way.png")
    assert several == one


def test_classify_generate_and_info(hop, letters):
    for arguments in (
        ("classify", *letters),
        ("classify", letters[0], "--beta", "0.01"),
        ("generate", "letters", "--count", "2"),
    ):
        one, several = answers(hop, *arguments)
        assert close(several, one)
    one, several = answers(hop, "info")
    if several["closest"] is None:
        one["closest"] = None
    assert several == one


@pytest.mark.parametrize("similarity", ["l2", "cosine"])
def test_pictures_in_colour(hop, folder, similarity):
    shutil.copytree(SAMPLES / "portraits", "pictures")
    store(hop, "pictures", "--size", "12x12")
    cues = sorted((SAMPLES / "damaged-portraits").iterdir())
    one, several = answers(hop, "recall", *cues, "--similarity", similarity, "--align", "off")
    assert close(several, one)
    one, several = answers(hop, "classify", *cues, "--align", "off")
    assert close(several, one)
    one, several = answers(hop, "generate", "robots")
    assert close(several, one)


def close(one, other):
    """Whether two answers are the same, numbers to a millionth."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-6, abs=1e-6)
    return one == other


def test_a_missing_shard_is_said(hop, folder, letters):
    (folder / "several" / "00003.npz").unlink()
    for arguments in (["recall", letters[0]], ["info"], ["classify", letters[0]]):
        assert "00003.npz is missing" in hop(*arguments, "-m", "several").error
