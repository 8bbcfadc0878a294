"""A short run of what tests/fuzz runs for as long as it is told."""

import subprocess
import sys
from pathlib import Path

from fuzz import arrays, pictures


def test_damaged_pictures_are_read_or_refused(folder, capfd):
    read = sum(pictures.attempt(pictures.damaged(0, number), folder) for number in range(1500))
    # Neither everything nor nothing is refused, or the injuries are not what they should be.
    assert 150 < read < 1350
    assert capfd.readouterr() == ("", "")


def test_damaged_arrays_and_tables_are_read_or_refused(folder, capfd):
    read = sum(arrays.attempt(*arrays.damaged(0, number), folder) for number in range(600))
    assert 30 < read < 570
    assert capfd.readouterr() == ("", "")
    assert arrays.damaged(3, 7) == arrays.damaged(3, 7)


def test_the_same_seed_makes_the_same_files():
    assert pictures.damaged(3, 7) == pictures.damaged(3, 7)
    assert pictures.damaged(3, 7) != pictures.damaged(4, 7)


def test_a_fault_is_found_and_said(folder):
    """With levels that are wrong, as a fault in hop would make them."""
    script = Path(pictures.__file__)
    broken = folder / "broken.py"
    broken.write_text(
        script.read_text().replace(
            "        found = pictures.read(path, most=MOST)\n",
            "        found = pictures.read(path, most=MOST)\n        found.pixels[:] = 2\n",
            1,
        )
    )
    ran = subprocess.run(
        [sys.executable, str(broken), "--seconds", "900", "--files", "40"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "fault: --seed 0 --only" in ran.stdout
    assert "levels from 2" in ran.stdout
