"""The memory file: what it holds, and what is refused."""

import os
import stat
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hopcli.binary import packing
from hopcli.errors import MemoryFileError
from hopcli.storage import atomic, memory_file
from hopcli.storage.memory_file import Memory, appended, memory_of


def small(patterns=3, neurons=70, labels=("a", None, "b")):
    states = np.random.default_rng(0).choice([-1, 1], (patterns, neurons)).astype(np.int8)
    names = [f"{k}.png" for k in range(patterns)]
    return memory_of("binary", (1, neurons), packing.pack(states), names, list(labels))


def same(one: Memory, other: Memory):
    return (one.mode, one.shape) == (other.mode, other.shape) and all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("patterns", "names", "labels", "label_names")
    )


def test_members_are_those_of_the_contract(folder):
    memory_file.save(small(), folder / "m.npz")
    with np.load("m.npz", allow_pickle=False) as members:
        assert int(members["format"]) == 1
        assert str(members["mode"]) == "binary"
        assert members["shape"].tolist() == [1, 70]
        assert members["patterns"].dtype == np.uint64
        assert members["patterns"].shape == (3, 2)
        assert members["names"].tolist() == ["0.png", "1.png", "2.png"]
        assert members["labels"].tolist() == [0, -1, 1]
        assert members["label_names"].tolist() == ["a", "b"]


def test_bit_i_is_neuron_i_least_significant_first_and_spare_bits_are_0():
    state = -np.ones((1, 70), dtype=np.int8)
    state[0, [0, 3, 64]] = 1
    assert packing.pack(state).tolist() == [[0b1001, 0b1]]


@settings(max_examples=50)
@given(
    names=st.lists(st.text(st.characters(blacklist_characters="\0"), min_size=1), min_size=1),
    seed=st.integers(0, 99),
)
def test_round_trip(tmp_path_factory, names, seed):
    path = tmp_path_factory.mktemp("memory") / "m.npz"
    rng = np.random.default_rng(seed)
    states = rng.choice([-1, 1], (len(names), 65)).astype(np.int8)
    labels = [None if rng.random() < 0.3 else names[0] for _ in names]
    memory = memory_of("binary", (5, 13), packing.pack(states), names, labels)
    size = memory_file.save(memory, path)
    assert size == path.stat().st_size
    assert same(memory_file.load(path), memory)
    assert [memory.label(k) for k in range(len(names))] == labels


def test_the_same_memory_is_the_same_bytes(folder):
    for name in ("a.npz", "b.npz"):
        memory_file.save(small(), folder / name)
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()


def test_appending_keeps_what_was_there_and_merges_labels():
    old = small(labels=("a", None, "b"))
    new = small(labels=("b", "c", None))
    both = appended(old, new)
    assert [both.label(k) for k in range(6)] == ["a", None, "b", "b", "c", None]
    assert np.array_equal(both.patterns[:3], old.patterns)
    assert np.array_equal(both.patterns[3:], new.patterns)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    path = folder / "m.npz"
    memory_file.save(small(), path)
    before = path.read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        memory_file.save(small(labels=("x", "y", "z")), path)
    assert path.read_bytes() == before
    assert [p.name for p in folder.iterdir()] == ["m.npz"]


def test_links_are_followed_and_permissions_kept(folder):
    target = folder / "kept.npz"
    memory_file.save(small(), target)
    target.chmod(0o640)
    (folder / "link.npz").symlink_to(target)
    memory_file.save(small(labels=("q", "q", "q")), folder / "link.npz")
    assert (folder / "link.npz").is_symlink()
    assert memory_file.load(target).label(0) == "q"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_the_umask(folder):
    old = os.umask(0o027)
    try:
        memory_file.save(small(), folder / "m.npz")
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "m.npz").stat().st_mode) == 0o640


def members_of(memory, **changed):
    parts = {
        "format": np.array(1),
        "mode": np.array(memory.mode),
        "shape": np.array(memory.shape),
        "patterns": memory.patterns,
        "names": memory.names,
        "labels": memory.labels,
        "label_names": memory.label_names,
    }
    parts.update(changed)
    return {name: value for name, value in parts.items() if value is not None}


def refused(path, **changed):
    np.savez(path, **members_of(small(), **changed))
    with pytest.raises(MemoryFileError) as refusal:
        memory_file.load(path)
    return str(refusal.value)


def test_a_file_with_more_members_opens(folder):
    np.savez("m.npz", **members_of(small(), waves=np.eye(70)))
    assert same(memory_file.load(folder / "m.npz"), small())


@pytest.mark.parametrize(
    "changed",
    [
        {"format": np.array(0)},
        {"format": np.array("one")},
        {"mode": np.array("colour")},
        {"shape": np.array([7, 7])},
        {"shape": np.array([-1, 70])},
        {"shape": np.array([1, 70, 1])},
        {"patterns": small().patterns.astype(np.int64)},
        {"patterns": small().patterns[:2]},
        {"patterns": small().patterns | np.uint64(1 << 63)},
        {"names": np.array([1, 2, 3])},
        {"labels": np.array([0, 1, 2])},
        {"labels": np.array([0, 1])},
        {"label_names": np.array([1.5, 2.5])},
        {"names": np.array([], dtype=str), "patterns": small().patterns[:0]},
    ],
)
def test_a_damaged_member_is_refused(folder, changed):
    assert "is damaged" in refused(folder / "m.npz", **changed)


def test_a_newer_format_is_refused_by_its_number(folder):
    assert "has format 2" in refused(folder / "m.npz", format=np.array(2))


def test_what_is_no_memory_is_refused(folder):
    assert "not a memory" in refused(folder / "m.npz", labels=None)
    assert "is damaged" in refused(folder / "m.npz", names=np.array([{}], dtype=object))
    for content in (b"", b"hello", b"PK\x03\x04 no zip"):
        (folder / "m.npz").write_bytes(content)
        with pytest.raises(MemoryFileError, match="not a memory"):
            memory_file.load(folder / "m.npz")
    with zipfile.ZipFile("m.npz", "w") as archive:
        archive.writestr("format.npy", b"no array")
    with pytest.raises(MemoryFileError, match="is damaged: of its member format"):
        memory_file.load(folder / "m.npz")
    with pytest.raises(MemoryFileError, match="there is no memory"):
        memory_file.load(folder / "absent.npz")


def test_a_truncated_memory_is_refused(folder):
    memory_file.save(small(), folder / "m.npz")
    whole = (folder / "m.npz").read_bytes()
    for length in range(0, len(whole) - 1, 37):
        (folder / "m.npz").write_bytes(whole[:length])
        with pytest.raises(MemoryFileError):
            memory_file.load(folder / "m.npz")
