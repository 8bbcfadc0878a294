"""The code itself: formatting, types, the order of imports, help, start-up."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hopcli.cli.commands import SUMMARIES, load

ROOT = Path(__file__).parent.parent
# What a small recall does without; help needs no more than click.
HEAVY = {"numba", "scipy", "matplotlib", "dask", "distributed", "pydantic", "natsort"}
HEAVIER_THAN_HELP = HEAVY | {"numpy", "PIL", "filelock", "rich", "rich.markdown", "rich.traceback"}


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "tool",
    [
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "basedpyright", "--pythonpath", sys.executable),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ],
    ids=["lint", "format", "types", "order of imports"],
)
def test_the_code_passes(tool):
    ran = run(*tool)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("command", SUMMARIES)
def test_every_command_has_help_with_an_example_of_itself(hop, command):
    help_text = hop(command, "--help").out
    assert re.search(rf"Example: hop {command} ", help_text)


@pytest.mark.parametrize("command", SUMMARIES)
def test_the_summary_of_a_command_is_the_first_line_of_its_help(command):
    assert load(command).help.split("\n\n")[0] == SUMMARIES[command]


@pytest.mark.parametrize("command", SUMMARIES)
def test_help_says_of_no_flag_and_no_argument_what_python_makes_of_it(hop, command):
    assert not re.search("<bool>|<list|<Path>|<int", hop(command, "--help").out)


def test_help_lists_every_command(hop):
    shown = " ".join(hop("--help").out.split())
    for command, summary in SUMMARIES.items():
        assert f"{command} {summary}" in shown
    assert hop().out.split() == hop("--help").out.split()


def loaded(folder, *arguments):
    """The modules that a call of `hop` loads."""
    script = (
        f"import os, sys; os.chdir({str(folder)!r}); sys.argv = ['hop', *{arguments!r}]\n"
        "from hopcli.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    return set(run("-c", script).stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("recall", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(folder, arguments):
    modules = loaded(folder, *arguments)
    assert "click" in modules
    assert not modules & HEAVIER_THAN_HELP


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_small_recall_loads_nothing_heavy(folder, random_memory, options):
    random_memory(patterns=30, shape=(64, 64))
    modules = loaded(folder, "recall", "pictures/a/0.png", *options)
    assert "hopcli.binary.plain" in modules
    kinds = {"hopcli.storage.learned.weights", "hopcli.continuous.label_descent"}
    assert not modules & (HEAVY | kinds | {"rich.console", "numpy.ma"})


def test_the_version_is_said(hop):
    from hopcli import __version__

    assert hop("--version").out == f"hop {__version__}\n"
    assert run("-m", "hopcli", "--version").stdout == f"hop {__version__}\n"


def test_the_sample_patterns_are_what_their_script_draws(folder):
    samples = ROOT / "sample_patterns"
    for script in samples.glob("*.py"):
        (folder / script.name).write_text(script.read_text())
    subprocess.run([sys.executable, "draw.py"], cwd=folder, check=True, capture_output=True)
    drawn = {p.relative_to(folder): p for p in folder.rglob("*.png")}
    kept = {p.relative_to(samples): p for p in samples.rglob("*.png")}
    assert drawn.keys() == kept.keys()
    for name, path in drawn.items():
        with Image.open(path) as one, Image.open(kept[name]) as other:
            assert one.mode == other.mode
            assert one.tobytes() == other.tobytes()
    files = [p for p in samples.rglob("*") if p.is_file() and p.parent.name != "__pycache__"]
    assert sum(p.stat().st_size for p in files) < 200_000
