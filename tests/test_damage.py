"""Promises 3 and 4: a damaged memory is refused, and nothing is unpacked that fills the machine."""

import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from mutations import mutated
from test_formats import FORMATS, same, written
from test_shards import some

from hopcli.errors import HopError, MemoryFileError, PictureError
from hopcli.formats import arrays
from hopcli.storage import memories, memory_file, memory_limit, npz, sharding, shards
from hopcli.storage.memory_limit import MemoryLimit

MUTATIONS = 20_000


@pytest.fixture
def no_pickle_is_loaded(monkeypatch):
    import pickle

    def loading(*arguments, **options):
        raise AssertionError("a pickle was loaded")

    monkeypatch.setattr(pickle, "load", loading)
    monkeypatch.setattr(pickle, "loads", loading)
    monkeypatch.setattr(pickle, "Unpickler", loading)


def opened(path):
    """The memory at a path; None if it is refused in hop's own words."""
    try:
        return memories.load(path).whole()
    except HopError as error:
        said = str(error)
        assert "pickle" not in said
        assert str(path) in said
        assert "\n" not in said
        return None


@pytest.fixture
def swift(folder):
    """A folder in memory, where there is one: 20,000 files are written to it."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory(dir=shared) as place:
        yield Path(place)


@pytest.mark.usefixtures("no_pickle_is_loaded")
def test_20_000_mutations_are_refused_or_change_nothing(swift, monkeypatch):
    rng = random.Random(0)
    sources = [(path, written(path.stem.rpartition("-")[2])) for path in sorted(FORMATS.iterdir())]
    refused = 0
    monkeypatch.setattr(npz, "MAPPED_FROM", 0)
    for number in range(MUTATIONS):
        path, wanted = sources[number % len(sources)]
        npz.MAPPED_FROM = rng.choice((0, 2**16))
        if path.is_file():
            place = swift / "m.npz"
            changed = place
            content = path.read_bytes()
        else:
            place = swift / path.name
            if not place.exists():
                shutil.copytree(path, place)
            changed = place / rng.choice(("00000.npz", "00001.npz", "memory.json"))
            content = (path / changed.name).read_bytes()
        changed.write_bytes(mutated(content, rng))
        found = opened(place)
        if place.is_dir():
            changed.write_bytes(content)
        refused += found is None
        if found is not None and not same(found, wanted):
            # An index from before there were digests has nothing that vouches for its order.
            assert path.name == "1-aligned-folder-binary", (number, path)
            assert changed.name == "memory.json", (number, path)
    assert MUTATIONS / 2 < refused < MUTATIONS


def test_every_changed_byte_of_a_members_content_is_found(folder):
    path = folder / "m.npz"
    memory_file.save(written("gray"), path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        ends = [(i.header_offset + 30 + len(i.filename) + len(i.extra) + 20, i.file_size)
                for i in archive.infolist()]  # fmt: skip
    assert len(ends) == 8
    for start, size in ends[:7]:
        for place in range(start, start + size, 3):
            path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
            assert opened(path) is None


def large(patterns=40, neurons=2**16):
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (patterns, neurons)).astype(np.uint8)
    names = [f"{k}.png" for k in range(patterns)]
    return memory_file.memory_of("gray", (256, neurons // 256), levels, names, [None] * patterns)


def flip(path, place):
    with path.open("r+b") as stream:
        stream.seek(place)
        (byte,) = stream.read(1)
        stream.seek(place)
        stream.write(bytes([byte ^ 1]))


def test_mapped_patterns_are_checked_up_to_a_size_and_by_info_always(hop, folder, monkeypatch):
    path = folder / "m.npz"
    memory_file.save(large(), path)
    answer = hop("info", "-m", path, "--check")
    assert "7 members of 1 file, undamaged by their checksums and digests" in answer.out, answer.err
    flip(path, 10**6)
    assert "patterns.npy is not what its checksum says" in hop("info", "-m", path).error
    monkeypatch.setattr(memory_file, "CHECKED_UP_TO", 10**6)
    assert hop("info", "-m", path, "--json").json["checked"] is None
    said = hop("info", "-m", path, "--check").error
    assert "m.npz is damaged: its member patterns.npy is not what its checksum says" in said


def test_what_keeps_its_checksum_is_found_by_its_digest(hop, folder):
    """As after a repair of the zip, or where another program changed a member."""
    path = folder / "m.npz"
    memory_file.save(written("binary"), path)
    with np.load(path) as members:
        changed = dict(members)
    changed["labels"] = np.array([0, 1, 1], dtype=np.int32)
    np.savez(path, **changed)
    assert memory_file.load(path).labels.tolist() == [0, 1, 1]
    said = hop("info", "-m", path, "--check").error
    assert "its member labels.npy is not what its digest says" in said
    del changed["digests"]
    np.savez(path, **changed)
    said = hop("info", "-m", path, "--check").out
    assert "7 members of 1 file, undamaged by their checksums" in said


def test_shards_of_any_size_are_known_by_their_digest(hop, folder, monkeypatch):
    monkeypatch.setattr(memory_file, "CHECKED_UP_TO", 0)
    sharding.store(folder / "m", [some(6)], size=3, keep=False)
    one, other = folder / "m" / "00000.npz", folder / "m" / "00001.npz"
    one.rename(folder / "kept")
    other.rename(one)
    (folder / "kept").rename(other)
    assert "is another shard than" in hop("info", "-m", "m").error


def test_an_index_is_known_by_its_digest(folder):
    sharding.store(folder / "m", [some(6)], size=3, keep=False)
    index = folder / "m" / "memory.json"
    text = index.read_text()
    index.write_text(text.replace('"next": 2', '"next": 3'))
    with pytest.raises(MemoryFileError, match=r"memory\.json is damaged"):
        shards.load(folder / "m")
    index.write_text(text.replace('"next": 2', '"next": 2, "next": 2'))
    with pytest.raises(MemoryFileError, match=r"memory\.json is damaged"):
        shards.load(folder / "m")
    members = json.loads(text)
    del members["digest"]
    index.write_text(json.dumps(members))
    assert len(shards.load(folder / "m")) == 6


def parts(**changed):
    memory = written("binary")
    names = ("mode", "shape", "patterns", "names", "labels", "label_names")
    members = {name: np.array(getattr(memory, name)) for name in names}
    return {"format": np.array(1), **members, **changed}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"names": np.array(["a", "b", "c"], "U1").view(np.uint32).reshape(3, 1)}, "its names"),
        ({"labels": np.array([0, -2, 1])}, "a label is out of range"),
        ({"labels": np.array([0.0, np.nan, 1.0])}, "its labels"),
        ({"label_names": np.array(["a", "a"])}, "two of its label names are the same"),
        ({"labels": np.array([0, 1, 1, 1])}, "its labels are not as many"),
        ({"patterns": np.full((3, 2), np.nan)}, "its patterns"),
        ({"patterns": np.full((3, 2), 2**63, np.uint64)}, "spare bits are set"),
        ({"patterns": np.zeros((3, 3), np.uint64)}, "its patterns are not of its shape"),
        ({"patterns": np.zeros((3, 70), np.uint8)}, "its patterns are not of its mode"),
        ({"shape": np.array([2**32, 2**32])}, "its patterns are not of its shape"),
        ({"shape": np.array([0, 70])}, "its shape"),
        ({"mode": np.array("b" * 100)}, "its mode"),
        ({"format": np.array([1])}, "its format"),
        ({"format": np.array(-1)}, "format -1 was never released"),
    ],
)
def test_members_that_do_not_fit_are_refused(folder, changed, said):
    np.savez("m.npz", **parts(**changed))
    with pytest.raises(MemoryFileError, match=said):
        memory_file.load(folder / "m.npz")


def test_names_that_are_no_text_are_refused(folder, monkeypatch):
    broken = np.array([0x110000, 0x61, 0x61], np.uint32).view("<U1")
    np.savez("m.npz", **parts(names=broken))
    with pytest.raises(MemoryFileError, match="its names are no text"):
        memory_file.load(folder / "m.npz")
    # Those of large files are not looked at before they are used.
    monkeypatch.setattr(memory_file, "CHECKED_UP_TO", 0)
    monkeypatch.setattr(npz, "MAPPED_FROM", 0)
    memory_file.save(memory_file.replace(written("binary"), names=broken), folder / "m.npz")
    memory = memory_file.load(folder / "m.npz")
    assert memory.name(1) == "a"
    with pytest.raises(MemoryFileError, match="the name of pattern 0 is damaged"):
        memory.name(0)


def test_members_of_the_same_name_are_refused(folder):
    np.savez("m.npz", **parts())
    with warnings.catch_warnings(), zipfile.ZipFile("m.npz", "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("labels.npy", archive.read("labels.npy"))
    with pytest.raises(MemoryFileError, match=r"two of its members are called labels\.npy"):
        memory_file.load(folder / "m.npz")


def test_members_packed_in_other_ways_and_huge_directories_are_refused(folder):
    np.savez("m.npz", **parts())
    with zipfile.ZipFile("m.npz") as old, zipfile.ZipFile("n.npz", "w", zipfile.ZIP_LZMA) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(MemoryFileError, match="packed in a way that hop does not know"):
        memory_file.load(folder / "n.npz")
    with zipfile.ZipFile("m.npz", "a") as archive:
        for number in range(2000):
            archive.writestr(f"{number}.npy", b"")
    with pytest.raises(MemoryFileError, match="more members than any memory"):
        memory_file.load(folder / "m.npz")


@pytest.mark.usefixtures("no_pickle_is_loaded")
def test_objects_are_refused_and_pickles_are_not_advised(folder):
    np.savez("m.npz", **parts(names=np.array([{}, {}, {}])))
    with pytest.raises(MemoryFileError, match="its header is none of numbers or strings") as said:
        memory_file.load(folder / "m.npz")
    assert "pickle" not in str(said.value)
    np.save("cue.npy", np.array([{}]))
    with pytest.raises(PictureError) as said:
        arrays.read(folder / "cue.npy", "cue.npy")
    assert "allow_pickle" not in str(said.value)


def header(shape, kind="|u1"):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    return b"\x93NUMPY\1\0" + struct.pack("<H", 118) + text.ljust(117).encode() + b"\n"


def bomb(path, rows, *, claimed=None, names=None):
    """A memory whose patterns, all black and of 2¹⁶ pixels, unpack to so many rows."""
    members = parts(
        mode=np.array("gray"), shape=np.array([256, 256]), names=np.full(names or rows, "a"),
        labels=np.full(names or rows, -1, np.int8), label_names=np.array([], "U1"),
    )  # fmt: skip
    del members["patterns"]
    np.savez_compressed(path, **members)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(header(claimed or (rows, 2**16))) + packer.flush(zlib.Z_FULL_FLUSH)
    # What follows a full flush is the same every time.
    row = packer.compress(bytes(2**16)) + packer.flush(zlib.Z_FULL_FLUSH)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("patterns.npy", packed + rows * row + packer.flush())
        entry = archive.getinfo("patterns.npy")
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.file_size = 128 + rows * 2**16
        entry.CRC = zlib.crc32(bytes(rows * 2**16), zlib.crc32(header((rows, 2**16))))


MEASURED = """
import sys
sys.argv = ["hop", *sys.argv[1:]]
from hopcli.__main__ import main
import hopcli.__main__
def end(code):
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(code, peak / 1024)
hopcli.__main__._end = end
main()
"""


def test_a_bomb_of_two_gigabytes_is_refused_at_once(folder):
    path = folder / "bomb.npz"
    bomb(path, 2**15)
    assert path.stat().st_size < 5_000_000
    (folder / "cue").mkdir()
    for arguments in (["info"], ["recall", "cue"], ["store", "cue", "--append"]):
        ran = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments, "-m", path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        code, mebibytes = map(float, ran.stdout.split())
        assert code == 1
        assert "patterns.npy unpacks from" in ran.stderr
        assert "give --max-memory 3G" in ran.stderr
        assert mebibytes < 100


def test_a_bomb_is_opened_where_somebody_allows_it(folder):
    path = folder / "bomb.npz"
    bomb(path, 2**11)
    with pytest.raises(HopError, match="unpacks from"):
        memory_file.load(path)
    with pytest.raises(HopError, match=r"takes 134,.* and max_memory is 100,000,000"):
        memory_file.load(path, MemoryLimit(10**8))
    memory = memory_file.load(path, MemoryLimit(2**28))
    assert memory.patterns.shape == (2**11, 2**16)
    assert not memory.patterns.any()


@pytest.mark.parametrize("claimed", [(2**40, 2**16), (10**30, 10**30), (2**15, 2**15)])
def test_a_header_that_claims_more_than_its_member_is_refused(folder, claimed):
    bomb(folder / "bomb.npz", 2, claimed=claimed)
    with pytest.raises(MemoryFileError, match=r"patterns\.npy is not of the size that it says"):
        memory_file.load(folder / "bomb.npz")


def test_a_member_that_unpacks_to_more_than_it_says_is_refused_at_once(folder, monkeypatch):
    path = folder / "bomb.npz"
    bomb(path, 2**11, claimed=(1, 2**16), names=1)
    content = path.read_bytes()
    size = struct.pack("<L", 128 + 2**11 * 2**16)
    assert content.count(size) == 1
    path.write_bytes(content.replace(size, struct.pack("<L", 128 + 2**16)))
    chunks = []
    inflated = npz._inflated
    monkeypatch.setattr(npz, "_inflated", lambda *a: (chunks.append(c) or c for c in inflated(*a)))
    with pytest.raises(MemoryFileError, match="is not what its checksum says"):
        memory_file.load(path)
    assert sum(map(len, chunks)) <= 4 * npz.CHUNK


def test_what_is_mapped_takes_no_memory_and_what_is_packed_does(folder):
    path = folder / "m.npz"
    memory_file.save(large(), path)
    memory_file.load(path, MemoryLimit(10_000))
    with np.load(path) as members:
        np.savez_compressed(folder / "packed.npz", **members)
    with pytest.raises(HopError, match=r"packed\.npz takes 2,6.* bytes of memory"):
        memory_file.load(folder / "packed.npz", MemoryLimit(10**6))
    sharding.store(folder / "m", [large()], size=8, keep=False)
    with pytest.raises(HopError, match="m takes 2,621,440 bytes of memory"):
        memories.load(folder / "m", MemoryLimit(10**6)).whole()


def test_arrays_are_held_against_the_limit_before_they_are_read(folder):
    path = folder / "cue.npy"
    path.write_bytes(header((10**6, 10**6), "<f8"))
    with pytest.raises(PictureError, match="or a damaged one"):
        arrays.read(path, "cue.npy")
    os.truncate(path, 128 + 8 * 10**12)
    with pytest.raises(HopError, match="takes 8,000,000,000,000 bytes of memory"):
        arrays.read(path, "cue.npy")
    path.write_bytes(header((10**6,), "|O"))
    with pytest.raises(PictureError, match="or a damaged one"):
        arrays.read(path, "cue.npy")
    np.save(path, np.asfortranarray(np.arange(12, dtype=">i2").reshape(3, 4)))
    assert arrays.read(path, "cue.npy").values.tolist() == np.arange(12).reshape(3, 4).tolist()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("2G", 2**31), ("500M", 500 * 2**20), ("1.5k", 1536), ("1000000", 10**6), ("1GiB", 2**30)],
)
def test_limits_are_read_as_people_write_them(given, wanted):
    from hopcli.model.memory import memory_limit as read

    assert read(given).bytes == wanted


def test_limits_that_are_none_are_refused_by_every_command(hop, folder, random_memory):
    random_memory()
    for arguments in (["info"], ["recall", "pictures"], ["classify", "pictures"],
                      ["generate", "a"], ["store", "pictures", "--append"], ["learn"],
                      ["forget", "a/0.png"], ["dream"], ["interpret", "pictures"]):  # fmt: skip
        for given in ("much", "", "-1", "nan", "1x", "G"):
            said = hop(*arguments, f"--max-memory={given}").error
            assert "it takes bytes, as 2G, 500M or 1000000" in said
        assert "of memory" in hop(*arguments, "--max-memory", 100).error


def test_the_fuzz_target_finds_nothing():
    target = Path(__file__).parent / "fuzz" / "memories.py"
    ran = subprocess.run(
        [sys.executable, target, "--seconds", "900", "--files", "300"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "could be opened; faults: 0" in ran.stdout


def test_by_default_half_of_the_machine_is_the_limit(monkeypatch):
    pages = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(memory_limit.os, "sysconf", pages.get)
    assert MemoryLimit().bytes == 2_048_000
    with pytest.raises(
        HopError, match=r"half of the machine's memory is 2,048,000; .* max_memory='2M' to read"
    ):
        MemoryLimit().require("x", 2_050_000)
