"""What surrounds a command: folders, environment, terminals, several writers."""

import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

import numpy as np
import pytest
from conftest import picture
from processes import HANGS
from rich.cells import cell_len

# Takes from a process, and the one that it becomes, what lets an administrator write anywhere:
# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, from the bounding set (prctl(2)).
AS_A_USER = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
for capability in (1, 2):
    libc.prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "hopcli", *sys.argv[1:]])
"""


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
        assert writer.wait(HANGS) == 0, writer.stderr.read()
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


@pytest.fixture
def read_only(folder, hop, pictures):
    hop("store", pictures / "0.png", pictures / "1.png")
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def as_a_user(*arguments, **environment):
    ran = subprocess.run(
        [sys.executable, "-c", AS_A_USER, *arguments], capture_output=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    return ran.returncode, ran.stdout, ran.stderr.decode()


def test_a_folder_among_others_that_may_not_be_looked_into_is_said(folder, pictures):
    closed = pictures / "closed"
    picture(closed / "0.png", np.ones(1024), (32, 32))
    closed.chmod(0)
    code, out, err = as_a_user("store", "pictures", "--json")
    closed.chmod(0o755)
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["patterns"] == 300
    (skipped,) = answer["skipped"]
    assert skipped["path"] == "pictures/closed"
    assert "may not be read" in skipped["reason"]


@pytest.mark.parametrize("home", ["/nonexistent", "/proc", ".", ""])
def test_a_folder_that_cannot_be_written_to_can_be_recalled_from(read_only, home):
    code, out, err = as_a_user("recall", "pictures/0.png", "-o", "-", HOME=home)
    assert (code, err) == (0, "")
    assert out.startswith(b"\x89PNG")
    code, out, err = as_a_user("info", "--json", HOME=home)
    assert (code, err) == (0, "")
    assert json.loads(out)["patterns"] == 2


def test_what_cannot_be_written_is_an_error_of_one_line(read_only):
    for arguments in (
        ["store", "pictures/2.png", "-m", "other.npz"],
        ["store", "pictures/2.png", "--append"],
        ["recall", "pictures/0.png", "-o", "out.png"],
        ["recall", "pictures/0.png", "pictures/1.png", "-o", "out"],
    ):
        code, out, err = as_a_user(*arguments)
        assert (code, out) == (1, b"")
        assert err.startswith("hop: error: ")
        assert err.count("\n") == 1
    assert sorted(p.name for p in read_only.iterdir() if p.name[0] != ".") == [
        "memory.npz",
        "pictures",
    ]


def test_a_plot_needs_no_home(folder, hop, pictures):
    hop("store", pictures / "0.png", pictures / "1.png")
    ran = subprocess.run(
        [sys.executable, "-m", "hopcli", "recall", "pictures/0.png", "--plot", "way.png"],
        env={**os.environ, "HOME": "/proc", "MPLCONFIGDIR": "/proc/no"}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (folder / "way.png").exists()


def on_a_terminal(*arguments, columns, **environment):
    """(exit code, what a terminal of so many columns shows)."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    # Readline, where one of the processes above has loaded it, has put a size there.
    unsized = {name: v for name, v in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "hopcli", *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env={**unsized, **environment},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    return process.wait(HANGS), shown.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["info"],
        ["recall", "pictures/0.png", "--noise", "0.2"],
        ["store", "pictures", "--force"],
        ["corrupt", "pictures/0.png", "-o", "damaged.png", "--noise", "0.1"],
        ["capacity", "--n", "30", "--trials", "10"],
        ["--help"],
        ["recall", "--help"],
        ["info", "-m", "no"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1", "LC_ALL": "C"}])
def test_a_narrow_terminal(folder, hop, pictures, arguments, environment):
    hop("store", pictures / "0.png", pictures / "1.png")
    # Help has two columns, and needs room for both.
    columns = 50 if "--help" in arguments else 20
    code, shown = on_a_terminal(*arguments, columns=columns, **environment)
    assert code == (1 if "no" in arguments else 0)
    assert "Traceback" not in shown
    assert "\ufffd" not in shown
    if "NO_COLOR" in environment or "TERM" in environment:
        assert "\x1b[3" not in shown
    if code == 0:
        # An error is one line for programs too, and an example can be pasted: neither is broken.
        for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).splitlines():
            assert cell_len(line.rstrip()) <= columns or "Example: " in line, line
    if arguments[0] == "capacity" and "TERM" in environment:
        assert "patterns: 2\r\n" in shown


def test_names_are_shown_escaped_and_stored_as_they_are(hop, folder):
    name = "[bold]\x1b[31m\nx.png"
    picture(folder / "p" / name, np.random.default_rng(0).choice([-1, 1], 64), (8, 8))
    hop("store", "p")
    answer = hop("recall", f"p/{name}", "--json").json["recalls"][0]
    assert (answer["cue"], answer["name"]) == (f"p/{name}", name)
    said = hop("recall", f"p/{name}").out
    assert "[bold]\\x1b[31m\\nx.png" in said
    assert "\x1b" not in said
