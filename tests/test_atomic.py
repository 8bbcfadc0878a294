"""Promise 1: a memory is the old one or the new one, whatever fails or dies while it is written."""

import contextlib
import errno
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults import DiedError, Faults
from test_memory_file import small
from test_shards import some

from hopcli.errors import HopError
from hopcli.storage import atomic, memories, memory_file, sharding, shards
from hopcli.storage.lock import locked
from hopcli.storage.memory_file import appended


def store_file(path):
    with locked(path):
        memory_file.save(some(3), path)


def append_to_file(path):
    with locked(path):
        memory_file.save(appended(memory_file.load(path), some(2, first=3)), path)


def store_folder(path):
    with locked(path):
        sharding.store(path, [some(5)], size=2, keep=False)


def append_to_folder(path):
    with locked(path):
        sharding.store(path, [some(4, first=5)], size=None, keep=True)


def replace_folder(path):
    with locked(path):
        sharding.store(path, [some(3, first=9)], size=None, keep=False)


WAYS = {
    "first file": (None, store_file),
    "file": (store_file, append_to_file),
    "first folder": (None, store_folder),
    "folder": (store_folder, append_to_folder),
    "folder replaced": (store_folder, replace_folder),
}
KINDS = {
    "fault": {"code": errno.EIO},
    "full disk": {"code": errno.ENOSPC, "lasting": True},
    "death": {"dying": True},
}


def held(path):
    """The bytes of the memory at a path: of the file, or of what a folder's index names."""
    if not path.exists():
        return None
    if path.is_file():
        return path.read_bytes()
    if not shards.has_index(path) or not shards.read_index(path).shards:
        return None
    return {file.name: file.read_bytes() for file in shards.files_of(path)}


def content(path):
    """All that the memory at a path holds."""
    whole = memories.load(path).whole()
    return repr((whole.names.tolist(), whole.labels.tolist(), whole.patterns.tobytes()))


