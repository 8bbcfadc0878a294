"""How long it takes to lay a cue over stored pictures, beside a search for the nearest picture.

A cue is turned, relit and noisy, so that poses are searched. The peers only look for the stored
picture of least squared distance: FAISS's IndexFlatL2 (pip install faiss-cpu), and NumPy's products
in single precision. Ways take turns. Run it as `python benchmarks/alignment.py`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from timing import seconds

from hopcli.alignment.align import align, index
from hopcli.alignment.search import Index

# Pictures, their height, width and channels; how often each is timed.
SETS = ((1_000, 112, 92, 1, 9), (100_000, 32, 32, 3, 3))
CELLS = 7


def processor() -> str:
    """The processor and the width of its vectors."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    facts = {key.strip(): value for key, _, value in (line.partition(":") for line in lines)}
    flags = facts.get("flags", "").split()
    width = 512 if "avx512f" in flags else 256 if "avx2" in flags else 128
    return f"{facts.get('model name', 'unknown').strip()}, vectors of {width} bits"


def drawn(count: int, height: int, width: int, depth: int) -> NDArray[np.uint8]:
    """Smooth random pictures with edges."""
    rng = np.random.default_rng(0)
    down, across = np.arange(height) * CELLS // height, np.arange(width) * CELLS // width
    cells = rng.integers(0, 200, (count, CELLS, CELLS, depth), np.uint8)
    shade = (np.arange(width) * 55 // width).astype(np.uint8)[:, None]
    return cells[:, down][:, :, across] + shade


def damaged(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn a picture by 9°, darken it, add noise."""
    image = Image.fromarray(picture.squeeze()).rotate(9, Image.Resampling.BICUBIC)
    levels = np.asarray(image, np.float32).reshape(picture.shape) / 255
    noise = np.random.default_rng(1).normal(0, 0.05, picture.shape)
    return np.clip(0.7 * levels + 0.1 + noise, 0, 1).astype(np.float32)


def by_numpy(rows: NDArray[np.float32], cue: NDArray[np.float32]) -> Callable[[], object]:
    """The nearest row by products."""
    squares = np.einsum("ki,ki->k", rows, rows)
    return lambda: int(np.argmin(squares - 2 * (rows @ cue)))


def by_faiss(rows: NDArray[np.float32], cue: NDArray[np.float32]) -> Callable[[], object] | None:
    """The nearest row by FAISS, if that is installed."""
    try:
        import faiss
    except ImportError:
        return None
    flat = faiss.IndexFlatL2(rows.shape[1])
    flat.add(rows)
    return lambda: flat.search(cue[None], 1)


def extra_bytes(found: Index, pictures: NDArray[np.uint8]) -> int:
    """The bytes of an index beside those of the patterns."""
    arrays = (*found.pyramid, found.table, found.scale)
    return sum(each.nbytes for each in arrays if each is not pictures)


def main() -> None:
    """Print a table."""
    print(processor())
    print("\n| pictures | found | way | ms a cue | ratio | memory beside the patterns |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count, height, width, depth, runs in SETS:
        pictures = drawn(count, height, width, depth)
        cue = damaged(pictures[count // 3])
        found = index(pictures)
        rows = np.divide(pictures.reshape(count, -1), 255, dtype=np.float32)
        laid = partial(align, found, pictures, cue)
        right = laid().index == count // 3
        ways = {"hop": laid, "NumPy": by_numpy(rows, cue.ravel())}
        if peer := by_faiss(rows, cue.ravel()):
            ways["FAISS"] = peer
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(runs):
            for way, work in ways.items():
                times[way].append(seconds(work))
        ours = median(times["hop"])
        memory = extra_bytes(found, pictures) / pictures.nbytes
        for way, spent in times.items():
            print(
                f"| {count:,} of {height}x{width}x{depth} | {'yes' if right else 'no'} | {way} "
                f"| {1000 * median(spent):.1f} | {ours / median(spent):.2f} | {memory:.2f} |"
            )


if __name__ == "__main__":
    main()
