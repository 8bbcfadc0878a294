"""What surrounds a command: interruption, closed output, several writers."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import picture


def start(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "hopcli", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


@pytest.fixture
def pictures(folder):
    for k in range(300):
        state = np.random.default_rng(k).choice([-1, 1], 32 * 32)
        picture(folder / "pictures" / f"{k}.png", state, (32, 32))
    return folder / "pictures"


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.45, 0.6])
def test_ctrl_c_ends_at_once_and_loses_nothing(hop, folder, pictures, delay):
    hop("store", pictures / "0.png")
    before = (folder / "memory.npz").read_bytes()
    process = start("store", pictures, "--append", "--json")
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=5)
    assert "Traceback" not in err
    if process.returncode == 0:
        assert '"patterns": 301' in out
    else:
        # Before and after hop's own code runs, Python leaves it to the signal to end the process.
        assert process.returncode in (130, -signal.SIGINT)
        if (folder / "memory.npz").read_bytes() != before:
            assert hop("info", "--json").json["patterns"] == 301
    assert not list(folder.glob(".*.tmp"))


def test_output_that_is_closed_early_is_no_traceback(folder, hop, pictures):
    hop("store", pictures)
    command = f"{sys.executable} -m hopcli recall pictures | head -n 1"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert ran.stdout.count("\n") == 1
    assert "Traceback" not in ran.stderr


def test_appends_at_the_same_time_are_all_kept(folder, hop, pictures):
    hop("store", pictures / "0.png")
    writers = [start("store", pictures / f"{k}.png", "--append") for k in range(1, 7)]
    for writer in writers:
        assert writer.wait(timeout=60) == 0, writer.stderr.read()
        writer.communicate()
    with np.load("memory.npz") as members:
        assert sorted(members["names"].tolist()) == sorted(f"{k}.png" for k in range(7))


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        ("{hop} info >&-", {}),
        ("{hop} info", {"PYTHONIOENCODING": "ascii"}),
        ("{hop} --help", {"PYTHONIOENCODING": "ascii"}),
        ("{hop} recall pictures/0.png --beta 900", {"COLUMNS": "0"}),
    ],
)
def test_odd_surroundings_are_no_fault(folder, hop, pictures, command, environment):
    hop("store", pictures / "0.png", pictures / "1.png")
    ran = subprocess.run(
        command.format(hop=f"{sys.executable} -m hopcli"), shell=True, capture_output=True,
        text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip() or ">&-" in command


def test_names_are_shown_escaped_and_stored_as_they_are(hop, folder):
    name = "[bold]\x1b[31m\nx.png"
    picture(folder / "p" / name, np.random.default_rng(0).choice([-1, 1], 64), (8, 8))
    hop("store", "p")
    answer = hop("recall", f"p/{name}", "--json").json["recalls"][0]
    assert (answer["cue"], answer["name"]) == (f"p/{name}", name)
    said = hop("recall", f"p/{name}").out
    assert "[bold]\\x1b[31m\\nx.png" in said
    assert "\x1b" not in said
