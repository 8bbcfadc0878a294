"""What it costs to check a memory when it is opened, beside numpy.load of the same members.

Random patterns of 1,024 bits, the file in the page cache. NumPy reads every member, which verifies
the zip's CRC-32. Run it as `python benchmarks/checked_opening.py`.
"""

import hashlib
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from timing import times

from hopcli.storage import memory_file
from hopcli.storage.memory_file import Memory

SIZES = (50, 4_000, 100_000, 480_000, 1_000_000)
RUNS = 7


def milliseconds(work: Callable[[], object]) -> float:
    """The least time of some runs, after one that does not count."""
    return 1000 * min(times(work, RUNS))


def random_memory(stored: int) -> Memory:
    """So many random patterns, with numbers for names."""
    words = np.random.default_rng(0).integers(0, 2**64, (stored, 16), dtype=np.uint64)
    names = np.arange(stored).astype("<U7")
    return Memory(
        "binary", (32, 32), words, names, np.full(stored, -1, np.int32), np.array([], "U1")
    )


def by_numpy(path: Path) -> None:
    """Read every member."""
    with np.load(path) as members:
        for name in members.files:
            members[name]


def unchecked(path: Path) -> float:
    """Milliseconds to open a memory when no checksum of what is mapped is verified."""
    limit, memory_file.CHECKED_UP_TO = memory_file.CHECKED_UP_TO, 0
    try:
        return milliseconds(lambda: memory_file.load(path))
    finally:
        memory_file.CHECKED_UP_TO = limit


def opening(stored: int, path: Path) -> None:
    """Print a row for each way of opening, and for a pass over the patterns."""
    memory_file.save(random_memory(stored), path)
    words = memory_file.load(path).patterns
    ways = {
        "numpy.load": milliseconds(lambda: by_numpy(path)),
        "hop, checked up to 64 MiB": milliseconds(lambda: memory_file.load(path)),
        "hop, without that check": unchecked(path),
        "hop info --check, its reading": milliseconds(lambda: memory_file.verify(path)),
        "XOR of all words, for comparison": milliseconds(
            lambda: np.bitwise_xor.reduce(words, None)
        ),
    }
    for way, spent in ways.items():
        ratio = spent / ways["numpy.load"]
        print(f"| {stored:,} | {path.stat().st_size:,} | {way} | {spent:.2f} | {ratio:.3f} |")


def digests() -> None:
    """Print how fast each digest is."""
    content = np.random.default_rng(0).bytes(2**25)
    ways = {
        "CRC-32 (zlib)": lambda: zlib.crc32(content),
        "Adler-32 (zlib)": lambda: zlib.adler32(content),
        "SHA-256": lambda: hashlib.sha256(content).digest(),
        "SHA-1": lambda: hashlib.sha1(content).digest(),
        "BLAKE2b": lambda: hashlib.blake2b(content).digest(),
    }
    for way, digest in ways.items():
        print(f"| {way} | {len(content) / milliseconds(digest) / 1e6:.2f} |")


if __name__ == "__main__":
    print("| digest | GB/s |\n| --- | --- |")
    digests()
    print("\n| patterns | bytes | way | ms | ratio |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for stored in SIZES:
            opening(stored, Path(folder, "m.npz"))
