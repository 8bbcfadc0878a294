"""Damaged arrays, tables and drawings: each is read, or refused in hop's own words, within limits.

Input N of a seed is the same every time:

    python tests/fuzz/arrays.py --files 1000 --seed 1
    python tests/fuzz/arrays.py --seed 1 --only 4711
"""

import argparse
import contextlib
import gzip
import io
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path

import numpy as np

from hopcli.errors import HopError
from hopcli.formats import readers
from hopcli.formats.arrays import Rows
from hopcli.formats.limits import Limits
from hopcli.storage.memory_limit import MemoryLimit

sys.path.insert(0, str(Path(__file__).parents[1]))
from fuzz import pictures as damage

# What one file may take of the memory.
LIMIT = MemoryLimit(2**24)


@cache
def seeds() -> list[tuple[str, bytes]]:
    """Small whole files of every format, with their extensions."""
    rng = np.random.default_rng(0)
    values = rng.choice([-1, 1], (5, 24)).astype(np.int8)
    idx = bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 4]) + values.tobytes()
    made = [
        ("idx", idx), ("gz", gzip.compress(idx, mtime=0)),
        ("csv", b"a,b,label\n1,0.5,cat\n0,1,dog\n"), ("dat", b"0,5 1,0\n1,0 0,25\n"),
        ("txt", b"= A\n.##.\n#..#\n\n####\n#..#\n"), ("tsv", "1\t2\n3\t4\n".encode("utf-16")),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="5"><rect/></svg>'),
        ("txt", b"0 1\n1 0\n\n1 1\n0 0\n"),
    ]  # fmt: skip
    for save in (np.savez, np.savez_compressed):
        stream = io.BytesIO()
        save(stream, x=values)
        made.append(("npz", stream.getvalue()))
    with contextlib.suppress(ImportError):
        from scipy.io import savemat

        for packed in (False, True):
            stream = io.BytesIO()
            savemat(stream, {"x": values}, do_compression=packed)
            # Its remark holds the time.
            made.append(("mat", stream.getvalue().replace(stream.getvalue()[:116], b" " * 116)))
    return made


def damaged(seed: int, number: int) -> tuple[str, bytes]:
    """Input of this number: an extension, and a whole file after one to eight injuries."""
    rng = np.random.default_rng([seed, number])
    kinds = seeds()
    kind, whole = kinds[rng.integers(len(kinds))]
    content = bytearray(whole)
    for _ in range(rng.integers(1, 9)):
        injury = damage.INJURIES[rng.integers(len(damage.INJURIES))]
        content = injury(content or bytearray(1), rng)
    return kind, bytes(content)


def attempt(kind: str, content: bytes, folder: Path) -> bool:
    """Read a file; whether it could be.

    Raises:
        FaultError: neither an array nor hop's own error came of it.
    """
    path = folder / f"damaged.{kind}"
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = readers.of(str(path)).read(path, path.name, Limits(2_000_000, LIMIT))
    except HopError as error:
        if "\n" in str(error):
            raise damage.FaultError(f"an error of several lines: {error}") from error
        return False
    except BaseException as error:
        raise damage.FaultError(f"{type(error).__name__}: {error}") from error
    if isinstance(found, Rows):
        values = found.values
        if values.dtype.kind not in "buif" or len(values) != len(found.names) or values.ndim != 2:
            raise damage.FaultError(f"values of {values.dtype}, {values.shape}")
        if found.labels is not None and len(found.labels) != len(values):
            raise damage.FaultError(f"{len(found.labels)} labels of {len(values)} rows")
    return True


def main() -> int:
    """Read damaged files; returns 1 if one is a fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="one input")
    given = parser.parse_args()
    numbers = range(given.files) if given.only is None else [given.only]
    faults = read = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            try:
                read += attempt(*damaged(given.seed, number), Path(folder))
            except damage.FaultError as error:
                faults += 1
                print(f"fault: --seed {given.seed} --only {number}: {error}")
    print(f"{len(numbers):,} files, of which {read:,} could be read; faults: {faults}")
    return min(1, faults)


if __name__ == "__main__":
    sys.exit(main())
