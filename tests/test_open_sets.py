"""A new interaction, rule or similarity is one file, and nothing else has to change for it.

The package is copied, a file is added to each set, and the copy is used in processes of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hopcli

PACKAGE = Path(hopcli.__file__).parent
FILES = {
    "binary/interactions/rectified_cube.py": '''
"""F(x) = max(x, 0)³ times a gain, which tells a pattern from its negative."""

from dataclasses import dataclass
from typing import ClassVar

from hopcli.binary.interactions.abstract import AbstractInteraction
from hopcli.parameters import Parameter

GAIN = Parameter("gain", int, 1, "A factor of F.", low=1, high=100)


@dataclass(frozen=True)
class RectifiedCube(AbstractInteraction):
    """F(x) = gain · max(x, 0)³."""

    name: ClassVar[str] = "rectified-cube"
    summary: ClassVar[str] = "a rectified cube"
    parameters: ClassVar[tuple[Parameter, ...]] = (GAIN,)

    gain: int = GAIN.default

    def difference(self, y):
        return self.gain * (max(y + 1, 0) ** 3 - max(y - 1, 0) ** 3)

    def energy(self, values, counts, *, neurons, known):
        terms = zip(values, counts, strict=True)
        return -self.gain * sum(c * max(v, 0) ** 3 for v, c in terms) / neurons**2


MEMBER = RectifiedCube
''',
    "binary/rules/shrunk.py": '''
"""Hebb's weights divided by one plus a shrinkage."""

from dataclasses import dataclass
from typing import ClassVar

from hopcli.binary.rules.abstract import AbstractRule, Learned, ignored
from hopcli.parameters import Parameter

SHRINKAGE = Parameter("shrinkage", float, 1.0, "How much smaller weights are.", low=0)


@dataclass(frozen=True)
class Shrunk(AbstractRule):
    """W = ξᵀξ / (N (1 + shrinkage))."""

    name: ClassVar[str] = "shrunk"
    summary: ClassVar[str] = "smaller weights of Hebb's"
    parameters: ClassVar[tuple[Parameter, ...]] = (SHRINKAGE,)

    shrinkage: float = SHRINKAGE.default

    def learn(self, patterns, *, rng=None, on_sweep=ignored):
        import numpy as np

        rows = patterns.astype(np.float64)
        matrix = rows.T @ rows / rows.shape[1] / (1 + self.shrinkage)
        np.fill_diagonal(matrix, 0)
        return Learned(matrix)


MEMBER = Shrunk
''',
    "continuous/similarities/quartic.py": '''
"""Minus the sum of the fourth powers of differences."""

from hopcli.continuous.similarities.abstract import AbstractSimilarity


class Quartic(AbstractSimilarity):
    """s = −Σ_i (θ_μi − x_i)⁴."""

    name = "quartic"
    summary = "fourth powers"

    def compare(self, rows, x):
        import numpy as np

        return -np.nansum((rows - x[..., None, :]) ** 4, axis=-1)


MEMBER = Quartic
''',
}


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Run Python with the copy, in a folder with two memories."""
    folder = tmp_path_factory.mktemp("copy")
    # With the compiled kernels, whose sources are as old as those of the package.
    shutil.copytree(PACKAGE, folder / "hopcli")
    for name, text in FILES.items():
        (folder / "hopcli" / name).write_text(text.lstrip())
    rng = np.random.default_rng(0)
    np.save(folder / "x.npy", rng.choice([-1, 1], (6, 64)).astype(np.int8))
    np.save(folder / "grey.npy", rng.integers(256, size=(4, 64), dtype=np.uint8))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=folder, capture_output=True, text=True,
            check=False, env={**os.environ, "PYTHONPATH": str(folder)},
        )  # fmt: skip

    def hop(*arguments):
        return run("-m", "hopcli", *arguments)

    run.hop = hop
    assert hop("store", "x.npy", "--size", "8x8", "-m", "binary.npz").returncode == 0
    assert hop("store", "grey.npy", "--size", "8x8", "-m", "grey.npz").returncode == 0
    return run


def answer(ran):
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_an_interaction(python):
    recall = ("recall", "x.npy", "-m", "binary.npz", "--noise", 0.1, "--json")
    found = answer(python.hop(*recall, "--energy", "rectified-cube", "--gain", 2))
    assert {recalled["outcome"] for recalled in found["recalls"]} == {"memory"}
    assert found["energy"] == "rectified-cube"
    refused = python.hop(*recall, "--gain", 2)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--gain 2 was given" in refused.stderr
    assert python.hop(*recall, "--energy", "rectified-cube", "--gain", 0).returncode == 2
    capacity = answer(
        python.hop("capacity", "--n", 20, "--energy", "rectified-cube", "--gain", 3, "--trials", 10,
                   "--json")
    )  # fmt: skip
    assert (capacity["energy"], capacity["gain"], capacity["degree"]) == ("rectified-cube", 3, None)
    assert {point["method"] for point in capacity["curve"]} >= {"stored"}
    assert capacity["stored"]["patterns"] > 3
    for command in ("recall", "capacity"):
        shown = python.hop(command, "--help").stdout
        assert "rectified-cube" in shown
        assert "--gain" in shown


def test_a_rule(python):
    learned = answer(
        python.hop("learn", "-m", "binary.npz", "--rule", "shrunk", "--shrinkage", 3, "--json")
    )
    assert (learned["rule"], learned["shrinkage"], learned["stable"]) == ("shrunk", 3, 1)
    recall = ("recall", "x.npy", "-m", "binary.npz", "--energy", "classical", "--json")
    assert answer(python.hop(*recall))["recalls"][0]["outcome"] == "memory"
    refused = python.hop("learn", "-m", "binary.npz", "--shrinkage", 3)
    assert refused.returncode == 2
    assert "--rule shrunk" in refused.stderr
    capacity = answer(
        python.hop("capacity", "--n", 20, "--rule", "shrunk", "--shrinkage", 2, "--trials", 10,
                   "--json")
    )  # fmt: skip
    assert (capacity["rule"], capacity["shrinkage"]) == ("shrunk", 2)
    assert {point["method"] for point in capacity["curve"]} == {"stored"}
    assert "shrunk" in python.hop("learn", "--help").stdout


def test_a_similarity(python):
    found = answer(
        python.hop("recall", "grey.npy", "-m", "grey.npz", "--noise", 0.02, "--similarity",
                   "quartic", "--json")
    )  # fmt: skip
    assert {recalled["outcome"] for recalled in found["recalls"]} == {"memory"}
    assert "quartic" in python.hop("recall", "--help").stdout


def test_all_in_the_library_and_on_the_page(python):
    ran = python("-c", """
import json
import numpy as np
import hopcli
from hopcli.model.page import networks

x = np.load("x.npy")
memory = hopcli.Memory(x)
found = memory.recall(x[2], energy="rectified-cube", gain=2)
grey = hopcli.load("grey.npz")
similar = grey.recall(grey.patterns[1], similarity="quartic")
stable = memory.learn("shrunk", shrinkage=0.5).stable
capacity = hopcli.capacity(n=20, energy="rectified-cube", trials=10)
print(json.dumps([
    found.index, similar.index, stable, capacity.patterns > 3,
    [each["name"] for each in networks.energies("binary", 64)],
    [each["name"] for each in networks.similarities("gray")],
]))
""")  # fmt: skip
    index, similar, stable, enough, energies, similarities = answer(ran)
    assert (index, similar, stable, enough) == (2, 1, 1.0, True)
    assert "rectified-cube" in energies
    assert "quartic" in similarities
