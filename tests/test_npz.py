"""Arrays in a file, mapped where they can be and read where they cannot: the same either way."""

import hashlib
import io
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


def read(path, names):
    with npz.opened(path) as archive:
        return {name: archive.read(archive.array(name), prefetch=True) for name in names}


def written(path, members):
    with path.open("wb") as stream:
        npz.write(stream, members)
    return path


def test_numpy_opens_what_is_written(folder):
    path = written(folder / "a.npz", arrays())
    with np.load(path, allow_pickle=False) as members:
        assert members.files == [*arrays(), "digests"]
        for name, values in arrays().items():
            assert np.array_equal(members[name], values)
            assert members[name].dtype == values.dtype
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("rows", [1, 2, 63, 1000])
def test_every_array_is_mapped_and_aligned(folder, rows):
    path = written(folder / "a.npz", arrays(rows))
    found = read(path, list(arrays()))
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
    found = read(folder / "a.npz", list(members))
    for name, values in members.items():
        assert np.array_equal(found[name], values)
        assert found[name].flags.c_contiguous
        assert found[name].flags.aligned


def test_nothing_that_is_done_to_an_array_reaches_the_file(folder):
    path = written(folder / "a.npz", arrays())
    before = path.read_bytes()
    read(path, ["words"])["words"][:] = 0
    assert path.read_bytes() == before


def test_a_file_that_is_replaced_stays_what_it_was_for_who_has_it_open(folder):
    path = written(folder / "a.npz", arrays())
    words = read(path, ["words"])["words"]
    written(folder / "b.npz", arrays(5)).replace(path)
    assert np.array_equal(words, arrays()["words"])
    assert len(read(path, ["words"])["words"]) == 5


def test_digests_are_those_of_the_members_and_vouch_for_them(folder):
    path = written(folder / "a.npz", arrays())
    with zipfile.ZipFile(path) as archive:
        found = [hashlib.sha256(archive.read(f"{name}.npy")).digest() for name in arrays()]
    assert [row.tobytes() for row in read(path, ["digests"])["digests"]] == found
    with npz.opened(path) as archive:
        assert npz.verify_digests(archive) == (4, 4)
    np.savez("a.npz", **arrays())
    with npz.opened(path) as archive:
        assert npz.verify_digests(archive) == (4, 0)


@pytest.mark.parametrize("kind", [np.savez, np.savez_compressed])
def test_a_comment_and_sizes_beyond_32_bits_are_read(folder, kind):
    kind("a.npz", **arrays())
    with zipfile.ZipFile("a.npz", "a") as archive:
        archive.comment = b"made by hand"
    assert np.array_equal(read(folder / "a.npz", ["words"])["words"], arrays()["words"])


def test_an_array_beyond_4_gib_is_found(folder):
    """What comes after it as well; the file is mostly a hole."""
    path = folder / "a.npz"
    members = {"large": np.empty((1, 0)), "words": arrays()["words"]}
    large, size = written(folder / "b.npz", members), 2**32 + 64
    content = large.read_bytes()
    with zipfile.ZipFile(large) as archive:
        first, second = archive.infolist()[:2]
        start = first.header_offset + 30 + len(first.filename) + len(first.extra) + 20
    header = bytearray(content[: start + 128])
    text = b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }" % size
    header[start + 10 : start + 128] = text.ljust(117) + b"\n"
    with path.open("wb") as stream:
        stream.write(header)
        stream.seek(size, 1)
        moved = stream.tell() - second.header_offset
        stream.write(content[second.header_offset : archive.start_dir])
        with zipfile.ZipFile(stream, "w") as new:
            new.start_dir = stream.tell()
            for info in archive.infolist():
                info.header_offset += moved if info is not first else 0
                new.filelist.append(info)
            first.file_size = first.compress_size = 128 + size
            new._didModify = True
    found = read(path, ["words"])
    assert np.array_equal(found["words"], arrays()["words"])
    with npz.opened(path) as archive:
        assert archive.array("large").header.shape == (size,)
        assert archive.array("large").mapped


def test_a_header_that_says_more_than_there_is_is_refused(folder):
    path = written(folder / "a.npz", arrays())
    content = bytearray(path.read_bytes())
    place = content.index(b"(300, 3)")
    content[place : place + 8] = b"(999, 3)"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not of the size that it says"):
        read(path, ["words"])
