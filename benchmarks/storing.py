"""How long `hop store` of 10,000 small PNGs takes beside one thread of Pillow.

The peer lists them, and opens, converts and resizes each to 64×64, which they are already; it
writes nothing. All take turns, as whole processes. Run it as `python benchmarks/storing.py`.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

FILES = 10_000
SIDE = 64
RUNS = 7
PEER = """
import sys, time
from pathlib import Path
from PIL import Image
start = time.perf_counter()
kept = []
for path in sorted(Path("pictures").rglob("*.png")):
    with Image.open(path) as image:
        kept.append(image.convert(sys.argv[1]).resize((64, 64)))
print(time.perf_counter() - start)
"""
ALONE = """
import sys
from hopcli.formats import parallel
parallel._usable_cores = lambda: 1
sys.argv = ["hop", *sys.argv[1:]]
from hopcli.__main__ import main
main()
"""


def noise(rng: np.random.Generator) -> np.ndarray:
    """Black and white at random."""
    return np.where(rng.random((SIDE, SIDE)) < 0.5, 255, 0)


def clouds(rng: np.random.Generator, *channels: int) -> np.ndarray:
    """Smooth levels, as photographs have them."""
    levels = rng.normal(size=(SIDE, SIDE, *channels)).cumsum(axis=0).cumsum(axis=1)
    return 255 * (levels - levels.min()) / np.ptp(levels)


KINDS = {
    "black and white": (noise, "L"),
    "grey": (clouds, "L"),
    "coloured": (lambda rng: clouds(rng, 3), "RGB"),
}


def taken(call: list[str], folder: str) -> tuple[float, float]:
    """The seconds of a whole process, and of its work as it states them."""
    start = time.perf_counter()
    ran = subprocess.run(call, cwd=folder, check=True, capture_output=True, text=True)
    whole = time.perf_counter() - start
    said = json.loads(ran.stdout)
    return whole, said if isinstance(said, float) else said["seconds"]["work"]


def measure(kind: str) -> None:
    """Print the rows of one kind of pictures."""
    draw, mode = KINDS[kind]
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for k in range(FILES):
            place = Path(folder, "pictures", f"label{k % 10}", f"{k}.png")
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(draw(rng).astype(np.uint8)).save(place)
        store = ["store", "pictures", "-m", "m.npz", "--force", "--json"]
        ways = {
            "Pillow, one thread": [sys.executable, "-c", PEER, mode],
            "hop": [str(Path(sys.executable).with_name("hop")), *store],
            "hop, one process": [sys.executable, "-c", ALONE, *store],
        }
        times: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(RUNS):
            for way, call in ways.items():
                times[way].append(taken(call, folder))
    peer = [median(column) for column in zip(*times["Pillow, one thread"], strict=True)]
    for way, found in times.items():
        whole, work = (median(column) for column in zip(*found, strict=True))
        print(
            f"| {kind} | {way} | {whole:.2f} | {whole / peer[0]:.2f} | {work:.2f} | "
            f"{work / peer[1]:.2f} |"
        )


if __name__ == "__main__":
    print("| pictures | way | whole, s | ratio | work, s | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in KINDS:
        measure(kind)
