"""Promise 11: every format that was ever written opens, and a newer one is refused in words.

The files in tests/formats are kept as they were written: by numpy.savez (hop's first way, and what
the format's page asks of other programs), compressed, aligned to be mapped, with digests, with
weights that were learned, with dense memories, and with a Boltzmann machine; with the rules and
their parameters as members of their own.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hopcli.binary import packing
from hopcli.binary.boltzmann.machine import Machine
from hopcli.binary.rules import hebbian
from hopcli.continuous.dense_memories import DenseMemories
from hopcli.continuous.label_descent import Learning
from hopcli.errors import MemoryFileError
from hopcli.storage import memories, memory_file, npz, shards
from hopcli.storage.learned.boltzmann import Boltzmann
from hopcli.storage.learned.dense import Dense
from hopcli.storage.learned.weights import Weights
from hopcli.storage.memory_file import memory_of
from hopcli.storage.rule import Rule

FORMATS = Path(__file__).parent / "formats"
NAMES = ["a.png", "é/b.png", "c\udcff.npy[0]"]
LABELS = ["first", None, "other"]


def written(mode):
    """What is in every file of a mode; of those that no memory has, a binary one has learned."""
    if mode == "weights":
        memory = written("binary")
        matrix = hebbian.learn(memory.states(slice(None)))
        learned = Weights.of_matrix(matrix, Rule("hebbian"), biased=False, denominator=70.0)
        return memory.having(learned)
    if mode == "dense":
        mu, i = np.mgrid[:4, :72].astype(np.float32)
        weights = (i * (mu + 2) % 65 - 32) / 32
        memories = DenseMemories(weights[:, :70], weights[:, 70:], 3, 0.125)
        learning = Learning(memories, weights.astype(np.float64) / 7, 5, 6)
        return written("binary").having(Dense(learning))
    if mode == "boltzmann":
        k, i = np.mgrid[:5, :70]
        weights, means = (i * (k + 2) % 65 - 32) / 32, (i[0] % 9 - 4) / 4
        machine = Machine.of(weights, means * 3, weights[:, 7], means)
        return written("binary").having(
            Boltzmann(machine, (Rule("boltzmann", {"persistent": 0.0}),))
        )
    k, i = np.mgrid[:3, : 70 if mode == "binary" else 12]
    if mode == "binary":
        states = np.where((i * i * (k + 3) + k) % 7 < 3, 1, -1).astype(np.int8)
        return memory_of(mode, (7, 10), packing.pack(states), NAMES, LABELS)
    levels = ((i * 37 + k * 11) % 256).astype(np.uint8)
    return memory_of(mode, (3, 4) if mode == "gray" else (2, 2, 3), levels, NAMES, LABELS)


def same(found, wanted):
    return (
        (found.mode, found.shape) == (wanted.mode, wanted.shape)
        and all(
            np.array_equal(getattr(found, part), getattr(wanted, part))
            for part in ("patterns", "names", "labels", "label_names")
        )
        and list(map(type, found.learned)) == list(map(type, wanted.learned))
        and all(
            np.array_equal(values, other.arrays()[name])
            for one, other in zip(found.learned, wanted.learned, strict=True)
            for name, values in one.arrays().items()
        )
    )


@pytest.mark.parametrize("path", sorted(FORMATS.iterdir()), ids=lambda path: path.name)
def test_every_format_ever_written_opens(hop, folder, monkeypatch, path):
    mode = path.stem.rpartition("-")[2]
    found = memories.load(path).whole()
    assert same(found, written(mode))
    monkeypatch.setattr(npz, "MAPPED_FROM", 0)
    assert same(memories.load(path).whole(), written(mode))
    checked = hop("info", "-m", path, "--check", "--json").json["checked"]
    assert checked["digests"] == (
        checked["members"] if {"digests", "rules"} & set(path.name.split("-")) else 0
    )
    # And it can be added to.
    copy = folder / path.name
    (shutil.copytree if path.is_dir() else shutil.copy)(path, copy)
    np.save("more.npy", np.eye(1, found.neurons))
    added = hop("store", "more.npy", "-m", copy, "--append", "--json").json
    assert added["patterns"] == 4
    assert memories.load(copy).name(1) == NAMES[1]


def test_there_is_a_file_of_each(folder):
    names = {path.name for path in FORMATS.iterdir()}
    ways = ("savez", "compressed", "aligned", "digests")
    assert {f"1-{way}-{mode}.npz" for way in ways for mode in ("binary", "gray", "rgb")} <= names
    assert {"1-aligned-folder-binary", "1-digests-folder-binary"} <= names
    assert {f"1-digests-{mode}.npz" for mode in ("weights", "dense", "boltzmann")} <= names
    assert {f"1-rules-{mode}.npz" for mode in ("weights", "boltzmann")} <= names
    # Today's is the last of them, byte for byte; if this fails, a new format needs files.
    for mode in ("binary", "gray", "rgb", "weights", "dense", "boltzmann"):
        memory_file.save(written(mode), folder / "m.npz")
        way = "rules" if mode in ("weights", "boltzmann") else "digests"
        kept = FORMATS / f"1-{way}-{mode}.npz"
        assert (folder / "m.npz").read_bytes() == kept.read_bytes()


def test_a_newer_format_is_refused_by_its_number_whatever_else_is_in_it(folder):
    np.savez("m.npz", format=np.array(2), units=np.eye(3))
    with pytest.raises(MemoryFileError, match="has format 2, and this hop reads format 1; install"):
        memory_file.load(folder / "m.npz")
    (folder / "m").mkdir()
    (folder / "m" / "memory.json").write_text(json.dumps({"format": 7, "parts": []}))
    with pytest.raises(MemoryFileError, match="has format 7, and this hop reads format 1; install"):
        shards.load(folder / "m")


def test_members_of_later_versions_are_passed_over(folder):
    with np.load(FORMATS / "1-savez-binary.npz") as members:
        later = {**members, "waves": np.full((3, 3), np.nan), "notes": np.array([{}])}
    np.savez("m.npz", **later)
    assert same(memory_file.load(folder / "m.npz"), written("binary"))
    shutil.copytree(FORMATS / "1-aligned-folder-binary", folder / "m")
    index = json.loads((folder / "m" / "memory.json").read_text())
    index["shards"][0]["host"] = "there"
    (folder / "m" / "memory.json").write_text(json.dumps({**index, "rule": "storkey"}))
    assert same(memories.load(folder / "m").whole(), written("binary"))
