"""The oldest releases that pyproject.toml allows, all at once: the whole suite passes with them."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
BOUND = re.compile(r"([a-z0-9-]+)>=([0-9.]+)")


def bounds():
    """Each package that is asked for by name, with its lower bound."""
    wanted = [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    return [BOUND.fullmatch(one) for one in wanted if not one.startswith("hopcli[")]


def test_every_dependency_has_a_lower_bound():
    assert all(bounds())


@pytest.mark.slow
def test_the_suite_passes_at_the_lower_bounds(folder):
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in tracked.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    Path("oldest.txt").write_text("".join(f"{one[1]}=={one[2]}\n" for one in bounds()))
    subprocess.run([sys.executable, "-m", "venv", "oldest"], check=True)
    python = folder / "oldest" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "-e", ".[dev]", "-c", "oldest.txt"], check=True
    )
    # Old releases use what newer ones of their own dependencies will not have for ever.
    ran = subprocess.run(
        [python, "-m", "pytest", "-q", "-n", "2", "tests", "-W", "default::DeprecationWarning"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:]
