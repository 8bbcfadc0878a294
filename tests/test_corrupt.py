"""`hop corrupt`."""

import numpy as np
import pytest
from conftest import SAMPLES
from PIL import Image

WHOLE = SAMPLES / "whole" / "letters" / "A.png"


def test_noise_flips_and_says_how_many(hop, folder):
    answer = hop("corrupt", WHOLE, "-o", "out.png", "--noise", 0.2, "--json").json
    with Image.open(WHOLE) as whole, Image.open("out.png") as damaged:
        differing = np.count_nonzero(np.asarray(whole) != np.asarray(damaged.convert("1")))
    assert (answer["changed"], answer["hidden"]) == (differing, 0)
    assert abs(differing / 4096 - 0.2) < 0.04


def test_what_is_hidden_is_transparent(hop, folder):
    answer = hop("corrupt", WHOLE, "-o", "out.png", "--occlude", "left", "--json").json
    assert answer["hidden"] == 2048
    with Image.open("out.png") as damaged:
        alpha = np.asarray(damaged)[..., 1]
    assert not alpha[:, :32].any()
    assert (alpha[:, 32:] == 255).all()


def test_a_corrupted_cue_is_what_recall_makes_of_the_whole_one(hop, folder):
    hop("store", SAMPLES / "whole")
    hop("corrupt", WHOLE, "-o", "out.png", "--noise", 0.3, "--occlude", 0.4, "--seed", 3)
    same = [
        hop("recall", *arguments, "--json").json["recalls"][0]
        for arguments in (["out.png"], [WHOLE, "--noise", 0.3, "--occlude", 0.4, "--seed", 3])
    ]
    assert same[0]["cue_overlap"] == same[1]["cue_overlap"]
    assert same[0]["energies"][0] == same[1]["energies"][0]
    assert same[0]["name"] == same[1]["name"] == "letters/A.png"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.png", "-o", "x.png"], "no file absent.png"),
        ([WHOLE, "-o", "x.jpg", "--occlude", "top"], "transparent"),
        ([WHOLE, "-o", "x.png", "--noise", -1], "--noise"),
        (["grey.png", "-o", "./grey.png", "--mode", "binary"], "would be overwritten"),
        (["grey.png", "-o", "x.png", "--mode", "grey"], "did you mean gray?"),
    ],
)
def test_bad_input(hop, folder, arguments, said):
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save("grey.png")
    assert said in hop("corrupt", *arguments).error
    assert not (folder / "x.png").exists()
