"""Folders of every kind: links that loop, files that vanish, and files that are none."""

import errno
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import picture
from processes import HANGS

from hopcli.errors import PictureError
from hopcli.formats import cues, parallel
from hopcli.formats.collect import Plan, collect
from hopcli.formats.limits import Limits
from hopcli.formats.sources import find
from hopcli.storage import memory_file

PLAN = Plan(None, "auto", None, None)


def state(seed):
    return np.random.default_rng(seed).choice([-1, 1], 64).astype(np.int8)


def draw(place, count):
    for k in range(count):
        picture(place / f"{k}.png", state(k), (8, 8))


def test_links_that_loop_end(hop, folder):
    draw(folder / "p" / "a", 2)
    for name, target in {
        "to-itself.png": "to-itself.png", "here": ".", "up": "..", "one": "two", "two": "one",
        "a/up": "../../p", "a/again": "../a", "broken.png": "nothing",
    }.items():  # fmt: skip
        (folder / "p" / name).symlink_to(target)
    answer = hop("store", "p", "--json").json
    assert answer["patterns"] == 2
    reasons = {s["path"]: s["reason"] for s in answer["skipped"]}
    assert set(reasons) == {
        "p/a/again", "p/a/up", "p/broken.png", "p/here", "p/one", "p/to-itself.png", "p/two",
        "p/up",
    }  # fmt: skip
    assert "links are not followed" in reasons["p/here"]
    assert "no file" in reasons["p/broken.png"]
    assert len(hop("recall", "p", "--json").json["recalls"]) == 2


def test_links_to_files_and_folders_that_are_named_are_followed(hop, folder):
    draw(folder / "real", 2)
    (folder / "p").mkdir()
    (folder / "p" / "x.png").symlink_to("../real/0.png")
    (folder / "linked").symlink_to("real")
    answer = hop("store", "p", "linked", "linked/1.png", "--json").json
    assert (answer["patterns"], answer["skipped"]) == (4, [])


@pytest.fixture(params=["alone", "two workers"])
def processes(request, monkeypatch):
    monkeypatch.setattr(parallel, "SECONDS_ALONE", -1.0)
    cores = 1 if request.param == "alone" else 2
    monkeypatch.setattr(parallel, "_usable_cores", lambda: cores)


@pytest.mark.usefixtures("processes")
def test_what_vanishes_or_changes_while_it_runs_is_reported_and_the_rest_stored(
    folder, monkeypatch
):
    draw(folder / "p", 90)
    np.save(folder / "p" / "rows.npy", state(0)[None])
    found = find([Path("p")], "none")
    for name in ("3.png", "60.png", "rows.npy"):
        (folder / "p" / name).unlink()
    (folder / "p" / "4.png").unlink()
    (folder / "p" / "4.png").mkdir()
    (folder / "p" / "5.png").unlink()
    os.mkfifo(folder / "p" / "5.png")
    (folder / "p" / "6.png").write_bytes(b"")
    refuse(monkeypatch, {"7.png": errno.EACCES, "61.png": errno.EIO})
    memory, report = collect(found, PLAN)
    reasons = {Path(path).name: reason for path, reason in report.skipped}
    gone = {"3.png", "4.png", "5.png", "6.png", "7.png", "60.png", "61.png", "rows.npy"}
    assert set(reasons) == gone
    assert memory.names.tolist() == [f"{k}.png" for k in range(90) if f"{k}.png" not in gone]
    for name, said in {
        "3.png": "there is no file", "rows.npy": "there is no file", "4.png": "is a folder",
        "5.png": "no ordinary file", "7.png": "may not be read", "61.png": "Input/output error",
    }.items():  # fmt: skip
        assert said in reasons[name], reasons[name]


def refuse(monkeypatch, errors):
    """Let files of these names fail to open, as permissions do to all but root."""
    really = os.open

    def opened(place, *arguments, **named):
        number = errors.get(Path(os.fsdecode(place)).name)
        if number is not None:
            raise OSError(number, os.strerror(number), place)
        return really(place, *arguments, **named)

    monkeypatch.setattr(os, "open", opened)


def test_a_file_becomes_a_pipe_in_the_moment_before_it_is_opened(folder, monkeypatch):
    draw(folder, 1)
    really = os.open

    def opened(place, *arguments, **named):
        if os.fspath(place).endswith("0.png"):
            Path(place).unlink()
            os.mkfifo(place)
        return really(place, *arguments, **named)

    monkeypatch.setattr(os, "open", opened)
    # It would wait for somebody to write.
    with pytest.raises(PictureError, match="no ordinary file"):
        collect(find([Path("0.png")], "none"), PLAN)


def test_cues_that_vanish_are_said_and_the_others_recalled(hop, folder):
    draw(folder / "p", 4)
    hop("store", "p")
    found = find([Path("p")], "none")
    (folder / "p" / "2.png").unlink()
    read, notes = cues.read(found, memory_file.load(Path("memory.npz")), None, Limits())
    assert [cue.name for cue in read] == ["p/0.png", "p/1.png", "p/3.png"]
    assert notes == ["skipped: there is no file p/2.png; check its name"]


