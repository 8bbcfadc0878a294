"""A folder of three gigabytes of patterns, recalled in an address space of one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hopcli.storage import sharding, shards
from hopcli.storage.memory_file import Memory

PATTERNS = 25_000_000
NEURONS = 1024
# The strictest of limits: whatever is mapped counts, files and libraries too, used or not.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
sys.argv[0] = "hop"
from hopcli.__main__ import main
main()
"""


def drawn():
    """Random patterns, a little at a time."""
    rng = np.random.default_rng(0)
    for first in range(0, PATTERNS, 2**18):
        count = min(2**18, PATTERNS - first)
        words = np.frombuffer(rng.bytes(count * NEURONS // 8), dtype=np.uint64)
        yield Memory(
            "binary",
            (32, 32),
            words.reshape(count, -1),
            np.array([str(first + k) for k in range(count)]),
            np.full(count, -1, dtype=np.int32),
            np.array([], dtype=np.str_),
        )


@pytest.mark.slow
def test_three_gigabytes_in_one(folder):
    memory = sharding.store(folder / "m", drawn(), size=None, keep=False)
    size = sum(path.stat().st_size for path in shards.files_of(folder / "m"))
    assert size > 3 * 2**30
    (pattern,) = memory.states(np.array([17_000_000]))
    flipped = np.random.default_rng(1).random(NEURONS) < 0.2
    np.save("cue.npy", np.where(flipped, -pattern, pattern))

    def hop(*arguments):
        ran = subprocess.run(
            [sys.executable, "-c", LIMITED, *arguments, "-m", "m", "--json"],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent),
                 "NUMBA_NUM_THREADS": "2"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    (found,) = hop("recall", "cue.npy")["recalls"]
    assert (found["outcome"], found["name"]) == ("memory", "17000000")
    (found,) = hop("recall", "cue.npy", "--energy", "poly", "--degree", "9", "--update", "sync")[
        "recalls"
    ]
    assert (found["outcome"], found["index"]) == ("memory", 17_000_000)
    assert hop("info")["patterns"] == PATTERNS
