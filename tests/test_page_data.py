"""The data of the page: what it lists, its plane, its β, its sizes, and its networks."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from page_memories import binary_memory, folded, packed, picture_memory, shown, unpacked

from hopcli.continuous import classification, sharpness, similarities
from hopcli.continuous.byte_patterns import BytePatterns
from hopcli.errors import HopError
from hopcli.model.page import memory as page_memory
from hopcli.model.page.memory import check_size
from hopcli.storage import memory_file

ROOT = Path(__file__).parent.parent


def data(memory, complete=True):
    return unpacked(packed(memory, complete=complete))


def test_patterns_arrive_as_they_are_stored():
    binary = binary_memory(np.random.default_rng(0).choice([-1, 1], (5, 70)), [*"abab", None])
    found = data(binary)
    assert found["patterns"].tobytes() == binary.stored.patterns.tobytes()
    assert found["labels"].tolist() == [0, 1, 0, 1, -1]
    assert found["about"]["labelNames"] == ["a", "b"]
    grey = picture_memory()
    assert np.array_equal(data(grey)["patterns"].reshape(12, 30), grey.stored.patterns)


def test_points_are_those_of_the_listed_patterns_in_the_plane():
    memory = picture_memory()
    found = data(memory)
    levels = memory.levels(np.arange(12)) / 255
    points = (levels - found["centre"]) @ found["axes"].reshape(2, -1).T
    assert found["points"] == pytest.approx(points.ravel(), abs=1e-5)
    assert sum(found["about"]["shares"]) <= 1


def test_of_many_patterns_some_are_listed_and_large_ones_shrunk():
    about = data(picture_memory(count=1100, shape=(2, 2), labels=""))["about"]
    assert (len(about["listed"]), about["patterns"]) == (1000, 1100)
    assert about["listed"][-1] == 1099
    found = data(picture_memory(count=2, shape=(200, 100), mode="rgb", labels=""))
    assert found["about"]["thumbnails"] == {"height": 64, "width": 32}
    assert len(found["thumbnails"]) == 2 * 64 * 32 * 3


@pytest.mark.parametrize(
    ("neurons", "shape"), [(1, (1, 1)), (64, (8, 8)), (48, (6, 8)), (7, (1, 7)), (22, (2, 11))]
)
def test_rows_that_make_a_rectangle_are_shown_as_one(neurons, shape):
    memory = binary_memory(np.ones((2, neurons))).stored
    expected = shape if shape[1] <= 4 * shape[0] else (1, neurons)
    assert folded(memory).stored.shape == expected


@pytest.mark.parametrize("binary", [False, True])
def test_betas_are_those_of_the_commands(binary):
    if binary:
        states = np.random.default_rng(0).choice([-1, 1], (8, 40))
        memory, scale = binary_memory(states, list("abababab")), 4
    else:
        memory, scale = picture_memory(), 1
    patterns = BytePatterns(memory.stored.in_levels().patterns)
    auto = sharpness.auto(patterns, similarities.get("l2"))
    among = scale * patterns.squared_distances(patterns.rows(np.arange(len(patterns))))
    expected = classification.auto_beta(among, np.arange(len(patterns)), memory.labels)
    betas = data(memory)["about"]["betas"]
    assert betas["recall"] == (1 if binary else pytest.approx(auto))
    assert betas["label"] == pytest.approx(auto)
    assert betas["picture"] == pytest.approx(expected)


def test_a_beta_that_takes_long_is_left_for_later(monkeypatch):
    betas = data(picture_memory())["about"]["betas"]
    monkeypatch.setattr(page_memory, "MAX_DISTANCES", 12 * 12 - 1)
    late = picture_memory()
    assert data(late, complete=False)["about"]["betas"] == betas | {"picture": 0.0}
    assert late.classification_beta == betas["picture"]
    assert data(late)["about"]["betas"] == betas


def test_binary_memories_too_large_for_levels_clamp_nothing(monkeypatch):
    monkeypatch.setattr(page_memory, "MAX_LEVELS", 15)
    betas = data(binary_memory(np.ones((2, 8)), ["a", "b"]))["about"]["betas"]
    assert betas == {"recall": 1.0, "label": None, "picture": None}
    unlabelled = data(picture_memory(labels=""))["about"]["betas"]
    assert (unlabelled["label"], unlabelled["picture"]) == (None, None)


def test_what_is_too_large_is_refused_in_one_line():
    memory = picture_memory(count=4, shape=(1024, 512), labels="")
    check_size(memory.stored, memory.name, 2**21, 0, "give a smaller one")
    with pytest.raises(HopError, match=r"2.0 MiB of pixels, but the page takes 1 MiB; give"):
        check_size(memory.stored, memory.name, 2**20, 0, "give a smaller one")


def test_learned_weights_count_by_themselves(hop, folder, random_memory):
    random_memory(patterns=3, shape=(16, 16))
    assert hop("learn", "--rule", "hebbian").code == 0
    memory = shown(memory_file.load(folder / "memory.npz"))
    assert data(memory)["weights"].dtype == np.int8
    check_size(memory.stored, memory.name, 2**20, 2**18, "")
    with pytest.raises(HopError, match="learned weights"):
        check_size(memory.stored, memory.name, 2**20, 2**18 - 1, "")


def test_every_energy_and_similarity_is_listed():
    about = data(binary_memory([[1, -1]]))["about"]
    assert {"classical", "poly", "exp"} <= {one["name"] for one in about["energies"]}
    assert about["energy"] == "exp"
    about = data(picture_memory())["about"]
    assert [one["name"] for one in about["similarities"]] == list(similarities.names())
    forms = {one["name"]: one["form"] for one in about["similarities"]}
    assert forms["l2"] == "l2"


def test_names_are_told_as_they_are():
    memory = picture_memory(count=1, labels=["</script><b>"])
    names = np.array(["<!--\u2028"])
    memory = dataclasses.replace(memory, stored=dataclasses.replace(memory.stored, names=names))
    found = data(memory)
    assert (found["names"], found["about"]["labelNames"]) == (["<!--\u2028"], ["</script><b>"])


NEW_INTERACTION = """
from dataclasses import dataclass
from typing import ClassVar
from hopcli.binary.interactions.abstract import AbstractInteraction
from hopcli.parameters import Parameter

