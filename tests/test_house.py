"""The house tests itself: formatting, types, the order of imports, help, start-up."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hopcli.cli.main import app

ROOT = Path(__file__).parent.parent
COMMANDS = [command.callback.__name__ for command in app.registered_commands]


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
def test_the_house_is_in_order(tool):
    ran = run(*tool)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(hop, command):
    help_text = hop(command, "--help").out
    assert re.search(rf"Example: hop {command} ", help_text)


def test_help_loads_nothing_heavy():
    script = (
        "import sys; sys.argv = ['hop', '--help']\n"
        "from hopcli.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'numba', 'PIL', 'natsort'} & set(sys.modules)))"
    )
    assert run("-c", script).stdout.strip().endswith("[]")


def test_a_small_recall_loads_no_numba(hop, folder, random_memory):
    random_memory(patterns=30, shape=(64, 64))
    script = (
        "import sys; sys.argv = ['hop', 'recall', 'pictures/a/0.png', '--json']\n"
        f"import os; os.chdir({str(folder)!r})\n"
        "from hopcli.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        "print('numba' in sys.modules, file=sys.stderr)"
    )
    assert run("-c", script).stderr.strip() == "False"


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
