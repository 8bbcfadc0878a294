"""File names of every kind: shown escaped, stored as they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import picture
from forking import serving

LONG = "ж" * 125 + "a.png"
NAMES = [
    "[bold]x[blink].png",
    "[link=x]y.png",
    "\x1b[31mred\x1b]0;title\x07.png",
    "new\nline\r\t.png",
    os.fsdecode(b"\xff\xfe\x80.png"),
    os.fsdecode("é.png".encode("latin-1")),
    LONG,
    "-x.png",
    "--help.png",
    ":smile:.png",
    "\u202egnp.png",
    "\x9b31m.png",
    "'\"`$HOME`%s{0}\\n.png",
    "rows[3].png",
    "$x^$.png",
    "日本\u0301 .png",
]


@pytest.fixture
def states(folder):
    """A picture of each name, and one named `-`, in a folder."""
    rng = np.random.default_rng(0)
    drawn = {name: rng.choice([-1, 1], 64).astype(np.int8) for name in NAMES}
    for name, state in drawn.items():
        picture(folder / "p" / name, state, (8, 8))
    assert max(len(os.fsencode(name)) for name in NAMES) == 255
    return drawn


def run(*arguments, **environment):
    """Run `hop` as a process, for what its streams really are; bytes."""
    return subprocess.run(
        [sys.executable, "-m", "hopcli", *arguments], capture_output=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def forked(tmp_path_factory):
    """Run `hop` as a fork of one process that has its imports; bytes."""
    with serving(tmp_path_factory.mktemp("bin")) as script:

        def run_script(*arguments, **environment):
            return subprocess.run(
                [script, *arguments], capture_output=True, check=False,
                env={**os.environ, **environment},
            )  # fmt: skip

        yield run_script


def harmless(shown):
    """Whether nothing in bytes that were shown comes from a name and acts on a terminal."""
    text = shown.decode()
    raw = ("\x1b[31m", "\x1b]", "\x07", "\x9b", "\u202e", "\r", "\t", "😄")
    return not any(part in text for part in raw)


def test_names_are_stored_exactly_and_found_again(hop, states):
    answer = hop("store", "p", "--json").json
    assert answer["patterns"] == len(NAMES)
    with np.load("memory.npz") as members:
        assert sorted(members["names"].tolist()) == sorted(NAMES)
    for name in NAMES:
        found = hop("recall", f"p/{name}", "--json").json["recalls"][0]
        assert (found["cue"], found["name"], found["overlap"]) == (f"p/{name}", name, 1)


@pytest.mark.usefixtures("states")
def test_json_is_ascii_whatever_the_names():
    run("store", "p")
    ran = run("recall", "p", "--json", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.isascii()
    found = json.loads(ran.stdout)["recalls"]
    assert sorted(answer["name"] for answer in found) == sorted(NAMES)
    assert all(Path(answer["cue"]).exists() for answer in found)


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.usefixtures("states")
def test_names_are_shown_escaped(forked, terminal):
    shown = {"TTY_COMPATIBLE": "1", "COLUMNS": "400"} if terminal else {}
    # A closing tag has a slash, and so a folder, in it.
    for name in (*NAMES, "[bold]x[/bold].png", "[/red].png"):
        place = Path("bad") / name
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_bytes(b"no picture")
    answers = [
        forked("store", "p", "bad", "--labels", "stem", **shown),
        forked("info", **shown),
        forked("recall", "p", **shown),
        forked("classify", "p", **shown),
        *(forked("recall", f"p/{name}", "--noise", "0.1", **shown) for name in NAMES[:4]),
    ]
    for ran in answers:
        assert ran.returncode == 0, ran.stderr
        assert harmless(ran.stdout), ran.stdout
        assert harmless(ran.stderr), ran.stderr
    told = answers[2].stdout.decode()
    for shown_as in ("[bold]x[blink].png", "\\x1b[31mred", "new\\nline\\r\\t.png", "\\udcff", LONG):
        assert f"p/{shown_as}" in told
    assert b"bad/\\x1b[31mred" in answers[0].stderr or b"more of this kind" in answers[0].stderr


@pytest.mark.parametrize("name", NAMES)
def test_errors_show_names_escaped(hop, name):
    for command in (
        ["recall", f"absent/{name}"],
        ["store", f"absent/{name}"],
        ["info", "-m", name],
    ):
        if command[0] == "recall":
            picture(Path("a.png"), np.ones(64), (8, 8))
            hop("store", "a.png", "--force")
        said = hop(*command).error
        assert harmless(said.encode())


@pytest.mark.parametrize("name", NAMES)
def test_outputs_take_every_name(hop, states, name):
    hop("store", "p")
    cue = f"p/{name}"
    answer = hop("recall", cue, "-o", f"./{name}", "--json").json["recalls"][0]
    assert Path(answer["output"]) == Path(name)
    assert Path(name).exists()
    hop("corrupt", cue, "-o", f"./{name}")
    assert harmless(hop("corrupt", cue, "-o", f"./{name}", "--noise", "0.1").out.encode())
    gif = name[:-4] + ".gif"
    assert hop("recall", cue, "--gif", f"./{gif}").code == 0
    assert Path(gif).exists()
    assert not list(Path().glob(".*.tmp"))


def test_a_plot_takes_every_name(hop, states):
    hop("store", "p")
    for name in ("$x^$.png", NAMES[4]):
        assert hop("recall", f"p/{name}", "--plot", "way.svg").code == 0


def test_a_folder_of_outputs_takes_every_name(hop, states):
    hop("store", "p")
    answers = hop("recall", "p", "-o", "out", "--json").json["recalls"]
    assert len({answer["output"] for answer in answers}) == len(NAMES)
    assert all(Path(answer["output"]).parent == Path("out") for answer in answers)
    assert sorted(p.name for p in Path("out").iterdir()) == sorted(
        Path(answer["output"]).name for answer in answers
    )


def test_names_that_would_be_too_long_are_cut_and_numbered(hop, folder):
    longest = "x" * 255
    for place in ("a", "b"):
        picture(folder / place / "p.png", np.arange(64) % 3 - 1, (8, 8))
        shutil.move(folder / place / "p.png", folder / place / longest)
    hop("store", "a")
    answers = hop("recall", "a", "b", "-o", "out", "--json").json["recalls"]
    names = [Path(answer["output"]).name for answer in answers]
    assert names == ["x" * 251 + ".png", "x" * 249 + "-2.png"]
    assert all((folder / "out" / name).exists() for name in names)


def test_labels_are_stored_exactly(hop, states, folder):
    labels = [name for name in NAMES if name != LONG]
    for label in labels:
        picture(folder / "l" / label / "a.png", states[label], (8, 8))
    assert sorted(hop("store", "l", "--json").json["labels"]) == sorted(labels)
    assert sorted(hop("info", "--json").json["labels"]) == sorted(labels)
    for label in labels[:5]:
        found = hop("classify", f"p/{label}", "--json").json["classifications"][0]
        assert found["label"] == label
        made = hop("generate", "-o", "made.png", "--json", "--", label)
        assert made.code == 0, made.err


def test_shards_keep_every_label(hop, states, folder):
    for label in NAMES[:6]:
        picture(folder / "l" / label / "a.png", states[label], (8, 8))
    answer = hop("store", "l", "-m", "m/", "--shard-size", "2", "--json").json
    assert sorted(answer["labels"]) == sorted(NAMES[:6])
    (folder / "m" / "memory.json").read_text(encoding="utf-8", errors="strict")
    found = hop("recall", f"p/{NAMES[4]}", "-m", "m", "--json").json["recalls"][0]
    assert found["label"] == NAMES[4]


def test_a_leading_dash_is_an_option_unless_it_is_told_otherwise(hop, states, monkeypatch):
    monkeypatch.chdir("p")
    hop("store", ".", "-m", "../memory.npz")
    for form in (["--", "-x.png"], ["./-x.png"]):
        assert hop("recall", "-m", "../memory.npz", "--json", *form).json["recalls"][0]["overlap"]
    ran = hop("recall", "-m", "../memory.npz", "-\x1b[31mx.png")
    assert ran.code == 2
    assert harmless(ran.err.encode())


def test_a_file_named_dash_is_a_file(hop, folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    picture(folder / "a.png", np.arange(64) % 3 - 1, (8, 8))
    (folder / "a.png").rename(folder / "-")
    answer = hop("store", ".", "--json").json
    assert (answer["patterns"], answer["skipped"]) == (1, [])
    with np.load("memory.npz") as members:
        assert members["names"].tolist() == ["-"]
    assert hop("recall", "./-", "--json").json["recalls"][0]["index"] == 0
    assert len(hop("recall", ".", "--json").json["recalls"]) == 1
