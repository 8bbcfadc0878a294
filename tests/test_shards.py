"""A memory in a folder of several files: what is written, what is kept, what is refused."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import picture

from hopcli.binary import packing
from hopcli.errors import MemoryFileError
from hopcli.storage import atomic, memory_file, sharding, shards
from hopcli.storage.memory_file import memory_of


def some(patterns, *, first=0, neurons=70, labels="ab"):
    """Patterns with numbers for names, whose labels come in turns."""
    rng = np.random.default_rng(first)
    states = rng.choice([-1, 1], (patterns, neurons)).astype(np.int8)
    names = [f"{first + k}.png" for k in range(patterns)]
    borne = [labels[k % len(labels)] for k in range(patterns)]
    return memory_of("binary", (1, neurons), packing.pack(states), names, list(borne))


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def same(one, other):
    return all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("patterns", "names", "labels", "label_names")
    )


@pytest.mark.parametrize("size", [1, 3, 7, 8, 100])
@pytest.mark.parametrize("batches", [(7,), (2, 5), (1, 1, 1, 4), (3, 3, 1)])
def test_shards_hold_what_one_memory_would(folder, size, batches):
    starts = np.cumsum((0, *batches[:-1])).tolist()
    parts = [
        some(n, first=f, labels="xyab"[k:])
        for k, (n, f) in enumerate(zip(batches, starts, strict=True))
    ]
    expected = parts[0]
    for part in parts[1:]:
        expected = memory_file.appended(expected, part)
    stored = sharding.store(folder / "m", parts, size=size, keep=False)
    found = shards.load(folder / "m")
    assert len(found) == len(stored) == 7
    assert [len(part) for part in found.parts()] == [min(size, 7 - k) for k in range(0, 7, size)]
    assert same(found.whole(), expected)
    rows = np.array([6, 0, 3, 3])
    assert np.array_equal(found.states(rows), expected.states(rows))
    assert np.array_equal(found.states(slice(2, 5)), expected.states(slice(2, 5)))
    for k in range(7):
        assert (found.name(k), found.label(k)) == (expected.name(k), expected.label(k))


def test_appending_rewrites_only_the_last_shard(folder):
    sharding.store(folder / "m", [some(7)], size=3, keep=False)
    before = contents(folder / "m")
    sharding.store(folder / "m", [some(4, first=7, labels="bc")], size=None, keep=True)
    after = contents(folder / "m")
    assert sorted(after) == ["00000.npz", "00001.npz", "00003.npz", "00004.npz", "memory.json"]
    assert all(after[name] == before[name] for name in ("00000.npz", "00001.npz"))
    whole = memory_file.appended(some(7), some(4, first=7, labels="bc"))
    assert same(shards.load(folder / "m").whole(), whole)
    assert [len(part) for part in shards.load(folder / "m").parts()] == [3, 3, 3, 2]


def test_the_same_patterns_make_the_same_bytes(folder):
    for name in ("a", "b"):
        sharding.store(folder / name, [some(7)], size=3, keep=False)
    assert contents(folder / "a") == contents(folder / "b")


class Full:
    """A disk that is full after so many files."""

    def __init__(self, monkeypatch, files):
        self.left = files
        self.sync = atomic.os.fsync
        monkeypatch.setattr(atomic.os, "fsync", self)

    def __call__(self, handle):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.sync(handle)


@pytest.mark.parametrize("room", range(8))
@pytest.mark.parametrize("keep", [True, False])
def test_a_full_disk_leaves_the_old_memory_whole(folder, monkeypatch, room, keep):
    sharding.store(folder / "m", [some(7)], size=3, keep=False)
    before = contents(folder / "m")
    with monkeypatch.context() as context:
        Full(context, room)
        with pytest.raises(OSError, match="No space"):
            sharding.store(folder / "m", [some(14, first=7)], size=3, keep=keep)
    assert contents(folder / "m") == before


@pytest.mark.parametrize("room", range(6))
def test_a_full_disk_leaves_nothing_of_a_new_memory(folder, monkeypatch, room):
    Full(monkeypatch, room)
    with pytest.raises(OSError, match="No space"):
        sharding.store(folder / "m", [some(7)], size=3, keep=False)
    assert not (folder / "m").exists()


def test_a_full_disk_is_one_line(hop, folder, monkeypatch):
    picture(folder / "a.png", some(1, neurons=64).states(slice(1)), (8, 8))
    hop("store", "a.png", "-m", "m/")
    before = contents(folder / "m")
    Full(monkeypatch, 0)
    said = hop("store", "a.png", "-m", "m", "--append").error
    assert "No space left on device; what was there before is as it was" in said
    assert contents(folder / "m") == before


def test_what_a_dead_writer_left_is_removed_by_the_next(folder):
    sharding.store(folder / "m", [some(7)], size=3, keep=False)
    (folder / "m" / "00003.npz").write_bytes(b"half a sh")
    (folder / "m" / ".00004.npz.abcdef01.tmp").write_bytes(b"")
    (folder / "m" / ".memory.json.abcdef01.tmp").write_bytes(b"")
    (folder / "m" / "notes.npz").write_bytes(b"mine")
    assert len(shards.load(folder / "m")) == 7
    sharding.store(folder / "m", [some(2, first=7)], size=None, keep=True)
    kept = ["00000.npz", "00001.npz", "00003.npz", "memory.json", "notes.npz"]
    assert files(folder / "m") == kept


def test_a_first_writer_that_died_is_no_memory_and_stored_over(hop, folder):
    picture(folder / "a.png", some(1, neurons=64).states(slice(1)), (8, 8))
    begun = shards.Index("gray", (9, 9), (), 5, 0, ())
    (folder / "m").mkdir()
    shards.write_index(folder / "m", begun)
    (folder / "m" / "00000.npz").write_bytes(b"half a sh")
    assert "not finished" in hop("info", "-m", "m").error
    assert hop("store", "a.png", "-m", "m/", "--json").json["patterns"] == 1
    assert hop("info", "-m", "m", "--json").json["shape"] == [8, 8]


@pytest.fixture
def stored(folder):
    sharding.store(folder / "m", [some(7)], size=3, keep=False)
    return folder / "m"


def refused(folder):
    with pytest.raises(MemoryFileError) as refusal:
        shards.load(folder).whole()
    return str(refusal.value)


def test_shards_that_are_not_what_the_index_says_are_refused(stored):
    path = stored / "00001.npz"
    memory_file.save(some(2, first=3), path)
    assert "its patterns: 2, not 3" in refused(stored)
    memory_file.save(some(3, neurons=64), path)
    assert "its shape: 64×1, not 70×1" in refused(stored)
    memory_file.save(some(3, labels="ba"), path)
    assert "its labels: b, a, not a, b" in refused(stored)
    gray = memory_of("gray", (1, 70), np.zeros((3, 70), np.uint8), list("abc"), [None] * 3)
    memory_file.save(gray, path)
    assert "its mode: gray, not binary" in refused(stored)
    path.write_bytes(b"hello")
    assert "is not a memory" in refused(stored)
    path.unlink()
    assert "00001.npz is missing, a shard of 3 patterns" in refused(stored)


def test_a_shard_that_is_gone_since_the_index_was_read(stored):
    memory = shards.load(stored)
    sharding.store(stored, [some(2)], size=3, keep=False)
    with pytest.raises(MemoryFileError, match="was changed while it was read"):
        memory.whole()


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "colour"},
        {"shape": [1, 70, 3]},
        {"shape": [0, 70]},
        {"shards": [{"file": "../00000.npz", "patterns": 3}]},
        {"shards": [{"file": "00000.npz", "patterns": 3}] * 2},
        {"shards": [{"file": "00000.npz", "patterns": "3"}]},
        {"shards": 7},
        {"label_names": [1]},
        {"next": 1},
        {"format": 0},
    ],
)
def test_a_damaged_index_is_refused(stored, changed):
    index = json.loads((stored / "memory.json").read_bytes())
    (stored / "memory.json").write_text(json.dumps({**index, **changed}))
    assert "memory.json is damaged" in refused(stored)


def test_indexes_of_newer_formats_and_other_files_are_refused(stored):
    (stored / "memory.json").write_text('{"format": 2}')
    assert "has format 2" in refused(stored)
    (stored / "memory.json").write_text("no JSON")
    assert "is damaged" in refused(stored)
    (stored / "memory.json").unlink()
    assert "is a folder and no memory" in refused(stored)


def test_a_path_with_a_slash_or_a_shard_size_is_a_folder(hop, folder):
    for k in range(5):
        picture(folder / "pictures" / f"{k}.png", some(1, first=k, neurons=64).states(slice(1)),
                (8, 8))  # fmt: skip
    answer = hop("store", "pictures", "-m", "a/", "--json").json
    assert (answer["memory"], answer["patterns"]) == ("a", 5)
    assert answer["bytes"] == sum(path.stat().st_size for path in Path("a").iterdir())
    assert files(folder / "a") == ["00000.npz", "memory.json"]
    hop("store", "pictures", "-m", "b", "--shard-size", 2)
    assert files(folder / "b") == ["00000.npz", "00001.npz", "00002.npz", "memory.json"]
    assert "exists already" in hop("store", "pictures", "-m", "b").error
    again = hop("store", "pictures/0.png", "-m", "b", "--append", "--json").json
    assert (again["added"], again["patterns"]) == (1, 6)
    assert [len(part) for part in shards.load(folder / "b").parts()] == [2, 2, 2]
    assert hop("store", "pictures/0.png", "-m", "b", "--force", "--json").json["patterns"] == 1
    hop("store", "pictures", "-m", "c.npz")
    said = hop("store", "pictures", "-m", "c.npz", "--shard-size", 2, "--force").error
    assert "c.npz is a file" in said
    said = hop("store", "pictures", "-m", "pictures/", "--force").error
    assert "replaces only memories" in said
    assert len(files(folder / "pictures")) == 5


def test_folders_of_shards_are_no_sources(hop, folder):
    picture(folder / "in" / "a.png", some(1, neurons=64).states(slice(1)), (8, 8))
    hop("store", "in/a.png", "-m", "in/m/")
    assert hop("store", "in", "-m", "n.npz", "--json").json["skipped"] == []