def left_behind(folder):
    return [path for path in folder.rglob(".*") if path.suffix == ".tmp"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_fault_at_any_call_leaves_the_old_memory_or_the_new_one(folder, monkeypatch, way, kind):
    before, change = WAYS[way]
    for place in ("pattern", "wanted"):
        (folder / place).mkdir()
        if before is not None:
            before(folder / place / "m")
    change(folder / "wanted" / "m")
    old, new = held(folder / "pattern" / "m"), held(folder / "wanted" / "m")
    assert old != new
    outcomes = set()
    for number in range(1000):
        work = folder / f"{number}"
        shutil.copytree(folder / "pattern", work)
        with monkeypatch.context() as context:
            faults = Faults(context, number, **KINDS[kind])
            with contextlib.suppress(OSError, HopError, DiedError):
                change(work / "m")
                assert faults.failed or number
        found = held(work / "m")
        assert found in (old, new), (number, faults.failed)
        outcomes.add(found == new)
        if kind != "death" and faults.failed not in ("unlink", "scandir"):
            assert not left_behind(work), (number, faults.failed)
        if found == old:
            change(work / "m")
        # Whoever has the lock removes what is left of dead writers.
        with locked(work / "m"):
            pass
        if (work / "m").is_dir():
            sharding._remove_unnamed(work / "m", shards.read_index(work / "m"))
        assert held(work / "m") == new
        files = {path.name for path in work.rglob("*") if path.is_file()}
        wanted = {path.name for path in (folder / "wanted").rglob("*") if path.is_file()}
        assert files == wanted, (number, faults.failed)
        shutil.rmtree(work)
        if faults.failed is None:
            break
    assert number > 8
    assert outcomes == {True, False}


ZYGOTE = """
import os, random, signal, sys, time
sys.path[:0] = {path!r}
from test_atomic import *
work, kills, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = random.Random(kind)
path = work / "m"
before, change = WAYS[kind]
before(path)
for kill in range(kills):
    child = os.fork()
    if not child:
        while True:
            before(path)
            change(path)
    time.sleep(rng.uniform(0.002, 0.06))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(content(path))
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_writer_killed_at_50_random_moments_leaves_an_old_memory_or_a_new_one(folder, kind):
    script = ZYGOTE.format(path=[str(Path(__file__).parent)])
    ran = subprocess.run(
        [sys.executable, "-c", script, folder, "50", kind], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found = ran.stdout.splitlines()
    assert len(found) == 50
    before, change = WAYS[kind]
    possible = []
    for step in (before, change):
        step(folder / "other")
        possible.append(content(folder / "other").encode())
    assert set(found) <= set(possible)
    # Whoever stores next removes what the dead have left.
    change(folder / "m")
    assert not left_behind(folder)


@pytest.mark.slow
def test_commands_killed_at_50_random_moments_lose_nothing(hop, folder):
    rng = random.Random(1)
    shutil.copytree(Path(__file__).parent.parent / "sample_patterns" / "whole", folder / "whole")
    hop("store", "whole/letters/A.png")
    kept = 1
    for _ in range(50):
        process = subprocess.Popen(
            [sys.executable, "-m", "hopcli", "store", "whole/letters/B.png", "--append"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(rng.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = hop("info", "--json").json["patterns"]
        assert now in (kept, kept + 1)
        kept = now
    assert hop("store", "whole/letters/C.png", "--append", "--json").json["patterns"] == kept + 1
    assert not left_behind(folder)


FULL = """
import sys
sys.path[:0] = {path!r}
from test_atomic import *
place = Path(sys.argv[1])
for path, before, change in [
    (place / "f", store_file, append_to_file), (place / "d", store_folder, append_to_folder)
]:
    before(path)
    old = held(path)
    filling = place / "filling"
    with filling.open("wb", buffering=0) as stream:
        try:
            while stream.write(bytes(512)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    try:
        change(path)
    except (OSError, HopError) as error:
        assert "No space left" in str(error), error
    else:
        raise AssertionError("there was room")
    assert held(path) == old
    assert not left_behind(place), left_behind(place)
    filling.unlink()
    change(path)
    assert held(path) != old
"""


def test_a_full_disk_loses_nothing(folder):
    script, disk = FULL.format(path=[str(Path(__file__).parent)]), folder / "disk"
    disk.mkdir()
    mounting = 'mount -t tmpfs -o size=128k none "$1" && exec "$2" -c "$3" "$1"'
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounting, "sh", disk,
         sys.executable, script],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "unshare" in ran.stderr or "mount" in ran.stderr.partition("\n")[0]:
        pytest.skip(f"a small disk may not be mounted here: {ran.stderr.strip()}")
    assert ran.returncode == 0, ran.stderr


def test_only_temporary_files_of_dead_writers_are_removed(folder):
    path = folder / "m.npz"
    memory_file.save(small(), path)
    dead = folder / ".m.npz.0123456789ab.tmp"
    others = [folder / name for name in (".n.npz.0123456789ab.tmp", ".m.npz.tmp", "m.npz.tmp")]
    for place in (dead, *others):
        place.write_bytes(b"half a mem")
    with atomic.replacing(path) as stream:
        stream.write(b"of a writer that lives")
        with locked(path):
            (living,) = [place for place in left_behind(folder) if place not in (dead, *others)]
        assert not dead.exists()
        assert all(place.exists() for place in (living, *others))
    assert path.read_bytes() == b"of a writer that lives"


def test_permissions_and_links_are_kept_and_long_names_taken(folder):
    (folder / "there").mkdir()
    path, link = folder / "there" / ("é" * 125 + ".npz"), folder / "link.npz"
    memory_file.save(small(), path)
    path.chmod(0o604)
    link.symlink_to(path)
    with locked(link):
        memory_file.save(some(2), link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert len(memory_file.load(path)) == 2
    if os.geteuid() == 0:
        os.chown(path, 12345, 54321)
        memory_file.save(some(3), link)
        assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_links_that_lead_nowhere_are_one_line(hop, folder):
    (folder / "a.npz").symlink_to(folder / "b.npz")
    (folder / "b.npz").symlink_to(folder / "a.npz")
    with pytest.raises(HopError, match="its links lead nowhere"), atomic.replacing(Path("a.npz")):
        pass
