"""MATLAB's and Octave's files."""

import sys

import numpy as np
import pytest

import hopcli
from hopcli.errors import PictureError

scipy_io = pytest.importorskip("scipy.io")
RNG = np.random.default_rng(0)
ROWS = RNG.choice([-1.0, 1.0], (6, 20))


def older(variables):
    scipy_io.savemat("x.mat", variables)


def newer(variables):
    h5py = pytest.importorskip("h5py")
    with h5py.File("x.mat", "w", userblock_size=512) as file:
        for name, values in variables.items():
            file[name] = np.asarray(values).T
    with open("x.mat", "r+b") as stream:  # noqa: PTH123
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512))


@pytest.mark.parametrize("save", [older, newer])
def test_a_variable_is_read_and_its_columns_are_patterns_where_that_is_said(hop, folder, save):
    save({"x": ROWS, "y": np.arange(6.0)[None]})
    error = hop("store", "x.mat").error
    assert "x.mat holds 2 arrays (x, y); name one, as in x.mat:x" in error
    memory = hopcli.store("x.mat:x", labels="x.mat:y")
    assert np.array_equal(memory.patterns, ROWS)
    assert memory.labels == ["0", "1", "2", "3", "4", "5"]
    save({"x": ROWS.T})
    assert np.array_equal(hopcli.store("x.mat", columns=True).patterns, ROWS)
    answer = hop("store", "x.mat", "--json")
    assert "--columns takes its columns" not in answer.err
    assert hop("recall", "x.mat", "--json").json["recalls"][5]["overlap"] == 1


@pytest.mark.parametrize("save", [older, newer])
def test_pictures_are_counted_by_the_last_axis_in_matlab(folder, save):
    save({"x": np.moveaxis(ROWS.reshape(6, 4, 5), 0, -1)})
    memory = hopcli.store("x.mat", columns=True)
    assert memory.shape == (4, 5)
    assert np.array_equal(memory.patterns, ROWS)


def test_octave_writes_text(folder):
    (folder / "x.mat").write_text(
        "# Created by Octave 8.4.0\n# name: x\n# type: matrix\n# rows: 2\n# columns: 3\n"
        " 1 -1 1\n -1 -1 1\n\n\n"
    )
    assert hopcli.store("x.mat").patterns.tolist() == [[1, -1, 1], [-1, -1, 1]]


@pytest.mark.parametrize("save", [older, newer])
def test_a_damaged_file_is_refused_in_one_line(hop, folder, save):
    save({"x": ROWS})
    content = (folder / "x.mat").read_bytes()
    (folder / "x.mat").write_bytes(content[:600] if save is newer else content[:150])
    assert "x.mat is no file of MATLAB's, or a damaged one" in hop("store", "x.mat").error


def test_what_is_not_installed_is_named(folder, monkeypatch):
    older({"x": ROWS})
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(PictureError, match=r"pip install 'hopcli\[formats\]'"):
        hopcli.store("x.mat")