def test_a_folder_that_may_not_be_opened_is_reported(hop, folder, monkeypatch):
    draw(folder / "p" / "open", 2)
    draw(folder / "p" / "closed", 2)
    really = os.scandir

    def listed(place):
        if os.fspath(place).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", place)
        return really(place)

    monkeypatch.setattr(os, "scandir", listed)
    answer = hop("store", "p", "--json").json
    assert answer["patterns"] == 2
    assert [s["path"] for s in answer["skipped"]] == ["p/closed"]


@pytest.fixture
def special(folder):
    """A pipe, a socket and devices, in a folder with one picture."""
    draw(folder / "p", 1)
    os.mkfifo(folder / "p" / "pipe.png")
    os.mkfifo(folder / "p" / "pipe.npy")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("p/socket.png")
    (folder / "p" / "device.png").symlink_to("/dev/zero")
    (folder / "p" / "terminal.png").symlink_to("/dev/tty")
    return ["device.png", "pipe.npy", "pipe.png", "socket.png", "terminal.png"]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "hopcli", *arguments], capture_output=True, text=True, check=False,
        timeout=HANGS, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_special_files_in_a_folder_are_skipped_without_waiting(hop, special):
    # As a process of its own first: it may be killed if it waits.
    assert run("store", "p").returncode == 0
    answer = hop("store", "p", "--force", "--json").json
    assert answer["patterns"] == 1
    assert [Path(s["path"]).name for s in answer["skipped"]] == special
    assert all("no ordinary file" in s["reason"] for s in answer["skipped"])
    assert len(hop("recall", "p", "--json").json["recalls"]) == 1


def test_special_files_that_are_named_are_refused_without_waiting(hop, special):
    hop("store", "p")
    for name in special:
        for arguments in (
            ["recall", f"p/{name}"],
            ["recall", "p/0.png", "--mask", f"p/{name}"],
            ["store", f"p/{name}", "-m", "new.npz"],
            ["classify", f"p/{name}"],
            ["corrupt", f"p/{name}", "-o", "out.png"],
        ):
            if arguments[0] == "classify":
                hop("store", "p/0.png", "--labels", "stem", "--force")
            assert "no ordinary file" in hop(*arguments).error
    assert run("recall", "p/pipe.png").returncode == 1
    assert run("recall", "p/0.png", "--mask", "p/pipe.png").returncode == 1
    assert run("info", "-m", "p/pipe.png").returncode == 1


@pytest.mark.parametrize(
    "name", ["x" * 300, "p/0.png/inside", "loop"], ids=["too long", "in a file", "loop"]
)
def test_what_cannot_be_reached_is_an_error_in_words(hop, folder, name):
    draw(folder / "p", 1)
    hop("store", "p")
    (folder / "loop").symlink_to("loop")
    for arguments in (
        ["store", name, "-m", "new.npz"],
        ["recall", name],
        ["recall", "p", "--mask", name],
    ):
        said = hop(*arguments).error
        assert "check" in said
        assert "fault" not in said


def test_recalled_pictures_never_replace_the_cues(hop, folder):
    draw(folder / "p", 3)
    hop("store", "p")
    before = {path.name: path.read_bytes() for path in (folder / "p").iterdir()}
    assert "would be overwritten" in hop("recall", "p", "-o", "p", "--noise", "0.3").error
    assert "would be overwritten" in hop(
        "recall", "p/0.png", "--mask", "p/1.png", "-o", "p/1.png"
    ).error  # fmt: skip
    assert {path.name: path.read_bytes() for path in (folder / "p").iterdir()} == before


def test_many_outputs_of_one_name_are_numbered(folder):
    from hopcli.cli.output_paths import numbered

    names = [f"{k}/0.png" for k in range(3000)]
    found = numbered(Path("out"), names)
    assert found[:3] == [Path("out/0.png"), Path("out/0-2.png"), Path("out/0-3.png")]
    assert len(set(found)) == 3000


def test_large_files_are_not_read_to_see_what_they_are(folder):
    """A hole of 10 GB, of which the system makes zeros as they are read."""
    draw(folder / "p", 60)
    for name in ("movie.png", "table.npy", "notes.txt"):
        with (folder / "p" / name).open("wb") as stream:
            stream.write(b"\x89PNG\r\n\x1a\n" if name == "movie.png" else b"\x93NUMPY\1\0")
            stream.truncate(10**10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory, report = collect(find([Path("p")], "none"), PLAN)
    assert (len(memory), len(report.skipped)) == (60, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.slow
def test_a_hundred_thousand_files_take_no_more_than_500_mib(folder):
    draw(folder / "p", 1000)
    for k in range(1, 100):
        (folder / "p" / f"{k}").mkdir()
        for file in range(1000):
            os.link(folder / "p" / f"{file}.png", folder / "p" / f"{k}" / f"{file}.png")
    with subprocess.Popen(
        [sys.executable, "-m", "hopcli", "store", "p", "--json"], stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert used.ru_maxrss < 500 * 1024
    assert len(memory_file.load(Path("memory.npz"))) == 100_000
