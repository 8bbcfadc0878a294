"""Standard streams that are full, closed, or not a terminal's, in every command."""

import os
import subprocess
import sys

import pytest
from conftest import picture
from numpy.random import default_rng

COMMANDS = {
    "help": "--help",
    "version": "--version",
    "store": "store pictures -m memory.npz --force",
    "recall": "recall pictures/a/0.png -m memory.npz",
    "a picture": "recall pictures/a/0.png -m memory.npz -o -",
    "learn": "learn -m memory.npz",
    "learn boltzmann": "learn -m memory.npz --rule boltzmann --sweeps 2",
    "interpret": "interpret pictures -m machine.npz",
    "learn dense": "learn -m memory.npz --rule dense --sweeps 2",
    "dream": "dream -m memory.npz --steps 20",
    "forget": "forget a/0.png -m memory.npz",
    "classify": "classify pictures -m memory.npz",
    "generate": "generate a -m memory.npz -o made.png",
    "corrupt": "corrupt pictures/a/0.png -o damaged.png",
    "info": "info -m memory.npz",
    "capacity": "capacity --n 20 --trials 3",
}
JSON = {
    f"{name}, JSON": f"{COMMANDS[name]} --json" for name in ("store", "recall", "info", "capacity")
}


@pytest.fixture
def memory(hop, folder):
    for k in range(4):
        state = default_rng(k).choice([-1, 1], 64)
        picture(folder / "pictures" / "ab"[k % 2] / f"{k}.png", state, (8, 8))
    hop("store", "pictures")
    hop("store", "pictures", "-m", "machine.npz")
    hop("learn", "--rule", "boltzmann", "-m", "machine.npz")


def ran(command, redirected="", **environment):
    """(exit code, standard output, standard error) of a command in a shell."""
    done = subprocess.run(
        f"{sys.executable} -m hopcli {command} {redirected}", shell=True, capture_output=True,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("command", [*COMMANDS.values(), *JSON.values()], ids=[*COMMANDS, *JSON])
def test_a_full_output_is_an_error_of_one_line(memory, command):
    code, _, err = ran(command, ">/dev/full")
    assert code == 1
    assert err == (
        "hop: error: standard output cannot be written: No space left on device; send it where "
        "there is room\n"
    )


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_closed_streams_are_no_fault_and_no_file_takes_their_place(memory, folder, command):
    assert ran(command, ">&- 2>&- <&-") == (0, b"", "")
    for path in folder.rglob("*.np?"):
        assert path.read_bytes()[:2] in (b"PK", b"\x93N")


@pytest.mark.parametrize("command", ["recall nothing.png", "info -m nothing.npz", "info --no-such"])
@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-", ">&- 2>/dev/full"])
def test_errors_that_nobody_hears_keep_their_exit_codes(memory, command, redirected):
    assert ran(command, redirected) == (2 if "--no" in command else 1, b"", "")


def test_notes_that_cannot_be_written_do_not_stop_a_command(memory, folder):
    (folder / "pictures" / "a" / "no.png").write_text("no picture")
    code, out, _ = ran("store pictures -m other.npz --json", "2>/dev/full")
    assert code == 0
    assert b'"added": 4' in out


def test_a_reader_that_has_gone_is_not_told_of(memory):
    code, _, err = ran("info -m memory.npz", "| true")
    assert (code, err) == (0, "")


def test_a_closed_standard_input_holds_no_picture(memory):
    code, _, err = ran("recall - -m memory.npz", "<&-")
    assert code == 1
    assert err.startswith("hop: error: standard input is no readable picture")
