"""Damaged memories of every format: each is refused in hop's own words, or holds what it held.

The checksums of most are made right again after the damage, so that more than those is tried; such
a memory may hold something else, but nothing that breaks what is done with it. A process of its own
opens them, so that a crash is found too. Input N of a seed is the same every time:

    python tests/fuzz/memories.py --seconds 60 --seed 1
    python tests/fuzz/memories.py --seed 1 --only 4711 --write found.npz
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from mutations import mutated
from test_formats import FORMATS, same, written

from hopcli.errors import HopError
from hopcli.storage import memory_file, npz, zip_directory
from hopcli.storage.memory_file import Memory

# What one file may take of the memory.
MIB = 200


class FaultError(AssertionError):
    """A file that was neither opened nor refused as it should be."""


def damaged(seed: int, number: int) -> tuple[bytes, Memory | None, int]:
    """Input of this number, what it has to hold if it opens (None: anything), and MAPPED_FROM."""
    rng = random.Random(f"{seed}/{number}")
    path = rng.choice([path for path in sorted(FORMATS.iterdir()) if path.is_file()])
    content = mutated(path.read_bytes(), rng)
    mapped = rng.choice((0, 2**16))
    if rng.random() < 0.3:
        return content, written(path.stem.rpartition("-")[2]), mapped
    return with_checksums(content), None, mapped


def with_checksums(content: bytes) -> bytes:
    """A zip with the checksums of its stored members right again."""
    found = bytearray(content)
    with tempfile.TemporaryFile(buffering=0) as stream:
        stream.write(content)
        try:
            members = zip_directory.read(stream)
        except ValueError:
            return content
        for member in members.values():
            try:
                place = zip_directory.content_of(stream, member)
            except ValueError:
                continue
            crc = zlib.crc32(found[place : place + member.compress_size]).to_bytes(4, "little")
            entry = found.find(b"PK\1\2")
            while entry >= 0:
                if found[entry + 16 : entry + 20] == member.CRC.to_bytes(4, "little"):
                    found[entry + 16 : entry + 20] = crc
                entry = found.find(b"PK\1\2", entry + 1)
    return bytes(found)


def attempt(content: bytes, wanted: Memory | None, mapped: int, folder: Path) -> bool:
    """Open a file as a memory and use it; whether it could be.

    Raises:
        FaultError: neither a memory nor hop's own error came of it, or it took too much.
    """
    path = folder / "damaged.npz"
    path.write_bytes(content)
    npz.MAPPED_FROM = mapped
    held = _held()
    try:
        found = _used(path)
    except HopError as error:
        found = None
        if "pickle" in str(error) or "\n" in str(error):
            raise FaultError(f"it was said: {error}") from error
    except Exception as error:
        raise FaultError(f"{type(error).__name__}: {error}") from error
    grown = _held() - held
    if grown > MIB:
        raise FaultError(f"{grown:.0f} MiB were taken")
    if found is not None and wanted is not None and not same(found, wanted):
        raise FaultError("it holds something else than it did")
    return found is not None


def _used(path: Path) -> Memory:
    memory_file.looks_like_one(path)
    found = memory_file.load(path)
    states = found.states(slice(None))
    if not np.isfinite(states).all() or states.shape != (len(found), found.neurons):
        raise FaultError(f"states of shape {states.shape}")
    for index in range(len(found)):
        f"{found.name(index)} {found.label(index)}".encode("utf-8", "surrogatepass")
    memory_file.appended(found, found)
    return found


def _held() -> float:
    """The most MiB that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(seed: int, first: int, seconds: float, files: int) -> None:
    """Open inputs one after another; writes the number of each before it is tried."""
    until = time.monotonic() + seconds
    number, opened = first, 0
    with tempfile.TemporaryDirectory() as folder:
        while number < files and time.monotonic() < until:
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            opened += attempt(*damaged(seed, number), Path(folder))
            number += 1
    sys.stdout.write(f"{number} {opened}\n")


def main() -> int:
    """Open damaged files until the time is over; returns how many faults were found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--files", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="one input, here")
    parser.add_argument("--write", type=Path, help="where to write that input")
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only is not None:
        content, wanted, mapped = damaged(given.seed, given.only)
        if given.write:
            given.write.write_bytes(content)
        with tempfile.TemporaryDirectory() as folder:
            print("opened" if attempt(content, wanted, mapped, Path(folder)) else "refused")
        return 0
    if given.first is not None:
        work(given.seed, given.first, given.seconds, given.files)
        return 0
    return _supervise(given.seed, given.seconds, given.files)


def _supervise(seed: int, seconds: float, files: int) -> int:
    until, first, faults, opened = time.monotonic() + seconds, 0, 0, 0
    while first < files and (left := until - time.monotonic()) > 0:
        call = [sys.executable, __file__, "--seed", seed, "--first", first]
        call += ["--seconds", left, "--files", files]
        ran = subprocess.run([*map(str, call)], capture_output=True, text=True, check=False)
        last = ran.stdout.splitlines()[-1].split() if ran.stdout else [str(first)]
        first = int(last[0]) + 1
        if ran.returncode == 0 and not ran.stderr:
            opened += int(last[1])
            first -= 1
            continue
        faults += 1
        why = (ran.stderr.strip().splitlines() or [f"ended with {ran.returncode}"])[-1]
        print(f"fault: --seed {seed} --only {first - 1}: {why}")
    print(f"{first:,} files, of which {opened:,} could be opened; faults: {faults}")
    return faults


if __name__ == "__main__":
    sys.exit(min(1, main()))
