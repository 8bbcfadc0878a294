"""`hop classify`."""

import math

import numpy as np
import pytest
from conftest import picture

from hopcli.continuous.classification import classify
from hopcli.continuous.descent import Ended


def test_a_damaged_picture_finds_its_label(hop, folder, random_memory):
    patterns, names = random_memory()
    for k in (0, 4):
        cue = np.where(np.random.default_rng(k).random(256) < 0.2, -patterns[k], patterns[k])
        picture(folder / f"{k}.png", cue, (16, 16))
        (answer,) = hop("classify", f"{k}.png", "--json").json["classifications"]
        assert (answer["picture"], answer["label"]) == (f"{k}.png", names[k][0])
        assert answer["probability"] == answer["probabilities"][answer["label"]] > 0.99
        assert set(answer["probabilities"]) == {"a", "b"}
        assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-12)


def test_unlabelled_memories_take_no_part(hop, folder):
    states = np.random.default_rng(0).choice([-1, 1], (3, 64))
    for name, state in zip(("none.png", "x/1.png", "y/2.png"), states, strict=True):
        picture(folder / "p" / name, state, (8, 8))
    hop("store", "p")
    (answer,) = hop("classify", "p/none.png", "--json").json["classifications"]
    assert set(answer["probabilities"]) == {"x", "y"}
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-12)


def test_top_limits_what_people_see_but_not_the_json(hop, folder, random_memory):
    patterns, _ = random_memory()
    picture(folder / "cue.png", patterns[0], (16, 16))
    assert hop("classify", "cue.png", "--top", 1).out.startswith("cue.png: a 1.000; it is a/")
    answer = hop("classify", "cue.png", "--top", 1, "--json").json["classifications"][0]
    assert len(answer["probabilities"]) == 2


@pytest.mark.parametrize("lam", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("beta", [0.3, 1.0])
def test_the_end_is_a_fixed_point_of_both_layers(beta, lam):
    rng = np.random.default_rng(1)
    similarities, labels = rng.normal(0, 3, 12), np.arange(12) % 3
    found = classify(-2 * similarities, labels, 3, beta=beta, strength=lam)
    assert found.ended is not Ended.SPENT
    assert all(b <= a for a, b in zip(found.energies, found.energies[1:], strict=False))
    y = np.exp(lam * found.probabilities)
    y /= y.sum()
    z = [math.exp(beta * (s + lam * y[k])) for s, k in zip(similarities, labels, strict=True)]
    expected = [sum(w for w, k in zip(z, labels, strict=True) if k == label) for label in range(3)]
    assert found.probabilities == pytest.approx(np.array(expected) / sum(z), abs=1e-9)


def test_without_labels_there_is_nothing_to_find(hop, folder):
    picture(folder / "a.png", np.ones(64), (8, 8))
    hop("store", "a.png")
    assert "has no labels" in hop("classify", "a.png").error


@pytest.mark.parametrize("option", ["--beta", "--lambda"])
def test_parameters_must_be_positive(hop, folder, random_memory, option):
    patterns, _ = random_memory()
    picture(folder / "cue.png", patterns[0], (16, 16))
    assert option in hop("classify", "cue.png", option, -1).error
