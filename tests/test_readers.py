"""File formats are an open set: one file each, found by its package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hopcli
from hopcli.errors import PictureError
from hopcli.formats import readers
from hopcli.formats.limits import Limits

NEW_FORMAT = '''
"""Numbers with a blank between them, a pattern a line."""

import numpy as np

from hopcli.formats.readers.abstract import AbstractReader


class Blanks(AbstractReader):
    """Lines of numbers."""

    name = "table"
    extensions = (".blanks",)
    rows = True

    def recognises(self, start, path):
        """Tell the format by its first word."""
        return start.startswith(b"blanks")

    def read(self, path, name, limits):
        """Read the lines."""
        from hopcli.formats.arrays import Rows

        lines = path.read_text().removeprefix("blanks").split("\\n")
        values = np.array([line.split() for line in lines if line], dtype=float)
        return Rows(values, [f"{name}[{row}]" for row in range(len(values))])


MEMBER = Blanks()
'''


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/x.npy", "NumPy array"), ("X.NPY", "NumPy array"), (".npy", "picture"),
        ("x.npz", "NumPy archive"), ("x.png", "picture"), ("x.JPEG", "picture"),
        ("x.txt", "table or drawing in text"), ("x", "picture"), ("-", "picture"),
        ("npy", "picture"),
    ],
)  # fmt: skip
def test_a_format_is_that_of_the_extension(path, name):
    assert readers.of(path).name == name


def test_a_file_without_a_known_extension_is_told_by_its_content(hop, folder):
    with Path("patterns.data").open("wb") as stream:
        np.save(stream, np.array([[1, -1, 1], [1, 1, -1]]))
    assert readers.of("patterns.data").name == "NumPy array"
    assert hop("store", "patterns.data", "--json").json["patterns"] == 2


def test_a_memory_is_no_pattern(hop, folder):
    np.save("x.npy", np.eye(3, dtype=int))
    assert hop("store", "x.npy").code == 0
    with pytest.raises(PictureError, match=r"memory\.npz is a memory, which is not read"):
        readers.of("memory.npz").read(Path("memory.npz"), "memory.npz", Limits())


def test_a_new_format_is_one_file(folder):
    package = folder / "copy" / "hopcli"
    shutil.copytree(
        Path(hopcli.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "formats" / "readers" / "blanks.py").write_text(NEW_FORMAT)
    (folder / "data").mkdir()
    (folder / "data" / "x.blanks").write_text("1 -1 1 1\n-1 -1 1 1\n")
    (folder / "told").write_text("blanks 1 -1 1 1\n")

    def run(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        return subprocess.run(
            [sys.executable, "-m", "hopcli", *arguments], env=environment, check=True,
            capture_output=True, text=True, timeout=600,
        ).stdout  # fmt: skip

    assert '"patterns": 3' in run("store", "data", "told", "--json")
    with np.load("memory.npz") as members:
        assert members["names"].tolist() == ["x.blanks[0]", "x.blanks[1]", "told[0]"]
