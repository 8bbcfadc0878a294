"""The README: every command in it runs, and prints what it says."""

import doctest
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from forking import serving

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
# What a terminal of 80 columns without colours shows, and what goes through a pipe.
SESSIONS = re.findall(r"```(console|shell-session)\n(.*?)```", README, re.DOTALL)
TERMINAL = {"TTY_COMPATIBLE": "1", "NO_COLOR": "1", "COLUMNS": "80"}
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def shown(text):
    """Output as it stands in the README: without styles, trailing blanks and what clocks say."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r'"seconds": \{[^}]*\}', '"seconds": {…}', text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def commands(block):
    """(command, output) of each command in a block."""
    return [
        (part.partition("\n")[0], part.partition("\n")[2]) for part in block.split("$ ") if part
    ]


def test_every_command_prints_what_the_readme_says(folder):
    shutil.copytree(ROOT / "sample_patterns", folder / "sample_patterns")
    scripts = folder / "bin"
    scripts.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{scripts}:{os.environ['PATH']}",
    }
    found = [(kind, *command) for kind, block in SESSIONS for command in commands(block)]
    assert len(found) > 12
    mismatches = []
    with serving(scripts):
        for kind, command, output in found:
            surroundings = environment | (TERMINAL if kind == "console" else {})
            ran = subprocess.run(
                command, shell=True, env=surroundings, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if ran.returncode or shown(ran.stdout) != shown(output):
                mismatches.append(
                    f"$ {command}\n[exit code {ran.returncode}]\n{shown(ran.stdout)}\n"
                    f"[README.md]\n{shown(output)}"
                )
    assert not mismatches, "\n\n".join(mismatches)


def test_every_line_of_python_answers_what_the_readme_says(folder):
    shutil.copytree(ROOT / "sample_patterns", folder / "sample_patterns")
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", None, 0)
    ran = doctest.DocTestRunner().run(test)
    assert (ran.failed, ran.attempted > 4) == (0, True)
    assert (folder / "R.png").exists()


def test_every_command_of_hop_has_a_section():
    from hopcli.cli.commands import SUMMARIES

    for name in SUMMARIES:
        assert f"\n## hop {name}\n" in README


def test_the_test_command_is_what_ci_runs():
    assert len(SHELL) == 2
    script = (ROOT / ".ci" / "run").read_text()
    marker = re.search(r"grep -m1 '(.*)' README\.md", script).group(1)
    lines = [line for line in README.splitlines() if re.search(marker, line)]
    assert lines == [SHELL[1].strip()]


def test_the_first_command_installs_stores_and_recalls(folder):
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if tracked.returncode:
        pytest.skip(f"a fresh checkout is made by git, which says: {tracked.stderr.strip()}")
    for name in tracked.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    ran = subprocess.run(
        SHELL[0], shell=True, text=True, capture_output=True, check=False, cwd=folder
    )
    if "No matching distribution" in ran.stderr or "NewConnectionError" in ran.stderr:
        pytest.skip(f"pip cannot reach a package index: {ran.stderr.splitlines()[-1]}")
    assert ran.returncode == 0, ran.stderr
    assert "R-half.png is letters/R.png (letters)" in ran.stdout
    assert (folder / "R.png").exists()


def test_every_promise_is_kept_by_a_test_that_is_there():
    promises = README.partition("\n## Promises\n")[2].partition("\n## ")[0]
    lines = [line for line in promises.splitlines() if line.startswith("- ")]
    assert len(lines) > 10
    tests = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    for line in lines:
        named = re.findall(r"\btest_\w+\b(?!\.py)", line)
        assert named, line
        for test in named:
            assert f"\ndef {test}(" in tests, test
