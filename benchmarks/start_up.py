"""How long whole calls of `hop` take beside the imports that they cannot do without.

Each call and its peer take turns, output piped. Run it as `python benchmarks/start_up.py`, in an
environment with hop installed; one that is not installed as editable has its modules compiled.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image
from timing import process_seconds

RUNS = 21
HELP = "import click, rich.console"
RECALL = "import click, rich.console, numpy, PIL.Image"
CALLS = (
    (["recall", "pictures/0.png", "--json"], RECALL),
    (["recall", "pictures/0.png"], RECALL),
    (["--help"], HELP),
    (["recall", "--help"], HELP),
    (["--version"], HELP),
)


def main() -> None:
    """Print a row for each call."""
    hop = [str(Path(sys.executable).with_name("hop"))]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pictures").mkdir()
        rng = np.random.default_rng(0)
        for k in range(50):
            levels = np.where(rng.random((64, 64)) < 0.5, 255, 0).astype(np.uint8)
            Image.fromarray(levels).save(Path(folder, "pictures", f"{k}.png"))
        process_seconds([*hop, "store", "pictures"], folder)
        print("| call | ms | peer | ms | ratio |\n| --- | --- | --- | --- | --- |")
        for arguments, imports in CALLS:
            call, peer = [*hop, *arguments], [sys.executable, "-c", imports]
            spent = [[process_seconds(one, folder) for one in (call, peer)] for _ in range(RUNS)]
            own, other = (1000 * median(taken) for taken in zip(*spent, strict=True))
            said = f"hop {' '.join(arguments)}"
            print(f"| {said} | {own:.0f} | {imports} | {other:.0f} | {own / other:.2f} |")


if __name__ == "__main__":
    main()