@dataclass(frozen=True)
class Cubes(AbstractInteraction):
    name: ClassVar[str] = "positive-cubes"
    summary: ClassVar[str] = "max(x, 0)³"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("shift", int, 0, "Unused."),)
    shift: int = 0

    def difference(self, y):
        return max(y + 1, 0) ** 3 - max(y - 1, 0) ** 3

    def energy(self, values, counts, *, neurons, known):
        return -sum(c * max(m, 0) ** 3 for m, c in zip(values, counts)) / neurons**2

MEMBER = Cubes
"""
NEW_SIMILARITY = """
from hopcli.continuous.similarities.l2 import SquaredDistance

class Sixth(SquaredDistance):
    name = "sixth"
    summary = "a new one"

    def page(self):
        return {"form": None}

MEMBER = Sixth
"""
ASK = """
import json, sys
import numpy as np
from hopcli.model.page import networks
binary, grey = networks.energies("binary", 4), networks.similarities("gray")
print(json.dumps([binary, grey]))
"""


def test_new_files_of_an_interaction_and_a_similarity_are_listed(folder):
    shutil.copytree(
        ROOT / "hopcli", folder / "hopcli", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "hopcli/binary/interactions/positive_cubes.py").write_text(NEW_INTERACTION)
    (folder / "hopcli/continuous/similarities/sixth.py").write_text(NEW_SIMILARITY)
    ran = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    energies, similar = json.loads(ran.stdout)
    (cubes,) = (one for one in energies if one["name"] == "positive-cubes")
    assert cubes["summary"] == "positive-cubes of shift 0"
    assert cubes["parameters"] == []
    assert cubes["form"]["differences"] == [0, 0, 0, 0, 0, 1, 8, 26, 56, 98, 152]
    assert cubes["form"]["energies"] == [0, 0, 0, 0, 0, 1 / 16, 0.5, 27 / 16, 4]
    assert {"name": "sixth", "summary": "a new one", "form": None} in similar
