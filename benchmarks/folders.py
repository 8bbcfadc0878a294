"""What storing a folder of 100,000 files takes beside one thread of Pillow that opens them.

The peer lists the files, and opens and converts each. Memory is that of all processes together,
shared pages counted once, as Linux tells it every 20 ms. Files are hard links to 1,000 ones, which
lie in 100 folders. Run it as `python benchmarks/folders.py`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

FILES, DIFFERENT = 100_000, 1000
SECONDS, MIB = 20, 500
PEER = """
import sys
from pathlib import Path
from PIL import Image
kept = []
for path in sorted(Path("pictures").rglob("*")):
    try:
        with Image.open(path) as image:
            kept.append(image.convert(sys.argv[1]).tobytes())
    except OSError:
        continue
"""


def drawn(ending: str, draw: Callable[[np.random.Generator], np.ndarray]) -> Callable:
    """How a file is made whose pixels are drawn."""
    return lambda rng, place: Image.fromarray(draw(rng).astype(np.uint8)).save(f"{place}{ending}")


def text(rng: np.random.Generator, place: Path) -> None:
    """A file that is no picture."""
    Path(f"{place}.png").write_bytes(rng.bytes(2000))


KINDS = {
    "black and white, 32×32": (drawn(".png", lambda rng: 255 * rng.integers(0, 2, (32, 32))), "L"),
    "grey, 64×64": (drawn(".png", lambda rng: rng.integers(0, 256, (64, 64))), "L"),
    "coloured, 32×32": (drawn(".png", lambda rng: rng.integers(0, 256, (32, 32, 3))), "RGB"),
    "transparent, 32×32": (drawn(".png", lambda rng: rng.integers(0, 256, (32, 32, 4))), "RGBA"),
    "coloured JPEG, 32×32": (drawn(".jpg", lambda rng: rng.integers(0, 256, (32, 32, 3))), "RGB"),
    "grey, of two sizes": (
        drawn(".png", lambda rng: rng.integers(0, 256, (32, 32 - rng.integers(2)))), "L",
    ),
    "all but one no pictures": (text, "L"),
}  # fmt: skip


def fill(make: Callable) -> None:
    """Make the folder."""
    rng = np.random.default_rng(0)
    for folder in range(FILES // DIFFERENT):
        place = Path("pictures", f"{folder}")
        place.mkdir(parents=True)
        if not folder:
            for k in range(DIFFERENT):
                make(rng, place / f"{k}")
            continue
        for file in Path("pictures", "0").iterdir():
            os.link(file, place / file.name)
    if make is text:
        Image.fromarray(np.tile(np.uint8([9, 99]), (32, 16))).save("pictures/one.png")


def taken(call: list[str]) -> tuple[float, float, int]:
    """Seconds, seconds of the processor, and the most MiB of a process and its forks."""
    start, before, most = time.perf_counter(), os.times(), 0
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, held(process.pid))
            time.sleep(0.02)
    after = os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return time.perf_counter() - start, used, most >> 10


def held(process: int) -> int:
    """The KiB that a process and those that it has forked hold."""
    try:
        kept = Path(f"/proc/{process}/smaps_rollup").read_text().split("\nPss:")[1].split()[0]
        forks = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return int(kept) + sum(held(int(fork)) for fork in forks)


if __name__ == "__main__":
    print("| files | way | s | ratio | s of the processor | MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, (make, mode) in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            fill(make)
            hop = [sys.executable, "-m", "hopcli", "store", "pictures", "--json"]
            ways = {"Pillow": [sys.executable, "-c", PEER, mode], "hop": hop}
            peer = 0.0
            for way, call in ways.items():
                spent, used, most = taken(call)
                peer = peer or spent
                ratio = f"{spent / peer:.2f}"
                print(f"| {kind} | {way} | {spent:.1f} | {ratio} | {used:.1f} | {most} |")
            os.chdir("/")
