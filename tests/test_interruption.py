"""Ctrl-C and SIGTERM at any moment end the process, and nothing is lost or left behind."""

import os
import pty
import random
import signal
import subprocess
import time

import numpy as np
import pytest
from conftest import picture
from processes import (
    HANGS,
    awaited,
    ended,
    interrupted,
    members,
    start,
    start_telling,
    unread,
    wait_until_watching,
)

from hopcli.binary import packing
from hopcli.storage import memory_file
from hopcli.storage.lock import locked

SIGNALS = [signal.SIGINT, signal.SIGTERM]
PICTURES = 200
# What is called before work in which the main thread does not hear signals.
STANDS_BY = ("hopcli.interruption", "stand_by")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    states = np.random.default_rng(0).choice([-1, 1], (PICTURES + 1, 32 * 32))
    picture(folder / "0.png", states[0], (32, 32))
    for k, state in enumerate(states[1:], start=1):
        picture(folder / "more" / f"{k}.png", state, (32, 32))
    return folder


def interrupted_at_random(process, number, longest):
    """Send a signal at a random moment of a process; (exit code, standard error)."""
    wait_until_watching(process)
    time.sleep(random.uniform(0, longest))
    code, _, err = interrupted(process, number)
    return code, err


def check_moments(arguments, folder, moments, check, *, longest):
    """Interrupt a command at random moments, and see after each what `check` says."""
    for k in range(moments):
        number = SIGNALS[k % 2]
        code, err = interrupted_at_random(start(*arguments), number, longest)
        assert code in (0, 128 + number), (code, err)
        assert not err or err.startswith("hop: note: "), err
        assert err.count("\n") <= 1, err
        assert not [path for path in folder.rglob("*") if path.name.endswith(".tmp")]
        check()


def check_store(hop, folder, pictures, moments):
    hop("store", pictures / "0.png")
    old = (folder / "memory.npz").read_bytes()
    hop("store", pictures / "more", "-m", "new.npz")
    hop("store", pictures / "0.png", "-m", "appended.npz")
    hop("store", pictures / "more", "-m", "appended.npz", "--append")
    for option, new in (("--force", "new.npz"), ("--append", "appended.npz")):
        allowed = {old, (folder / new).read_bytes()}

        def check(allowed=allowed):
            assert (folder / "memory.npz").read_bytes() in allowed
            (folder / "memory.npz").write_bytes(old)

        check_moments(["store", pictures / "more", option], folder, moments, check, longest=0.4)


