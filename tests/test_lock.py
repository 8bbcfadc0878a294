"""Promise 2: appends are never lost, and a lock that is not released names who holds it."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from processes import HANGS
from test_shards import some

from hopcli.errors import MemoryFileError
from hopcli.storage import lock, memories
from hopcli.storage.lock import locked

APPENDING = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from test_lock import *
from hopcli.storage import memory_file, sharding
from hopcli.storage.memory_file import appended
path, first = Path(sys.argv[1]), int(sys.argv[2])
for number in range(first, first + 25):
    with locked(path):
        if path.suffix:
            new = some(1, first=number)
            old = memories.load(path) if path.exists() else None
            memory_file.save(new if old is None else appended(old, new), path)
        else:
            sharding.store(path, [some(1, first=number)], size=30, keep=True)
"""
HOLDING = """
import sys
from pathlib import Path
from hopcli.storage.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("name", ["m.npz", "folder"])
def test_four_processes_with_25_appends_each_leave_exactly_all(folder, name):
    script = APPENDING.format(path=[str(Path(__file__).parent)])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, folder / name, str(first)], stderr=subprocess.PIPE
        )
        for first in range(0, 100, 25)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=HANGS)
        assert writer.returncode == 0, said.decode()
    memory = memories.load(folder / name).whole()
    assert sorted(memory.names.tolist()) == sorted(f"{k}.png" for k in range(100))
    for row in range(100):
        number = int(memory.names[row].removesuffix(".png"))
        assert np.array_equal(memory.patterns[row], some(1, first=number).patterns[0])


@pytest.fixture
def holder(folder):
    """A process that holds the lock of m.npz, under a name that would do harm on a terminal."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, folder / "m.npz", "\x1b[31m", "[bold]", "two words"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_lock_that_is_not_released_names_its_holder(hop, folder, monkeypatch, holder):
    monkeypatch.setattr(lock, "SECONDS", 0.05)
    (folder / "a").mkdir()
    said = hop("store", "a", "-m", "m.npz").error
    assert f"m.npz is locked by process {holder.pid} (-c " in said
    assert "'[bold]' 'two words') since 20" in said
    assert "\\x1b[31m" in said
    assert "\x1b" not in said
    assert "wait until that is done" in said


def test_it_is_waited_for_ten_seconds():
    assert lock.SECONDS == 10


def test_a_lock_ends_with_its_holder_however_that_ends(folder, holder, monkeypatch):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    monkeypatch.setattr(lock, "SECONDS", 0)
    with locked(folder / "m.npz"):
        assert json.loads((folder / ".m.npz.lock").read_bytes())["process"] == os.getpid()
    assert not (folder / ".m.npz.lock").exists()


@pytest.mark.parametrize("record", [b"", b"\xff", b"[" * 4000, b"7", b'{"process": "x"}'])
def test_a_holder_that_does_not_say_who_it_is(folder, monkeypatch, holder, record):
    monkeypatch.setattr(lock, "SECONDS", 0)
    (folder / ".m.npz.lock").write_bytes(record)
    with pytest.raises(MemoryFileError, match="by another process"), locked(folder / "m.npz"):
        pass


def test_nothing_is_written_through_a_link_in_the_place_of_a_lock(hop, folder):
    (folder / "a").mkdir()
    (folder / "precious").write_bytes(b"content")
    (folder / ".m.npz.lock").symlink_to(folder / "precious")
    assert "m.npz cannot be locked" in hop("store", "a", "-m", "m.npz").error
    assert (folder / "precious").read_bytes() == b"content"
    (folder / ".m.npz.lock").unlink()
    os.mkfifo(folder / ".m.npz.lock")
    assert "it is no ordinary file" in hop("store", "a", "-m", "m.npz").error


def test_a_lock_whose_file_was_removed_is_taken_anew(folder, monkeypatch):
    monkeypatch.setattr(lock, "SECONDS", 5)
    open_file = lock._open
    removed = []

    def removing(path):
        handle = open_file(path)
        if not removed:
            removed.append(path.unlink())
        return handle

    monkeypatch.setattr(lock, "_open", removing)
    with locked(folder / "m.npz"):
        assert (folder / ".m.npz.lock").exists()
    assert removed


def test_the_lock_of_another_process_is_not_removed(folder):
    with locked(folder / "m.npz"):
        # Somebody removes the file, and another process locks a new one.
        (folder / ".m.npz.lock").unlink()
        (folder / ".m.npz.lock").write_bytes(b"another")
    assert (folder / ".m.npz.lock").read_bytes() == b"another"


def test_one_holds_the_lock_at_a_time_though_its_file_is_removed(folder):
    """Threads take it in turn, each of them opening the file anew."""
    inside, most, path = [], [], folder / "m.npz"

    def hold():
        for _ in range(20):
            with locked(path):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80
    assert not (folder / ".m.npz.lock").exists()
