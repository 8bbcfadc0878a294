"""Arrays as people have them: what each shape is taken as, in every format."""

import gzip
import zipfile

import numpy as np
import pytest

import hopcli
from hopcli.formats import readers
from hopcli.formats.limits import Limits
from hopcli.storage.memory_limit import MemoryLimit

RNG = np.random.default_rng(0)
LETTERS = RNG.choice([-1, 1], (5, 6, 4)).astype(np.int8)
COLOURS = RNG.integers(0, 256, (5, 6, 4, 3)).astype(np.uint8)


def idx(values):
    """An array of uint8 in the idx format."""
    head = bytes([0, 0, 8, values.ndim])
    return head + b"".join(side.to_bytes(4, "big") for side in values.shape) + values.tobytes()


@pytest.mark.parametrize(
    ("values", "shape", "mode"),
    [
        (LETTERS[0, 0], (1, 4), "binary"),
        (LETTERS[0], (1, 4), "binary"),
        (LETTERS, (6, 4), "binary"),
        (COLOURS[..., 0], (6, 4), "gray"),
        (COLOURS, (6, 4, 3), "rgb"),
    ],
)
def test_an_array_is_patterns_by_its_axes(folder, values, shape, mode):
    np.save("x.npy", values)
    np.savez("z.npz", other=np.eye(2), x=values)
    for source in ("x.npy", "z.npz:x"):
        memory = hopcli.store(source)
        assert (memory.shape, memory.mode) == (shape, mode)
        assert np.array_equal(memory.patterns.ravel(), values.ravel())
        found = memory.recall(source)
        starts = [each.start for each in (found if isinstance(found, list) else [found])]
        scale = 1 if mode == "binary" else 255
        assert np.allclose(np.array(starts) * scale, memory.patterns)


def test_an_array_of_colours_is_one_picture(hop, folder):
    np.save("x.npy", RNG.integers(0, 256, (16, 17, 3)).astype(np.uint8))
    answer = hop("store", "x.npy", "--json")
    assert answer.json["shape"] == [16, 17, 3]
    assert "x.npy was taken as one coloured picture of 17x16" in answer.err


def test_colours_become_grey_where_grey_is_asked_for(folder):
    np.save("x.npy", COLOURS)
    memory = hopcli.store("x.npy", mode="gray")
    luma = COLOURS @ [0.299, 0.587, 0.114]
    assert np.abs(memory.patterns.reshape(luma.shape) - luma).max() < 0.51


def test_arrays_of_one_shape_in_a_folder_are_a_picture_each(hop, folder):
    (folder / "f").mkdir()
    for k, letter in enumerate(LETTERS):
        np.save(f"f/{k}.npy", letter)
    answer = hop("store", "f", "--json")
    assert (answer.json["patterns"], answer.json["shape"]) == (5, [6, 4])
    assert answer.err == (
        "hop: note: each array of 6x4 was taken as a picture; name the files instead of their "
        "folder to take their rows\n"
    )
    assert hop("recall", "f/3.npy", "--json").json["recalls"][0]["name"] == "3.npy"
    np.save("f/5.npy", LETTERS[:, 0])
    assert hop("store", "f", "--force", "--json").json["patterns"] == 35


def test_an_archive_of_several_arrays_asks_for_a_name(hop, folder):
    np.savez_compressed("d.npz", x_train=LETTERS, y_train=np.arange(5))
    error = hop("store", "d.npz").error
    assert "d.npz holds 2 arrays (x_train, y_train); name one, as in d.npz:x_train" in error
    assert "holds no array x; it holds x_train, y_train" in hop("store", "d.npz:x").error
    assert hop("store", "d.npz:x_train", "--json").json["patterns"] == 5
    np.savez("one.npz", x=LETTERS)
    assert hopcli.store("one.npz").names[1] == "one.npz[1]"
    np.save("x.npy", LETTERS)
    assert "holds no arrays by name; leave :y out" in hop("store", "x.npy:y", "--force").error


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "a.idx3-ubyte", "b.gz"])
def test_idx(folder, name):
    content = idx(COLOURS[..., 0])
    (folder / name).write_bytes(gzip.compress(content) if name == "b.gz" else content)
    memory = hopcli.store(name)
    assert (memory.shape, memory.mode) == ((6, 4), "gray")
    assert np.array_equal(memory.patterns.ravel(), COLOURS[..., 0].ravel())


def test_what_unpacks_to_much_is_refused_before_it_does(folder):
    (folder / "i").write_bytes(gzip.compress(bytes([0, 0, 8, 1]) + b"\x7f\xff\xff\xff" + bytes(99)))
    with (
        zipfile.ZipFile("z.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as member,
    ):
        np.lib.format.write_array_header_1_0(
            member, {"descr": "|u1", "fortran_order": False, "shape": (2**31,)}
        )
        member.write(bytes(2**20))
    for name in ("i", "z.npz"):
        reader = readers.of(name)
        with pytest.raises(hopcli.HopError, match=r"memory|unpacks|damaged"):
            reader.read(folder / name, name, Limits(memory=MemoryLimit(2**20)))
