"""What every command does and does not do, whoever starts it: the same bytes, and no more."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from every_command import COMMANDS
from processes import HANGS

from hopcli.storage.atomic import replacing

SCRIPT = Path(__file__).with_name("every_command.py")
# Notes each event that a process which minds its own business has no need of, and every file that
# is written, caches of compiled kernels and fonts aside.
WATCHED = f"""
import json, os, runpy, sys
seen = []

def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & 0o3:
        seen.append((event, os.path.abspath(str(arguments[0]))))
    elif event.partition(".")[0] in ("socket", "subprocess", "webbrowser", "ftplib", "urllib"):
        seen.append((event, repr(arguments)))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "tempfile.mkstemp",
                   "tempfile.mkdtemp", "pty.spawn", "os.startfile"):
        seen.append((event, repr(arguments)))

sys.argv[1:] = sys.argv[1:2]
sys.path.insert(0, {str(SCRIPT.parent)!r})
sys.addaudithook(hook)
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
print(json.dumps(seen), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two folders in which every command was run, with one thread and two, and what one did."""
    folders = [tmp_path_factory.mktemp("run") for _ in range(2)]
    plain = {key: value for key, value in os.environ.items() if key != "HOP_MEMORY"}
    processes = [
        subprocess.Popen(
            [sys.executable, *how, str(folder)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**plain, "NUMBA_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
        )
        for folder, how, threads in zip(
            folders, (["-c", WATCHED], [str(SCRIPT)]), ("1", "2"), strict=True
        )
    ]  # fmt: skip
    said = []
    for process in processes:
        out, err = process.communicate(timeout=HANGS)
        assert (process.returncode, out) == (0, ""), err
        said.append(err)
    return folders, json.loads(said[0].splitlines()[-1])


def test_the_same_command_writes_the_same_bytes_with_any_number_of_threads(runs):
    (one, two), _ = runs
    files = [path.relative_to(one) for path in one.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {
        ".npz", ".npy", ".png", ".gif", ".svg", ".pdf", ".csv", ".json", ".out",
    }  # fmt: skip
    assert sorted(files) == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    for path in files:
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


def test_every_command_was_tried():
    from hopcli.cli.commands import SUMMARIES

    assert {line.split()[0] for line in COMMANDS.strip().splitlines()} == SUMMARIES.keys()


def asked(event):
    """What fonts there are, matplotlib asks the first time; of the processor, NumPy 2.0 asks."""
    return event[0] == "subprocess.Popen" and re.search("'(fc-list|lscpu)'", event[1])


def test_no_command_uses_the_network_or_starts_a_program(runs):
    _, seen = runs
    assert [event for event in seen if event[0] != "open" and not asked(event)] == []


def test_commands_write_where_they_are_told_to_and_nowhere_else(runs):
    (folder, _), seen = runs
    allowed = (str(folder), os.devnull, str(SCRIPT.parent.parent / "hopcli"), str(Path.home()))
    assert any(event[1].startswith(str(folder)) for event in seen)
    others = [event for event in seen if not event[1].startswith(allowed) and not asked(event)]
    assert others == []


def test_nobody_else_can_write_to_a_file_under_way(folder):
    before = os.umask(0)
    try:
        with replacing(folder / "memory.npz"):
            (temporary,) = folder.iterdir()
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
    finally:
        os.umask(before)
