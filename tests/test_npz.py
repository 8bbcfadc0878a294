"""Arrays in a file, mapped where they can be and read where they cannot: the same either way."""

import io
import struct
import zipfile

import numpy as np
import pytest

from hopcli.storage import npz


@pytest.fixture(autouse=True)
def everything_is_mapped(monkeypatch):
    monkeypatch.setattr(npz, "MAPPED_FROM", 0)


def arrays(rows=300):
    rng = np.random.default_rng(1)
    return {
        "number": np.array(1),
        "words": rng.integers(0, 2**63, (rows, 3), dtype=np.uint64),
        "names": np.array([f"{k}é.png" for k in range(rows)]),
        "none": np.array([], dtype=np.str_),
    }


def is_mapped(array):
    while isinstance(array, np.ndarray):
        array = array.base
    return array is not None and not isinstance(array, bytes)


def written(path, members):
    with path.open("wb") as stream:
        npz.write(stream, members)
    return path


def test_numpy_opens_what_is_written(folder):
    path = written(folder / "a.npz", arrays())
    with np.load(path, allow_pickle=False) as members:
        assert members.files == list(arrays())
        for name, values in arrays().items():
            assert np.array_equal(members[name], values)
            assert members[name].dtype == values.dtype
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("rows", [1, 2, 63, 1000])
def test_every_array_is_mapped_and_aligned(folder, rows):
    path = written(folder / "a.npz", arrays(rows))
    found = npz.read(path, list(arrays()), prefetch="words")
    for name, values in arrays(rows).items():
        assert np.array_equal(found[name], values)
        assert found[name].ctypes.data % npz.ALIGNMENT == 0 or values.size == 0
        assert is_mapped(found[name]) or values.ndim == 0


def test_the_same_arrays_make_the_same_bytes_in_a_file_and_a_pipe(folder):
    path = written(folder / "a.npz", arrays())

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise OSError

    assert path.read_bytes() == written(folder / "b.npz", arrays()).read_bytes()
    pipe = Pipe()
    npz.write(pipe, arrays())
    with np.load(io.BytesIO(pipe.getvalue())) as members:
        assert np.array_equal(members["words"], arrays()["words"])


@pytest.mark.parametrize("kind", ["compressed", "unaligned", "columns", "newer header"])
def test_files_of_other_programs_are_read(folder, kind):
    members = arrays()
    if kind == "columns":
        members["words"] = np.asfortranarray(members["words"])
    if kind == "newer header":
        with zipfile.ZipFile("a.npz", "w") as archive:
            for name, values in members.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, values, version=(3, 0))
                archive.writestr(f"{name}.npy", buffer.getvalue())
    else:
        (np.savez_compressed if kind == "compressed" else np.savez)("a.npz", **members)
    found = npz.read(folder / "a.npz", list(members), prefetch="words")
    for name, values in members.items():
        assert np.array_equal(found[name], values)
        assert found[name].flags.c_contiguous
        assert found[name].flags.aligned


def test_nothing_that_is_done_to_an_array_reaches_the_file(folder):
    path = written(folder / "a.npz", arrays())
    before = path.read_bytes()
    npz.read(path, ["words"], prefetch="words")["words"][:] = 0
    assert path.read_bytes() == before


def test_a_file_that_is_replaced_stays_what_it_was_for_who_has_it_open(folder):
    path = written(folder / "a.npz", arrays())
    words = npz.read(path, ["words"], prefetch="words")["words"]
    written(folder / "b.npz", arrays(5)).replace(path)
    assert np.array_equal(words, arrays()["words"])
    assert len(npz.read(path, ["words"], prefetch="words")["words"]) == 5


def test_an_absent_member_is_none(folder):
    path = written(folder / "a.npz", arrays())
    assert npz.read(path, ["words", "absent"], prefetch="words") is None


def test_a_header_that_says_more_than_there_is_is_refused(folder):
    path = written(folder / "a.npz", arrays())
    content = bytearray(path.read_bytes())
    place = content.index(b"(300, 3)")
    content[place : place + 8] = b"(999, 3)"
    path.write_bytes(content)
    with pytest.raises((ValueError, zipfile.BadZipFile, struct.error)):
        npz.read(path, ["words"], prefetch="words")