def check_folder_store(hop, folder, pictures, moments):
    hop("store", pictures / "0.png", "-m", "memory/", "--shard-size", 40)

    def check():
        answer = hop("info", "-m", "memory", "--json").json
        assert answer["patterns"] in (1, PICTURES)
        index = {path.name for path in (folder / "memory").iterdir()}
        assert len([name for name in index if name.endswith(".npz")]) in (1, PICTURES // 40)
        hop("store", pictures / "0.png", "-m", "memory", "--force")

    arguments = ["store", pictures / "more", "-m", "memory", "--shard-size", 40, "--force"]
    check_moments(arguments, folder, moments, check, longest=0.5)


def check_recall(hop, folder, pictures, moments):
    hop("store", pictures / "more")
    hop("recall", pictures / "0.png", "-o", "whole.png")
    whole = (folder / "whole.png").read_bytes()

    def check():
        assert not (folder / "out.png").exists() or (folder / "out.png").read_bytes() == whole
        (folder / "out.png").unlink(missing_ok=True)

    arguments = ["recall", pictures / "0.png", "-o", "out.png"]
    check_moments(arguments, folder, moments, check, longest=0.4)


def check_capacity(folder, moments):
    for workers in (0, 2):
        arguments = ["capacity", "--n", 500, "--trials", 100_000, "--force", "--workers", workers]
        check_moments(arguments, folder, moments, lambda: None, longest=2)


def check_weights(hop, folder, pictures, moments):
    hop("store", pictures / "more", "--force")
    for arguments in (["learn", "--rule", "storkey"], ["forget", "3.png"]):
        old = (folder / "memory.npz").read_bytes()
        hop(*arguments)
        allowed = {old, (folder / "memory.npz").read_bytes()}
        (folder / "memory.npz").write_bytes(old)

        def check(allowed=allowed, old=old):
            assert (folder / "memory.npz").read_bytes() in allowed
            (folder / "memory.npz").write_bytes(old)

        check_moments(arguments, folder, moments, check, longest=0.6)
        hop(*arguments)


def test_store_at_random_moments(hop, folder, pictures):
    check_store(hop, folder, pictures, 6)


def test_store_into_a_folder_at_random_moments(hop, folder, pictures):
    check_folder_store(hop, folder, pictures, 4)


def test_recall_at_random_moments(hop, folder, pictures):
    check_recall(hop, folder, pictures, 6)


def test_capacity_at_random_moments(folder):
    check_capacity(folder, 2)


def test_learn_and_forget_at_random_moments(hop, folder, pictures):
    check_weights(hop, folder, pictures, 3)


@pytest.mark.slow
def test_every_command_at_many_random_moments(hop, folder, pictures):
    check_store(hop, folder, pictures, 100)
    check_folder_store(hop, folder, pictures, 50)
    check_recall(hop, folder, pictures, 50)
    check_weights(hop, folder, pictures, 25)
    check_capacity(folder, 25)


@pytest.mark.parametrize("number", SIGNALS)
def test_in_the_middle_of_a_kernel(folder, number):
    words = np.random.default_rng(0).integers(2**64, size=(200_000, 16), dtype=np.uint64)
    names = [str(k) for k in range(len(words))]
    memory = memory_file.memory_of("binary", (1, 1024), words, names, [None] * len(words))
    memory_file.save(memory, folder / "memory.npz")
    np.save("cues.npy", packing.unpack(words[:64], 1024)[:, ::-1])
    # It stands by for signals when the kernels are loaded, and is in one of them from then on.
    process = start_telling(*STANDS_BY, "recall", "cues.npy", "--energy", "poly", "--json")
    code, err = interrupted_at_random(process, number, 1)
    assert (code, err) == (128 + number, "")


def test_in_the_middle_of_a_matrix(hop, folder):
    np.save("many.npy", np.random.default_rng(0).choice([-1, 1], (2500, 3600)).astype(np.int8))
    hop("store", "many.npy")
    before = (folder / "memory.npz").read_bytes()
    process = start_telling(*STANDS_BY, "learn")
    assert interrupted_at_random(process, signal.SIGINT, 0.5) == (130, "")
    assert (folder / "memory.npz").read_bytes() == before


def test_while_kernels_are_compiled(hop, folder):
    np.save("cues.npy", np.random.default_rng(0).choice([-1, 1], (64, 1024)).astype(np.int8))
    hop("store", "cues.npy")
    kept = folder / "kept"
    process = start(
        "recall", "cues.npy", "--energy", "classical", "--max-sweeps", 1,
        env={**os.environ, "NUMBA_CACHE_DIR": str(kept)},
    )  # fmt: skip
    assert awaited(lambda: list(kept.rglob("*.nbc")), process)
    assert interrupted_at_random(process, signal.SIGINT, 0.5) == (130, "")
    assert not list(kept.rglob("*.tmp.*"))


@pytest.mark.parametrize("number", [*SIGNALS, signal.SIGHUP])
def test_while_it_waits_for_standard_input(folder, hop, pictures, number):
    hop("store", pictures / "0.png")
    process = start("recall", "-", stdin=subprocess.PIPE)
    process.stdin.write("begun")
    process.stdin.flush()
    awaited(lambda: not unread(process.stdin.fileno()), process)
    process.send_signal(number)
    # Its input stays open until it has ended.
    assert process.wait(HANGS) == 128 + number
    assert process.communicate()[1] == ""


def test_while_it_waits_for_a_lock(folder, hop, pictures):
    hop("store", pictures / "0.png")
    with locked(folder / "memory.npz"):
        arguments = ["store", pictures / "more", "--append"]
        process = start_telling("time", "sleep", *arguments)
        assert interrupted(process, signal.SIGINT)[::2] == (130, "")


@pytest.mark.parametrize("longest", [0, 0.5, 1.5])
def test_ctrl_c_reaches_workers_too(longest):
    process = start(
        "capacity", "--n", 500, "--trials", 100_000, "--workers", 2, "--force",
        start_new_session=True,
    )  # fmt: skip
    wait_until_watching(process)
    time.sleep(random.uniform(0, longest))
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = ended(process)
    assert code == 130
    assert err in ("", "hop: note: interrupted; this is what is known so far\n")
    awaited(lambda: not members(process.pid))


def test_workers_do_not_outlive_the_process_that_asks():
    process = start(
        "capacity", "--n", 500, "--trials", 100_000, "--workers", 2, "--force",
        start_new_session=True,
    )  # fmt: skip
    awaited(lambda: len(members(process.pid)) >= 3, process)
    process.kill()
    ended(process)
    awaited(lambda: not members(process.pid))


def test_a_terminal_gets_its_cursor_back(pictures):
    ours, theirs = pty.openpty()
    process = start(
        "capacity", "--n", 500, "--trials", 100_000, "--force", stderr=theirs, stdout=theirs
    )
    os.close(theirs)
    shown = b""
    while b"\x1b[?25l" not in shown:
        shown += os.read(ours, 4096)
    process.send_signal(signal.SIGTERM)
    while chunk := _read(ours):
        shown += chunk
    assert process.wait(HANGS) == 143
    assert shown.rfind(b"\x1b[?25h") > shown.rfind(b"\x1b[?25l")


def _read(descriptor):
    try:
        return os.read(descriptor, 4096)
    except OSError:
        # The other side of a terminal has been closed.
        return b""
